//! Guards: conditions on the state that redirect the run.

use council_core::{Failure, Graph, Limits, NodeId, Outcome, State, StateGraph, error_chain, node};
use expect_test::expect;

use crate::support::check;
use crate::{Doc, note, pack};

/// `turn` adds a round and leads to itself. The caller adds guards.
fn turning(build: impl FnOnce(&mut StateGraph<Doc>, NodeId<Doc>)) -> Graph<Doc> {
    let mut graph = StateGraph::<Doc>::new("turning");
    let turn = node!(graph, "turn", async move |_| Ok(Doc::update().round(1)));
    graph.start(turn).edge(turn, turn);
    build(&mut graph, turn);
    graph.compile().unwrap()
}

#[tokio::test]
async fn a_guard_redirects_the_run_at_the_barrier() {
    let graph = turning(|graph, _| {
        let rescue = graph.node("rescue", note);
        graph.guard("budget", |doc| doc.round >= 2, rescue).end(rescue);
    });
    check(
        graph.run(Doc::default()),
        expect![[r#"
            superstep 1: turn #1 started
            superstep 1: turn #1 completed with DocUpdate(round)
            superstep 2: turn #2 started
            superstep 2: turn #2 completed with DocUpdate(round)
            valve: the guard `budget`, on to rescue
            superstep 3: rescue #1 started
            superstep 3: rescue #1 completed with DocUpdate(notes)
            finished after 3 supersteps
        "#]],
    )
    .await
    .unwrap();
}

#[tokio::test]
async fn a_guard_may_lead_to_the_end() {
    let graph = turning(|graph, _| _ = graph.guard("budget", |doc| doc.round >= 2, NodeId::END));
    check(
        graph.run(Doc::default()),
        expect![[r#"
            superstep 1: turn #1 started
            superstep 1: turn #1 completed with DocUpdate(round)
            superstep 2: turn #2 started
            superstep 2: turn #2 completed with DocUpdate(round)
            valve: the guard `budget`, on to the end
            finished after 2 supersteps
        "#]],
    )
    .await
    .unwrap();
}

#[tokio::test]
async fn a_guard_opens_once_in_a_run_and_the_next_guard_opens_after_it() {
    let graph = turning(|graph, turn| {
        let warn = graph.node("warn", note);
        graph.edge(warn, turn);
        graph.guard("warning", |doc| doc.round >= 1, warn).guard("budget", |doc| doc.round >= 3, NodeId::END);
    });
    let outcome = check(
        graph.run(Doc::default()),
        expect![[r#"
            superstep 1: turn #1 started
            superstep 1: turn #1 completed with DocUpdate(round)
            valve: the guard `warning`, on to warn
            superstep 2: warn #1 started
            superstep 2: warn #1 completed with DocUpdate(notes)
            superstep 3: turn #2 started
            superstep 3: turn #2 completed with DocUpdate(round)
            superstep 4: turn #3 started
            superstep 4: turn #3 completed with DocUpdate(round)
            valve: the guard `budget`, on to the end
            finished after 4 supersteps
        "#]],
    )
    .await
    .unwrap();
    assert_eq!(outcome.state().notes, ["warn"]);
    // A resumed run knows that the guard has opened.
    let limits = Limits { supersteps: 2, ..Limits::default() };
    let Outcome::Stopped { position, .. } = graph.run(Doc::default()).limits(limits).await.unwrap() else {
        panic!("the limit was not reached");
    };
    assert_eq!(graph.resume(position).await.unwrap().state(), outcome.state());
}

#[tokio::test]
async fn the_first_of_two_guards_opens_and_the_second_after_it() {
    let graph = turning(|graph, _| {
        let (first, second) = (graph.node("first", note), graph.node("second", note));
        graph.edge(first, first).end(second);
        graph.guard("one", |doc| doc.round >= 1, first).guard("two", |doc| doc.round >= 1, second);
    });
    assert_eq!(graph.run(Doc::default()).await.unwrap().state().notes, ["first", "second"]);
}

#[tokio::test]
async fn a_guard_is_evaluated_before_visit_limits_and_its_target_has_a_visit_limit() {
    let graph = turning(|graph, turn| {
        let (rescue, spent) = (graph.node("rescue", note), graph.node("spent", note));
        graph.end(spent).edge(rescue, turn);
        graph.visit_limit(turn, 2, rescue).visit_limit(rescue, 1, spent);
        graph.guard("budget", |doc| doc.round >= 2, rescue);
    });
    check(
        graph.run(Doc::default()),
        expect![[r#"
            superstep 1: turn #1 started
            superstep 1: turn #1 completed with DocUpdate(round)
            superstep 2: turn #2 started
            superstep 2: turn #2 completed with DocUpdate(round)
            valve: the guard `budget`, on to rescue
            superstep 3: rescue #1 started
            superstep 3: rescue #1 completed with DocUpdate(notes)
            valve: turn has had its 2 visits, on to rescue
            valve: rescue has had its 1 visits, on to spent
            superstep 4: spent #1 started
            superstep 4: spent #1 completed with DocUpdate(notes)
            finished after 4 supersteps
        "#]],
    )
    .await
    .unwrap();
}

#[tokio::test]
async fn a_guard_does_not_open_if_its_target_or_the_end_is_next() {
    let mut graph = StateGraph::<Doc>::new("anyway");
    let (first, rescue) = (graph.node("first", note), graph.node("rescue", note));
    graph.start(first).edge(first, rescue).end(rescue).guard("always", |_| true, rescue);
    check(
        graph.compile().unwrap().run(Doc::default()),
        expect![[r#"
            superstep 1: first #1 started
            superstep 1: first #1 completed with DocUpdate(notes)
            superstep 2: rescue #1 started
            superstep 2: rescue #1 completed with DocUpdate(notes)
            finished after 2 supersteps
        "#]],
    )
    .await
    .unwrap();

    let mut graph = StateGraph::<Doc>::new("over");
    let (first, rescue) = (graph.node("first", note), graph.node("rescue", note));
    graph.start(first).end(first).end(rescue).guard("always", |_| true, rescue);
    assert_eq!(graph.compile().unwrap().run(Doc::default()).await.unwrap().state().notes, ["first"]);
}

#[tokio::test]
async fn a_guard_replaces_items_and_deferred_nodes() {
    let mut graph = StateGraph::<Doc>::new("instead");
    let first = node!(graph, "first", async move |_| Ok(Doc::update().round(1)));
    let pack = graph.worker("pack", pack);
    let (late, second) = (graph.node("late", note), graph.node("second", note));
    let rescue = graph.node("rescue", note);
    graph.start(first).edge(first, late).defer(late).end(late).edge(first, second);
    graph.fan_out(second, pack, |_| [1, 2]).end(pack).end(rescue);
    graph.guard("seconds", |doc| !doc.notes.is_empty(), rescue);
    let outcome = graph.compile().unwrap().run(Doc::default()).await.unwrap();
    assert_eq!(outcome.state().notes, ["second", "rescue"]);
}

#[tokio::test]
async fn a_guard_opens_if_only_deferred_nodes_are_left() {
    let mut graph = StateGraph::<Doc>::new("left");
    let (first, late, rescue) = (graph.node("first", note), graph.node("late", note), graph.node("rescue", note));
    graph.start(first).end(first).edge(first, late).defer(late).end(late).end(rescue);
    graph.guard("always", |_| true, rescue);
    assert_eq!(graph.compile().unwrap().run(Doc::default()).await.unwrap().state().notes, ["first", "rescue"]);
}

#[tokio::test]
async fn a_guard_that_panics_is_named_and_evaluated_again_on_resume() {
    let asked = std::sync::atomic::AtomicU32::new(0);
    let graph = turning(|graph, _| {
        graph.guard("shut", |_| false, NodeId::END).guard(
            "shaky",
            move |_| {
                let time = asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                assert!(time > 0, "not now");
                true
            },
            NodeId::END,
        );
    });
    let error = graph.run(Doc::default()).id("r").await.unwrap_err();
    expect!["run `r`: the guard `shaky` panicked after superstep 1: not now"].assert_eq(&error_chain(&error));
    assert!(matches!(error.failure(), Failure::GuardPanicked { guard, .. } if guard == "shaky"));
    assert_eq!(error.state().round, 1);
    let outcome = graph.resume(error.into_position()).await.unwrap();
    assert_eq!((outcome.is_finished(), outcome.state().round), (true, 1));
}
