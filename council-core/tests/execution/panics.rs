//! Panics in user code.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use council_core::journal::{Journal, Memory, ReadFrom};
use council_core::stored::Durability;
use council_core::{
    Failure, Graph, Limits, NodeId, NodeResult, Outcome, State, StateGraph, StopReason, error_chain, node,
};
use expect_test::expect;

use crate::support::check;
use crate::{Doc, alone, note};

#[tokio::test]
async fn a_panic_in_a_node_is_an_error_of_the_node() {
    let graph = alone(|graph| {
        node!(graph, "shaky", async move |doc: &Doc| {
            assert!(doc.round > 0, "no round yet");
            Ok(Doc::update())
        })
    });
    let error = graph.run(Doc::default()).id("r").await.unwrap_err();
    expect!["run `r`: node `shaky` panicked in superstep 1, attempt 1: no round yet"].assert_eq(&error_chain(&error));
    let mut position = error.into_position();
    assert_eq!(position.supersteps(), 0);
    // The same position again: now the panic is in the next attempts.
    position = graph.resume(position).await.unwrap_err().into_position();
    let error = graph.resume(position).id("r").await.unwrap_err();
    expect!["run `r`: node `shaky` panicked in superstep 1, attempt 3: no round yet"].assert_eq(&error_chain(&error));
}

#[tokio::test]
async fn a_panic_among_siblings_names_the_node_that_panicked() {
    let mut graph = StateGraph::<Doc>::new("beside");
    let fork = graph.node("fork", note);
    let well = graph.node("well", note);
    let shaky = node!(graph, "shaky", async move |doc: &Doc| {
        tokio::task::yield_now().await;
        if doc.round == 0 {
            std::panic::panic_any(42);
        }
        Ok(Doc::update())
    });
    let waits = node!(graph, "waits", async move |_| std::future::pending().await);
    graph.start(fork);
    for branch in [well, shaky, waits] {
        graph.edge(fork, branch).end(branch);
    }
    let graph = graph.compile().unwrap();
    let error = graph.run(Doc::default()).id("r").await.unwrap_err();
    expect!["run `r`: node `shaky` panicked in superstep 2, attempt 1: a panic without a message"]
        .assert_eq(&error_chain(&error));
}

/// Panics when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("boom");
    }
}

/// `bomb` and `other` in one superstep. `bomb` waits for ever and panics when it is cancelled.
fn beside_a_bomb(other: impl FnOnce(&mut StateGraph<Doc>) -> NodeId<Doc>) -> Graph<Doc> {
    let mut graph = StateGraph::<Doc>::new("bomb");
    let bomb = node!(graph, "bomb", async move |_| {
        let _bomb = Bomb;
        std::future::pending().await
    });
    let other = other(&mut graph);
    graph.start(bomb).end(bomb).start(other).end(other);
    graph.compile().unwrap()
}

