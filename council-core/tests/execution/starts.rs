//! Runs whose first nodes depend on the input.

use council_core::{BuildFault, Goto, LinkKind, NodeId, Outcome, RunBuilder, State, StateGraph, error_chain};
use expect_test::expect;

use crate::support::check;
use crate::{Doc, note};

#[tokio::test]
async fn a_run_may_start_with_a_fan_out() {
    let mut graph = StateGraph::<Doc>::new("begin");
    let work = council_core::worker!(graph, "work", async move |_, item: &u32| {
        Ok(Doc::update().notes(format!("item {item}")))
    });
    let last = graph.node("last", note);
    graph.fan_out(NodeId::START, work, |doc| (0..).take(doc.notes.len())).edge(work, last).end(last);
    let graph = graph.compile().unwrap();
    let run = graph.run(Doc { notes: vec!["a".into(), "b".into()], ..Doc::default() });
    let outcome = check(
        run,
        expect![[r#"
        superstep 1: work[0] #1 started
        superstep 1: work[0] #1 completed with DocUpdate(notes)
        superstep 1: work[1] #1 started
        superstep 1: work[1] #1 completed with DocUpdate(notes)
        superstep 2: last #1 started
        superstep 2: last #1 completed with DocUpdate(notes)
        finished after 2 supersteps
    "#]],
    )
    .await
    .unwrap();
    assert_eq!(outcome.state().notes[2..4], ["item 0", "item 1"]);

    // Without items, the successors of the worker run next.
    check(
        graph.run(Doc::default()),
        expect![[r#"
        superstep 2: last #1 started
        superstep 2: last #1 completed with DocUpdate(notes)
        finished after 2 supersteps
    "#]],
    )
    .await
    .unwrap();
}

#[tokio::test]
async fn a_run_may_start_with_a_route_and_plain_starts() {
    let mut graph = StateGraph::<Doc>::new("begin");
    let always = graph.node("always", note);
    let first = graph.node("first", note);
    let again = graph.node("again", note);
    graph.edge(NodeId::START, always).end(always).end(first).end(again);
    graph
        .route(NodeId::START, [first, again], |doc, [first, again]| if doc.notes.is_empty() { first } else { again })
        .labels(["new", "known"]);
    let graph = graph.compile().unwrap();
    check(
        graph.run(Doc::default()),
        expect![[r#"
        superstep 1: always #1 started
        superstep 1: always #1 completed with DocUpdate(notes)
        superstep 1: first #1 started
        superstep 1: first #1 completed with DocUpdate(notes)
        finished after 1 supersteps
    "#]],
    )
    .await
    .unwrap();
    let links: Vec<_> = graph.drawing().edges.into_iter().filter(|link| link.source == "__start__").collect();
    let drawn: Vec<_> = links.iter().map(|link| (link.target.as_str(), link.kind, link.label.as_deref())).collect();
    assert_eq!(
        drawn,
        [
            ("always", LinkKind::Edge, None),
            ("first", LinkKind::Route, Some("new")),
            ("again", LinkKind::Route, Some("known")),
        ]
    );
}

#[tokio::test]
async fn a_run_may_finish_before_its_first_superstep() {
    let begin = |lead: fn(NodeId<Doc>) -> Goto<Doc>| -> RunBuilder<Doc> {
        let mut graph = StateGraph::<Doc>::new("begin");
        let node = graph.node("node", note);
        graph.route(NodeId::START, [node, NodeId::END], move |_, [node, _]| lead(node));
        graph.end(node);
        graph.compile().unwrap().run(Doc::default()).id("r")
    };
    let outcome = check(
        begin(|_| NodeId::END.into()),
        expect![[r#"
        finished after 0 supersteps
    "#]],
    )
    .await
    .unwrap();
    assert!(matches!(outcome, Outcome::Finished(_)));
    let error = check(
        begin(|_| Goto::nowhere()),
        expect![[r#"
        failed: nothing is left to run after superstep 0, and the end was not reached: the routes chose no target
    "#]],
    )
    .await
    .unwrap_err();
    expect![
        "run `r`: nothing is left to run after superstep 0, and the end was not reached: the routes chose no target"
    ]
    .assert_eq(&error_chain(&error));
    let error = check(
        begin(|_| panic!("which way?")),
        expect![[r#"
        failed: the route from `__start__` panicked after superstep 0: which way?
    "#]],
    )
    .await
    .unwrap_err();
    expect!["run `r`: the route from `__start__` panicked after superstep 0: which way?"]
        .assert_eq(&error_chain(&error));
}

#[test]
fn the_start_is_no_node() {
    let mut graph = StateGraph::<Doc>::new("begin");
    let node = graph.node("node", note);
    graph.start(node).edge(node, NodeId::START).end(NodeId::START).defer(NodeId::START);
    graph.route(node, [NodeId::START], |_, [start]| start);
    graph.join([node, NodeId::START], node);
    let faults = graph.compile().unwrap_err().faults;
    let calls: Vec<_> = faults
        .iter()
        .filter_map(|fault| match fault {
            BuildFault::StartIsNoNode { call, .. } => Some(*call),
            _ => None,
        })
        .collect();
    assert_eq!(calls, ["edge", "end", "defer", "route", "join"]);
}
