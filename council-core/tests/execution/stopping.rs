//! Runs that are cancelled or dropped, and runs that yield.

use std::sync::Arc;

use council_core::{Limits, NodeId, Outcome, State, StateGraph, StopReason, node};
use tokio::sync::Notify;

use crate::{Doc, alone, council};

#[tokio::test]
async fn a_cancelled_run_stops_at_the_barrier_and_can_be_resumed() {
    let mut graph = StateGraph::<Doc>::new("rounds");
    let turn = node!(graph, "turn", async move |_| {
        tokio::task::yield_now().await;
        Ok(Doc::update().round(1))
    });
    graph.start(turn);
    graph.route(turn, [turn, NodeId::END], |doc, [again, done]| if doc.round < 3 { again } else { done });
    let graph = graph.compile().unwrap();

    let mut run = graph.run(Doc::default()).start();
    assert_eq!(run.next().await.unwrap().to_string(), "superstep 1: turn #1 started");
    run.canceller().cancel();
    let mut rest = Vec::new();
    while let Some(event) = run.next().await {
        rest.push(event.to_string());
    }
    assert_eq!(rest, ["superstep 1: turn #1 completed", "stopped: cancelled"]);
    let Outcome::Stopped { reason: StopReason::Cancelled, position } = run.await.unwrap() else {
        panic!("the run was not stopped");
    };
    assert_eq!(position.state().round, 1);
    let outcome = graph.resume(position).await.unwrap();
    assert_eq!((outcome.is_finished(), outcome.state().round), (true, 3));
}

/// Sets a flag when it is dropped.
struct Guard(Arc<Notify>);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

#[tokio::test]
async fn dropping_a_run_stops_its_tasks() {
    let dropped = Arc::new(Notify::new());
    let guards = Arc::clone(&dropped);
    let graph = alone(|graph| {
        node!(graph, "waits", async move |_| {
            let _guard = Guard(Arc::clone(&guards));
            std::future::pending().await
        })
    });
    let mut run = graph.run(Doc::default()).start();
    run.next().await.unwrap();
    drop(run);
    dropped.notified().await;
}

#[tokio::test]
async fn a_run_of_ready_nodes_yields_to_other_tasks() {
    let graph = council(u32::MAX);
    let mut graph_without_valve = StateGraph::<Doc>::new("endless");
    let spin = node!(graph_without_valve, "spin", async move |_| Ok(Doc::update().round(0)));
    graph_without_valve.start(spin);
    graph_without_valve.route(spin, [spin, NodeId::END], |_, [again, _]| again);
    let endless = graph_without_valve.compile().unwrap();
    let limits = Limits { supersteps: u64::MAX, ..Limits::default() };
    let run = endless.run(Doc::default()).limits(limits).start();
    // The runtime has one thread: without a yield in the endless run, this future would never be polled.
    assert!(graph.run(Doc::default()).await.unwrap().is_finished());
    run.cancel();
    let outcome = run.await.unwrap();
    assert!(matches!(outcome, Outcome::Stopped { reason: StopReason::Cancelled, .. }));
}
