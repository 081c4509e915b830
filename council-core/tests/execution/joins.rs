//! Joins, and the end of a run.

use council_core::{Goto, Graph, NodeId, State, StateGraph, error_chain, node};
use expect_test::expect;

use crate::{Doc, note};

#[tokio::test]
async fn a_join_waits_again_after_it_has_fired() {
    let mut graph = StateGraph::<Doc>::new("rounds");
    let fork = node!(graph, "fork", async move |_| Ok(Doc::update().round(1)));
    let left = graph.node("left", note);
    let right = graph.node("right", note);
    let joined = graph.node("joined", note);
    graph.start(fork);
    graph.edge(fork, left).edge(fork, right);
    graph.join([left, right], joined);
    graph.route(joined, [fork, NodeId::END], |doc, [again, done]| if doc.round < 3 { again } else { done });
    let outcome = graph.compile().unwrap().run(Doc::default()).await.unwrap();
    assert_eq!(outcome.state().notes, ["left", "right", "joined"].repeat(3));
}

#[tokio::test]
async fn a_join_that_waits_when_nothing_is_left_to_run_is_an_error() {
    let mut graph = StateGraph::<Doc>::new("stuck");
    let fork = node!(graph, "fork", async move |_| Ok(Doc::update().round(1)));
    let left = graph.node("left", note);
    let right = graph.node("right", note);
    let joined = graph.node("joined", note);
    graph.start(fork);
    // A resumed run could still reach the other source, but this run does not.
    graph.route(fork, [left, right, fork], |_, [left, _, _]| left);
    graph.join([left, right], joined);
    graph.end(joined);
    let error = graph.compile().unwrap().run(Doc::default()).id("r").await.unwrap_err();
    expect!["run `r`: nothing is left to run after superstep 2, but the join into `joined` waits for `right`"]
        .assert_eq(&error_chain(&error));
}

/// One branch of `fork` leads to the end. The other leads to a join that never fires, after `steps` more nodes.
fn ended_beside_a_join(steps: usize) -> Graph<Doc> {
    let mut graph = StateGraph::<Doc>::new("ended");
    let fork = graph.node("fork", note);
    let quit = graph.node("quit", note);
    let never = graph.node("never", note);
    let joined = graph.node("joined", note);
    graph.start(fork).edge(fork, quit).end(quit).end(joined);
    graph.route(fork, [NodeId::END, never, fork], |_, [end, _, _]| end);
    let mut last = fork;
    for step in 0..steps {
        let next = graph.node(format!("step {step}"), note);
        graph.edge(last, next);
        last = next;
    }
    graph.join([last, never], joined);
    graph.compile().unwrap()
}

#[tokio::test]
async fn a_run_with_one_path_at_the_end_finishes_when_nothing_is_left_to_run() {
    for steps in 0..3 {
        let outcome = ended_beside_a_join(steps).run(Doc::default()).await.unwrap();
        assert!(outcome.is_finished(), "the run does not finish with {steps} steps in the other branch");
    }
}

#[tokio::test]
async fn a_route_may_choose_no_target_while_other_paths_run() {
    for beside in [true, false] {
        let mut graph = StateGraph::<Doc>::new("nowhere");
        let read = graph.node("read", note);
        let last = graph.node("last", note);
        graph.start(read).end(last);
        graph.route(read, [last], |_, _| Goto::nowhere());
        if beside {
            graph.edge(read, last);
        }
        let ended = graph.compile().unwrap().run(Doc::default()).id("r").await;
        match ended {
            Ok(outcome) => assert_eq!((beside, outcome.state().notes.len()), (true, 2)),
            Err(error) => expect!["run `r`: nothing is left to run after superstep 1, and the end was not reached: the routes chose no target, false"].assert_eq(&format!("{error}, {beside}")),
        }
    }
}
