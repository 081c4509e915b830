//! Timeouts of attempts, and limits of concurrent tasks.

use std::future::{Future, poll_fn};
use std::num::NonZeroUsize;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use council_core::{
    Command, Failure, Graph, Limits, NodeId, NodeResult, Outcome, Policy, Retry, State, StateGraph, Subgraph,
    error_chain, node, worker,
};
use expect_test::expect;
use tokio::time::sleep;

use crate::support::check;
use crate::{Doc, note};

fn timeout(seconds: u64) -> Policy {
    Policy::default().timeout(Duration::from_secs(seconds))
}

#[tokio::test(start_paused = true)]
async fn the_timeout_applies_to_each_attempt() {
    let mut graph = StateGraph::<Doc>::new("slow");
    let node = node!(graph, "node", async move |_, context| {
        sleep(Duration::from_secs(if context.attempt() < 3 { 5 } else { 1 })).await;
        Ok(Doc::update().notes("in time"))
    });
    graph.start(node).end(node);
    graph.policy(node, timeout(2).retry(Retry::default().jitter(false)));
    check(
        graph.compile().unwrap().run(Doc::default()),
        expect![[r#"
        superstep 1: node #1 started
        superstep 1: node #1 failed, tried again in 500ms: took longer than its 2 s
        superstep 1: node #1 (attempt 2) started
        superstep 1: node #1 (attempt 2) failed, tried again in 1s: took longer than its 2 s
        superstep 1: node #1 (attempt 3) started
        superstep 1: node #1 (attempt 3) completed with DocUpdate(notes)
        finished after 1 supersteps
    "#]],
    )
    .await
    .unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_task_that_reaches_its_timeout_fails_and_is_dropped() {
    let held = Arc::new(());
    let inside = Arc::clone(&held);
    let mut graph = StateGraph::<Doc>::new("slow");
    let node = node!(graph, "node", async move |_| {
        let _held = Arc::clone(&inside);
        sleep(Duration::from_secs(600)).await;
        Ok(Doc::update())
    });
    graph.start(node).end(node).policy(node, timeout(2));
    let error = graph.compile().unwrap().run(Doc::default()).id("r").await.unwrap_err();
    expect!["run `r`: node `node` took longer than its 2 s in superstep 1, attempt 1"].assert_eq(&error_chain(&error));
    assert!(matches!(error.failure(), Failure::NodeTimedOut { .. }));
    assert_eq!(Arc::strong_count(&held), 1, "no task holds the value after the graph is dropped");
}

#[tokio::test(start_paused = true)]
async fn the_timeout_of_an_item_replaces_the_timeout_of_its_worker() {
    let built = |timeout_of: fn(&Doc, &u32) -> Duration| {
        let mut graph = StateGraph::<Doc>::new("items");
        let pack = worker!(graph, "pack", async |_, item: &u32| {
            sleep(Duration::from_secs(4)).await;
            Ok(Doc::update().notes(format!("packed {item}")))
        });
        graph.fan_out(NodeId::START, pack, |_| [1, 5, 9]).end(pack);
        graph.policy(pack, timeout(2)).item_timeout(pack, timeout_of);
        graph.on_item_error(pack, (), |_, _, failure, ()| {
            Some(Command::update(Doc::update().notes(failure.to_string())))
        });
        let graph = graph.compile().unwrap();
        assert!(graph.mermaid().contains("a timeout for each item"), "{}", graph.mermaid());
        graph
    };
    let notes = async |graph: Graph<Doc>| graph.run(Doc::default()).await.unwrap().into_state().notes.join("; ");
    expect!["node `pack`, item 0, took longer than its 1 s in superstep 1, attempt 1; packed 5; packed 9"]
        .assert_eq(&notes(built(|_, item| Duration::from_secs(u64::from(*item)))).await);
    expect!["packed 1; packed 5; packed 9"].assert_eq(&notes(built(|_, _| Duration::MAX)).await);
    let zero_divisor = |_: &Doc, item: &u32| Duration::from_secs(100 / (u64::from(*item) - 1));
    expect!["node `pack`, item 0, panicked in superstep 1, attempt 1: attempt to divide by zero; packed 5; packed 9"]
        .assert_eq(&notes(built(zero_divisor)).await);
}

#[tokio::test(start_paused = true)]
async fn waiting_for_a_permit_does_not_count_for_the_timeout() {
    let mut graph = StateGraph::<Doc>::new("queue");
    let read = graph.node("read", note);
    let pack = worker!(graph, "pack", async move |_, item: &u32| {
        sleep(Duration::from_secs(2)).await;
        Ok(Doc::update().round(*item))
    });
    graph.start(read).fan_out(read, pack, |_| [1; 10]).end(pack);
    graph.policy(pack, timeout(3).concurrency(1));
    assert_eq!(graph.compile().unwrap().run(Doc::default()).await.unwrap().state().round, 10);
}

#[tokio::test(start_paused = true)]
async fn a_subgraph_that_reaches_its_timeout_keeps_its_position_for_the_next_attempt() {
    let mut inner = StateGraph::<Doc>::new("inner");
    let step = node!(inner, "step", async move |_| {
        sleep(Duration::from_secs(2)).await;
        Ok(Doc::update().round(1))
    });
    inner.start(step).edge(step, step).guard("enough", |doc| doc.round >= 4, council_core::NodeId::END);
    let inner = inner.compile().unwrap();
    let mut graph = StateGraph::<Doc>::new("outer");
    let nested = graph.node("nested", Subgraph::new(inner, Doc::clone, |doc| Doc::update().round(doc.round)));
    graph.start(nested).end(nested);
    graph.policy(nested, timeout(5).retry(Retry::default()));
    let outcome = graph.compile().unwrap().run(Doc::default()).await.unwrap();
    assert_eq!(outcome.state().round, 4);
}

/// The number of running tasks, and its highest value.
#[derive(Clone, Default)]
struct Peak(Arc<[AtomicUsize; 2]>);

impl Peak {
    async fn work(&self) -> NodeResult<Doc> {
        let now = self.0[0].fetch_add(1, Ordering::Relaxed) + 1;
        self.0[1].fetch_max(now, Ordering::Relaxed);
        sleep(Duration::from_secs(1)).await;
        self.0[0].fetch_sub(1, Ordering::Relaxed);
        Ok(Doc::update().round(1))
    }

    fn highest(&self) -> usize {
        self.0[1].load(Ordering::Relaxed)
    }
}

/// `read` sends ten items to `pack`, beside `other`.
fn packing(peak: &Peak, policy: Policy) -> Graph<Doc> {
    let mut graph = StateGraph::<Doc>::new("packing");
    let read = graph.node("read", note);
    let (first, second) = (peak.clone(), peak.clone());
    let pack = worker!(graph, "pack", async move |_, _item: &u32| first.work().await);
    let other = node!(graph, "other", async move |_| second.work().await);
    graph.start(read).fan_out(read, pack, |_| 0..10).edge(read, other).end(pack).end(other);
    graph.policy(pack, policy);
    graph.compile().unwrap()
}

fn at_once(bound: usize) -> Limits {
    Limits { concurrency: NonZeroUsize::new(bound), ..Limits::default() }
}

#[tokio::test(start_paused = true)]
async fn the_concurrency_limit_of_a_node_applies_to_all_runs() {
    let peak = Peak::default();
    let graph = packing(&peak, Policy::default().concurrency(3));
    assert_eq!(graph.run(Doc::default()).await.unwrap().state().round, 11);
    assert_eq!(peak.highest(), 3 + 1, "the bound does not count for the other node");
    let (one, other) = tokio::join!(graph.run(Doc::default()).into_future(), graph.run(Doc::default()).into_future());
    assert_eq!((one.unwrap().state().round, other.unwrap().state().round), (11, 11));
    assert_eq!(peak.highest(), 3 + 2);
}

#[tokio::test(start_paused = true)]
async fn the_concurrency_limit_of_a_run_applies_to_all_its_nodes() {
    for bound in [1, 4, 100] {
        let peak = Peak::default();
        let graph = packing(&peak, Policy::default());
        assert_eq!(graph.run(Doc::default()).limits(at_once(bound)).await.unwrap().state().round, 11);
        assert_eq!(peak.highest(), bound.min(11));
    }
}

#[tokio::test(start_paused = true)]
async fn the_concurrency_limit_of_a_run_applies_inside_its_subgraphs() {
    let peak = Peak::default();
    let inner = packing(&peak, Policy::default());
    let mut graph = StateGraph::<Doc>::new("outer");
    let read = graph.node("read", note);
    let nested = Subgraph::per_item(inner, |doc: &Doc, _: &u32| doc.clone(), |doc| Doc::update().round(doc.round));
    let nested = graph.worker("nested", nested);
    let beside = peak.clone();
    let beside = node!(graph, "beside", async move |_| beside.work().await);
    graph.start(read).fan_out(read, nested, |_| 0..5).edge(read, beside).end(nested).end(beside);
    let graph = graph.compile().unwrap();
    // One permit is enough, because a subgraph takes none for itself.
    for bound in [1, 7] {
        let outcome = graph.run(Doc::default()).limits(at_once(bound)).await.unwrap();
        assert_eq!(outcome.state().round, 5 * 11 + 1);
        assert_eq!(peak.highest(), bound);
    }
}

#[tokio::test(start_paused = true)]
async fn a_stopped_run_returns_its_permits() {
    let peak = Peak::default();
    let graph = packing(&peak, Policy::default().concurrency(2));
    let limits = Limits { wall_clock: Some(Duration::from_millis(500)), ..at_once(2) };
    for _ in 0..3 {
        let outcome = graph.run(Doc::default()).limits(limits).await.unwrap();
        assert!(matches!(outcome, Outcome::Stopped { .. }));
    }
    assert!(graph.run(Doc::default()).await.unwrap().is_finished());
}

/// A task ends its pause while other tasks wait for the permit of the run. Each task gets its permits in the end: no two tasks give way to
/// each other for ever. Tasks that do so are polled again and again while the paused clock stands still.
#[tokio::test(start_paused = true)]
async fn tasks_that_wait_for_two_permits_do_not_give_way_for_ever() {
    let mut graph = StateGraph::<Doc>::new("crowd");
    let read = graph.node("read", note);
    let other = node!(graph, "other", async move |_| {
        sleep(Duration::from_millis(5)).await;
        Ok(Doc::update())
    });
    let pack = worker!(graph, "pack", async move |_, item: &u32, context| {
        if *item < 2 && context.attempt() == 1 {
            return Err("not yet".into());
        }
        sleep(Duration::from_millis(10)).await;
        Ok(Doc::update())
    });
    graph.start(read).edge(read, other).fan_out(read, pack, |_| 0..6_u32).end(other).end(pack);
    let retry = Retry::default().pause(Duration::from_millis(1)).jitter(false);
    graph.policy(pack, Policy::default().retry(retry).concurrency(1));
    let mut run = pin!(graph.compile().unwrap().run(Doc::default()).limits(at_once(1)).into_future());
    let mut polls = 0;
    let outcome = poll_fn(|waker| {
        polls += 1;
        assert!(polls < 10_000, "no task gets its permits");
        run.as_mut().poll(waker)
    });
    assert!(outcome.await.unwrap().is_finished());
}

#[test]
fn a_time_limit_without_a_timer_fails_before_the_first_task() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let built = |policy: Policy| {
        let mut graph = StateGraph::<Doc>::new("late");
        let node = graph.node("node", note);
        graph.start(node).end(node).policy(node, policy);
        graph.compile().unwrap()
    };
    let limits = Limits { wall_clock: Some(Duration::from_secs(1)), ..Limits::default() };
    let superstep_time = Limits { superstep_time: Some(Duration::from_secs(1)), ..Limits::default() };
    let retry = Policy::default().retry(Retry::default());
    let runs = [
        built(timeout(1)).run(Doc::default()),
        built(retry).run(Doc::default()),
        built(Policy::default()).run(Doc::default()).limits(limits),
        built(Policy::default()).run(Doc::default()).limits(superstep_time),
    ];
    for run in runs {
        let error = runtime.block_on(run.id("r").into_future()).unwrap_err();
        expect![
            "run `r`: graph `late` has time limits, and the tokio runtime has no timer: build the runtime with `enable_time`"
        ]
        .assert_eq(&error_chain(&error));
        assert_eq!(error.position().open_tasks().count(), 1);
    }
    assert!(runtime.block_on(built(Policy::default()).run(Doc::default()).into_future()).unwrap().is_finished());
}