#[tokio::test]
async fn a_failure_is_reported_although_a_cancelled_sibling_panics() {
    let graph = beside_a_bomb(|graph| node!(graph, "fails", async move |_| Err("the disk is full".into())));
    let error = check(
        graph.run(Doc::default()),
        expect![[r#"
            superstep 1: bomb #1 started
            superstep 1: fails #1 started
            superstep 1: fails #1 failed: the disk is full
            failed: node `fails` failed in superstep 1, attempt 1: the disk is full
        "#]],
    )
    .await
    .unwrap_err();
    assert!(matches!(error.failure(), Failure::Node { node, .. } if node == "fails"));
}

#[tokio::test]
async fn two_panics_at_once_do_not_end_the_process() {
    let graph = beside_a_bomb(|graph| {
        node!(graph, "panics", async move |doc: &Doc| {
            assert!(doc.round > 0, "first");
            Ok(Doc::update())
        })
    });
    let error = graph.run(Doc::default()).id("r").await.unwrap_err();
    expect!["run `r`: node `panics` panicked in superstep 1, attempt 1: first"].assert_eq(&error_chain(&error));
    let graph = alone(|graph| {
        node!(graph, "armed", async move |doc: &Doc| {
            if doc.round == 0 {
                std::panic::panic_any(Bomb);
            }
            Ok(Doc::update())
        })
    });
    let error = graph.run(Doc::default()).id("r").await.unwrap_err();
    expect!["run `r`: node `armed` panicked in superstep 1, attempt 1: a panic without a message"]
        .assert_eq(&error_chain(&error));
}

#[tokio::test(start_paused = true)]
async fn the_wall_clock_limit_is_reported_although_a_cancelled_node_panics() {
    let graph = beside_a_bomb(|graph| graph.node("ends", note));
    let limits = Limits { wall_clock: Some(Duration::from_secs(1)), ..Limits::default() };
    let outcome = graph.run(Doc::default()).limits(limits).await.unwrap();
    assert!(matches!(outcome, Outcome::Stopped { reason: StopReason::WallClock(_), .. }));
}

/// A future that succeeds, and panics in its drop.
struct Late;

impl Future for Late {
    type Output = NodeResult<Doc>;

    fn poll(self: std::pin::Pin<&mut Self>, _: &mut std::task::Context<'_>) -> std::task::Poll<NodeResult<Doc>> {
        std::task::Poll::Ready(Ok(Doc::update().notes("late")))
    }
}

impl Drop for Late {
    fn drop(&mut self) {
        panic!("too late");
    }
}

#[tokio::test]
async fn a_panic_in_the_drop_of_a_nodes_future_is_an_error_of_the_node() {
    for beside in [false, true] {
        let mut graph = StateGraph::<Doc>::new("late");
        let late = node!(graph, "late", move |_: &Doc| Late);
        graph.start(late).end(late);
        if beside {
            let other = graph.node("other", note);
            graph.start(other).end(other);
        }
        let error = graph.compile().unwrap().run(Doc::default()).id("r").await.unwrap_err();
        expect!["run `r`: node `late` panicked in superstep 1, attempt 1: too late"].assert_eq(&error_chain(&error));
    }
}

#[tokio::test]
async fn a_panic_in_a_route_or_a_reducer_is_an_error_that_names_it() {
    let mut graph = StateGraph::<Doc>::new("route");
    let node = graph.node("node", note);
    graph.start(node);
    graph.route(node, [NodeId::END], |_, _| -> NodeId<Doc> { panic!("which way?") });
    let error = graph.compile().unwrap().run(Doc::default()).id("r").await.unwrap_err();
    expect!["run `r`: the route from `node` panicked after superstep 1: which way?"].assert_eq(&error_chain(&error));
    assert_eq!(error.state().notes, ["node"]);

    let graph = alone(|graph| node!(graph, "count", async move |_| Ok(Doc::update().round(u32::MAX).notes("x"))));
    let full = Doc { round: 1, ..Doc::default() };
    let error = graph.run(full).id("r").await.unwrap_err();
    expect!["run `r`: a reducer panicked on the update of node `count` in superstep 1: attempt to add with overflow"]
        .assert_eq(&error_chain(&error));
    let error = graph.resume(error.into_position()).id("r").await.unwrap_err();
    expect!["run `r`: a reducer panicked on the update of node `count` in superstep 1: it panicked before, in the middle of the updates of this superstep"]
        .assert_eq(&error_chain(&error));
}

#[tokio::test]
async fn a_panic_in_on_saved_does_not_fail_the_run() {
    #[derive(State, Default, serde::Serialize, serde::Deserialize)]
    struct Count {
        #[state(add)]
        rounds: u32,
    }

    let mut graph = StateGraph::<Count>::new("count");
    let turn = node!(graph, "turn", async |_| Ok(Count::update().rounds(1)));
    graph.start(turn);
    graph.route(turn, [turn, NodeId::END], |count, [again, end]| if count.rounds < 3 { again } else { end });
    let graph = graph.compile().unwrap();
    for durability in [Durability::Sync, Durability::Async, Durability::Exit] {
        let journal = Memory::default();
        let (told, calls) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
        let run = graph.run(Count::default()).id("r").journal(journal.clone()).durability(durability);
        let run = run.on_saved({
            let calls = Arc::clone(&calls);
            move |_| {
                calls.fetch_add(1, Ordering::Relaxed);
                panic!("it cannot be told");
            }
        });
        let told_too = Arc::clone(&told);
        let run =
            run.on_saved(move |saved| saved.entries.iter().for_each(|_| _ = told_too.fetch_add(1, Ordering::Relaxed)));
        assert!(run.await.unwrap().is_finished());
        let stored = journal.read("r", ReadFrom::Record(0)).await.unwrap();
        assert_eq!((calls.load(Ordering::Relaxed), u64::from(told.load(Ordering::Relaxed))), (1, stored.head.records));
    }
}
