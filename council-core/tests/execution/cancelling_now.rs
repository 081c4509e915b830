//! Runs that are cancelled at once: running tasks are dropped, and the position is kept.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use council_core::{Graph, NodeId, Outcome, Policy, Position, State, StateGraph, StopReason, Subgraph, node};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep};

use crate::{Doc, alone, note};

/// The position of a run that was cancelled.
fn cancelled(outcome: Outcome<Doc>) -> Position<Doc> {
    match outcome {
        Outcome::Stopped { reason: StopReason::Cancelled, position } => position,
        other => panic!("{other:?}"),
    }
}

/// A node that hangs in its first attempt of the graph, and says when it has begun.
fn hangs_once(graph: &mut StateGraph<Doc>, name: &str, begun: &Arc<Notify>) -> NodeId<Doc> {
    let begun = Arc::clone(begun);
    let first = std::sync::atomic::AtomicBool::new(true);
    node!(graph, name, async move |_, context| {
        if first.swap(false, std::sync::atomic::Ordering::Relaxed) {
            begun.notify_one();
            pending::<()>().await;
        }
        Ok(Doc::update().notes(context.node()))
    })
}

/// Starts a run, cancels it at once when a node has begun to hang, and returns its position.
async fn stopped(graph: &Graph<Doc>, begun: &Notify) -> Position<Doc> {
    let run = graph.run(Doc::default()).start();
    begun.notified().await;
    run.canceller().cancel_now();
    cancelled(run.await.unwrap())
}

#[tokio::test]
async fn a_node_that_hangs_is_dropped_and_runs_again_when_the_run_is_resumed() {
    let begun = Arc::default();
    let graph = alone(|graph| hangs_once(graph, "hangs", &begun));
    let position = stopped(&graph, &begun).await;
    assert_eq!(position.open_tasks().count(), 1);
    assert_eq!(graph.resume(position).await.unwrap().state().notes, ["hangs"]);
}

#[tokio::test]
async fn siblings_that_have_ended_are_kept() {
    let begun = Arc::default();
    let mut graph = StateGraph::<Doc>::new("two");
    let ends = graph.node("ends", note);
    let hangs = hangs_once(&mut graph, "hangs", &begun);
    graph.start(ends).start(hangs).end(ends).end(hangs);
    let graph = graph.compile().unwrap();
    let position = stopped(&graph, &begun).await;
    assert_eq!(position.open_tasks().map(|task| task.node.to_string()).collect::<Vec<_>>(), ["hangs"]);
    assert_eq!(graph.resume(position).await.unwrap().state().notes, ["ends", "hangs"]);
}

#[tokio::test]
async fn a_subgraph_keeps_its_position() {
    let begun = Arc::default();
    let mut inner = StateGraph::<Doc>::new("inner");
    let first = inner.node("first", note);
    let hangs = hangs_once(&mut inner, "hangs", &begun);
    inner.start(first).edge(first, hangs).end(hangs);
    let mut graph = StateGraph::<Doc>::new("outer");
    let inner = Subgraph::new(
        inner.compile().unwrap(),
        |_: &Doc| Doc::default(),
        |doc| Doc::update().notes(doc.notes.join(", ")),
    );
    let inner = graph.node("inner", inner);
    graph.start(inner).end(inner);
    let graph = graph.compile().unwrap();
    let position = stopped(&graph, &begun).await;
    assert_eq!(graph.resume(position).await.unwrap().state().notes, ["first, hangs"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_spawned_task_is_dropped_at_its_next_await() {
    let begun = Arc::default();
    let mut graph = StateGraph::<Doc>::new("spawned");
    let hangs = hangs_once(&mut graph, "hangs", &begun);
    graph.start(hangs).end(hangs).policy(hangs, Policy::default().spawned(true));
    let graph = graph.compile().unwrap();
    let position = stopped(&graph, &begun).await;
    assert_eq!(graph.resume(position).await.unwrap().state().notes, ["hangs"]);
}

#[tokio::test(start_paused = true)]
async fn a_run_that_was_only_cancelled_can_still_be_cancelled_at_once() {
    let graph = alone(|graph| {
        node!(graph, "slow", async move |_| {
            sleep(Duration::from_secs(3600)).await;
            Ok(Doc::update())
        })
    });
    let run = graph.run(Doc::default()).start();
    let (cancel, began) = (run.canceller(), Instant::now());
    tokio::spawn(async move {
        cancel.cancel();
        sleep(Duration::from_secs(5)).await;
        cancel.cancel_now();
    });
    cancelled(run.await.unwrap());
    assert_eq!(began.elapsed(), Duration::from_secs(5));
}
