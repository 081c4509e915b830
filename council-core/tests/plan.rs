//! The planner, called by hand and without a runtime.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use council_core::plan::{self, Next};
use council_core::{Limits, NodeId, NodeResult, Position, Record, State, StateGraph};
use expect_test::expect;

/// A state that is not `Clone`: the planner needs no copy.
#[derive(State, Default)]
struct Doc {
    text: String,
}

async fn pass(_: &Doc) -> NodeResult<Doc> {
    Ok(Doc::update())
}

fn done() -> Record<Doc> {
    Record::TaskDone { task: 0, update: Doc::update().text("done"), goto: None }
}

#[test]
fn a_finished_run_stays_finished() {
    let mut graph = StateGraph::<Doc>::new("over");
    let node = graph.node("node", pass);
    graph.start(node).end(node);
    let graph = graph.compile().unwrap();
    let limits = Limits::default();
    let mut live = plan::begin(&graph, Doc::default());
    plan::fold(&graph, &mut live, done()).unwrap();
    assert!(matches!(plan::advance(&graph, &limits, &mut live).next, Next::Finish));
    let mut folded = plan::begin(&graph, Doc::default());
    for record in [done(), live.committed()] {
        plan::fold(&graph, &mut folded, record.clone()).unwrap();
    }
    for mut position in [live, folded] {
        assert!(matches!(plan::advance(&graph, &limits, &mut position).next, Next::Finish));
        assert_eq!((position.supersteps(), position.state().text.as_str()), (1, "done"));
    }
    assert_eq!(format!("{:?}", done()), "TaskDone { task: 0, update: DocUpdate(text) }");
}

#[test]
fn an_opened_valve_is_reported_after_its_superstep_only() {
    let mut graph = StateGraph::<Doc>::new("valve");
    let turn = graph.node("turn", pass);
    let rescue = graph.node("rescue", pass);
    let last = graph.node("last", pass);
    graph.start(turn).edge(turn, turn).visit_limit(turn, 1, rescue).edge(rescue, last).end(last);
    let graph = graph.compile().unwrap();
    let mut position = plan::begin(&graph, Doc::default());
    let opened_after = |position: &mut Position<Doc>| {
        assert!(matches!(plan::advance(&graph, &Limits::default(), position).next, Next::Run));
        let opened = position.opened_valves().len();
        plan::fold(&graph, position, done()).unwrap();
        opened
    };
    assert_eq!([(); 3].map(|()| opened_after(&mut position)), [0, 1, 0]);
}

#[test]
fn a_completed_superstep_is_reported_although_a_limit_is_reached() {
    let mut graph = StateGraph::<Doc>::new("two");
    let first = graph.node("first", pass);
    let second = graph.node("second", pass);
    graph.start(first).edge(first, second).end(second);
    let graph = graph.compile().unwrap();
    let limits = Limits { supersteps: 1, ..Limits::default() };
    let mut live = plan::begin(&graph, Doc::default());
    plan::fold(&graph, &mut live, done()).unwrap();
    let turn = plan::advance(&graph, &limits, &mut live);
    assert!(turn.committed && matches!(turn.next, Next::Stop(_)));
    let mut folded = plan::begin(&graph, Doc::default());
    for record in [done(), live.committed()] {
        plan::fold(&graph, &mut folded, record).unwrap();
    }
    assert_eq!(format!("{folded:?}"), format!("{live:?}"));
}

#[test]
fn a_route_from_the_start_is_recorded_before_the_first_superstep() {
    let mut graph = StateGraph::<Doc>::new("entry");
    let one = graph.node("one", pass);
    let other = graph.node("other", pass);
    graph.route(NodeId::START, [one, other], |doc, [one, other]| if doc.text.is_empty() { one } else { other });
    graph.end(one).end(other);
    let graph = graph.compile().unwrap();
    let mut live = plan::begin(&graph, Doc::default());
    assert_eq!(live.open_tasks().count(), 0);
    let turn = plan::advance(&graph, &Limits::default(), &mut live);
    assert!(turn.committed && matches!(turn.next, Next::Run));
    let mut folded = plan::begin(&graph, Doc::default());
    plan::fold(&graph, &mut folded, live.committed()).unwrap();
    assert_eq!(format!("{folded:?}"), format!("{live:?}"));
    assert_eq!(folded.open_tasks().map(|task| task.node).collect::<Vec<_>>(), ["one"]);
    assert_eq!(folded.supersteps(), 0);
}

#[test]
fn a_position_of_another_graph_is_refused() {
    let build = |names: &[&str]| {
        let mut graph = StateGraph::<Doc>::new("g");
        for name in names {
            let node = graph.node(*name, pass);
            graph.start(node).end(node);
        }
        graph.compile().unwrap()
    };
    let (graph, other) = (build(&["one"]), build(&["one", "two", "three"]));
    let mut position = plan::begin(&other, Doc::default());
    let expected = expect!["the position belongs to another graph than `g`: the nodes or joins differ"];
    let Next::Fail(failure) = plan::advance(&graph, &Limits::default(), &mut position).next else { panic!() };
    expected.assert_eq(&failure.to_string());
    expected.assert_eq(&plan::fold(&graph, &mut position, done()).unwrap_err().to_string());
    expected.assert_eq(&graph.edit_as(&mut position, "one", "Ada", Doc::update()).unwrap_err().to_string());
    assert_eq!(position.open_tasks().count(), 3, "the position has not changed");
    // A graph that is built again in the same way is the same graph.
    plan::fold(&build(&["one", "two", "three"]), &mut position, done()).unwrap();
}

#[test]
fn a_record_of_an_unknown_task_is_refused() {
    let mut graph = StateGraph::<Doc>::new("g");
    let node = graph.node("node", pass);
    graph.start(node).end(node);
    let graph = graph.compile().unwrap();
    let mut position = plan::begin(&graph, Doc::default());
    let refused = plan::fold(&graph, &mut position, Record::TaskFailed { task: 7, retry_at: None }).unwrap_err();
    expect!["the superstep has no open task in place 7"].assert_eq(&refused.to_string());
    plan::fold(&graph, &mut position, done()).unwrap();
}
