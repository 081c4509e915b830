//! Cancelled tasks that wait, and the remains of a dropped run.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use council_core::{
    Detail, EventKind, Limits, Outcome, Policy, Retry, State, StateGraph, StopReason, Subgraph, node, worker,
};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, timeout};

use crate::{Doc, note};

#[tokio::test(start_paused = true)]
async fn a_pause_before_another_attempt_ends_when_the_run_is_cancelled() {
    let mut graph = StateGraph::<Doc>::new("pause");
    let fails = node!(graph, "fails", async move |_| Err("no luck".into()));
    graph.start(fails).end(fails);
    let hour = Duration::from_secs(60 * 60);
    let retry = Retry::default().attempts(5).pause(hour).longest(hour).jitter(false);
    graph.policy(fails, Policy::default().retry(retry));
    let began = Instant::now();
    let run = graph.compile().unwrap().run(Doc::default()).start();
    sleep(Duration::from_secs(1)).await;
    run.cancel();
    let outcome = run.await.unwrap();
    assert!(matches!(outcome, Outcome::Stopped { reason: StopReason::Cancelled, .. }));
    assert_eq!(began.elapsed(), Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn tasks_that_wait_for_a_permit_do_not_start_after_the_run_is_cancelled() {
    let mut graph = StateGraph::<Doc>::new("bounded");
    let first = graph.node("first", note);
    let work = worker!(graph, "work", async move |_, _item: &u32| {
        sleep(Duration::from_secs(60)).await;
        Ok(Doc::update().round(1))
    });
    graph.start(first).fan_out(first, work, |_| 0..100_u32).end(work);
    graph.policy(work, Policy::default().concurrency(1));
    let graph = graph.compile().unwrap();
    let run = graph.run(Doc::default()).start();
    sleep(Duration::from_secs(90)).await;
    run.cancel();
    let Outcome::Stopped { reason: StopReason::Cancelled, position } = run.await.unwrap() else { panic!("stopped") };
    // The task that was running has ended, and its update is kept.
    assert_eq!(position.open_tasks().count(), 98);
    assert_eq!(graph.resume(position).await.unwrap().state().round, 100);
}

#[tokio::test(start_paused = true)]
async fn the_events_of_a_dropped_run_end_although_a_context_is_left() {
    let mut graph = StateGraph::<Doc>::new("dropped");
    let talks = node!(graph, "talks", async move |_, context| {
        let context = context.clone();
        tokio::spawn(async move {
            loop {
                sleep(Duration::from_secs(1)).await;
                context.token("still here");
            }
        });
        std::future::pending().await
    });
    graph.start(talks).end(talks);
    let (run, mut events) = graph.compile().unwrap().run(Doc::default()).channel(Detail::ALL, 100);
    let run = run.start();
    assert_eq!(events.next().await.unwrap().to_string(), "superstep 1: talks #1 started");
    drop(run);
    let rest = async { while events.next().await.is_some() {} };
    timeout(Duration::from_secs(10), rest).await.expect("the events end");
}

#[tokio::test(start_paused = true)]
async fn a_task_that_waits_for_the_permit_of_its_run_holds_none_of_its_node() {
    let mut graph = StateGraph::<Doc>::new("bounded");
    let first = graph.node("first", note);
    let work = worker!(graph, "work", async move |_, _item: &u32| {
        sleep(Duration::from_secs(1)).await;
        Ok(Doc::update().round(1))
    });
    graph.start(first).fan_out(first, work, |doc| 0..doc.text.parse::<u32>().unwrap()).end(work);
    graph.policy(work, Policy::default().concurrency(10));
    let graph = graph.compile().unwrap();
    let with = |items: &str| graph.run(Doc { text: items.into(), ..Doc::default() });
    let limits = Limits { concurrency: NonZeroUsize::new(1), ..Limits::default() };
    let slow = with("100").limits(limits).start();
    sleep(Duration::from_millis(10)).await;
    let began = Instant::now();
    with("1").await.unwrap();
    assert_eq!(began.elapsed(), Duration::from_secs(1));
    drop(slow);
}

/// The thread of the node is blocked for longer than the timeout. The result is the same if the driver sees the timeout late, because
/// the attempt fails too.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_spawned_attempt_keeps_its_permit_after_its_timeout_until_it_ends() {
    let (running, peak) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let seen = Arc::clone(&peak);
    let mut graph = StateGraph::<Doc>::new("blocked");
    let node = node!(graph, "node", async move |_| {
        seen.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        std::thread::sleep(LIMIT * 3);
        running.fetch_sub(1, Ordering::SeqCst);
        Err("too late".into())
    });
    graph.start(node).end(node);
    let retry = Retry::default().pause(Duration::ZERO);
    graph.policy(node, Policy::default().spawned(true).concurrency(1).timeout(LIMIT).retry(retry));
    let error = graph.compile().unwrap().run(Doc::default()).id("r").await.unwrap_err();
    assert!(error.to_string().ends_with("in superstep 1, attempt 3"), "{error}");
    assert_eq!(peak.load(Ordering::SeqCst), 1);
}

const LIMIT: Duration = Duration::from_millis(20);

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_failed_run_waits_for_the_spawned_tasks_of_its_subgraphs() {
    let (failed, has_failed) = channel();
    let has_failed = Mutex::new(has_failed);
    let (begun, ended) = (Arc::new(Notify::new()), Arc::new(AtomicUsize::new(0)));
    let (begins, ends) = (Arc::clone(&begun), Arc::clone(&ended));
    let mut inner = StateGraph::<Doc>::new("inner");
    let node = node!(inner, "node", async move |_| {
        begins.notify_one();
        has_failed.lock().unwrap().recv_timeout(Duration::from_secs(60))?;
        ends.fetch_add(1, Ordering::SeqCst);
        Ok(Doc::update())
    });
    inner.start(node).end(node).policy(node, Policy::default().spawned(true));
    let mut graph = StateGraph::<Doc>::new("outer");
    let nested = graph.node("nested", Subgraph::new(inner.compile().unwrap(), Doc::clone, |_| Doc::update()));
    let fails = node!(graph, "fails", async move |_| {
        begun.notified().await;
        Err("no luck".into())
    });
    graph.start(nested).start(fails).end(nested).end(fails);
    let run = graph.compile().unwrap().run(Doc::default()).observe(move |event| {
        if let EventKind::NodeFailed { .. } = event.kind {
            failed.send(()).unwrap();
        }
    });
    let error = run.id("r").await.unwrap_err();
    assert_eq!(error.to_string(), "run `r`: node `fails` failed in superstep 1, attempt 1");
    assert_eq!(ended.load(Ordering::SeqCst), 1);
}
