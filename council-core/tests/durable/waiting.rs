//! Tasks that wait for their next attempt, also in another process.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use council_core::journal::{Journal, Memory, ReadFrom, StoredRecord, close, reopen};
use council_core::projection::{RunProjection, TypedRecord};
use council_core::{Failure, Graph, Policy, Retry, State, StateGraph, Subgraph, node};
use expect_test::expect;
use tokio::time::Instant;

use crate::Doc;

const HOUR: Duration = Duration::from_secs(3600);

/// An error that asks for a delay.
#[derive(Debug, thiserror::Error)]
#[error("the quota is used up")]
struct Quota(Duration);

fn retry_after(failure: &Failure) -> Option<Duration> {
    let Failure::Node { source, .. } = failure else { return None };
    source.downcast_ref::<Quota>().map(|quota| quota.0)
}

/// One node whose first attempts fail, and ask for a wait of an hour.
fn busy(failures: u32, retry: Retry, calls: &Arc<AtomicU32>) -> Graph<Doc> {
    let calls = Arc::clone(calls);
    let mut graph = StateGraph::<Doc>::new("busy");
    let ask = node!(graph, "ask", async move |_| {
        if calls.fetch_add(1, Ordering::Relaxed) < failures {
            return Err(Quota(HOUR).into());
        }
        Ok(Doc::update().text("an answer"))
    });
    graph.start(ask).end(ask).policy(ask, Policy::default().retry(retry.min_pause(retry_after).jitter(false)));
    graph.compile().unwrap()
}

#[tokio::test(start_paused = true)]
async fn no_attempt_begins_before_the_time_that_a_failure_asks_for() {
    let (calls, began) = (Arc::default(), Instant::now());
    let graph = busy(2, Retry::default().pause(Duration::from_secs(1)), &calls);
    assert_eq!(graph.run(Doc::default()).await.unwrap().state().text, "an answer");
    assert_eq!(began.elapsed(), 2 * HOUR + Duration::from_secs(3));
}

#[tokio::test(start_paused = true)]
async fn no_attempt_begins_after_the_total_time() {
    let (calls, began) = (Arc::default(), Instant::now());
    let retry = Retry::default().attempts(u32::MAX).total(5 * HOUR + HOUR / 2);
    let error = busy(u32::MAX, retry, &calls).run(Doc::default()).await.unwrap_err();
    assert_eq!(error.failure().cause(), "the quota is used up");
    assert_eq!(calls.load(Ordering::Relaxed), 6);
    assert!(began.elapsed() < 6 * HOUR);
}

#[tokio::test(start_paused = true)]
async fn a_resumed_run_waits_for_the_time_of_its_next_attempt() {
    let (calls, journal) = (Arc::default(), Memory::default());
    let graph = busy(1, Retry::default(), &calls);
    let run = graph.run(Doc::default()).id("r-1").journal(journal.clone()).start();
    let cancel = run.canceller();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(60)).await;
        cancel.cancel();
    });
    assert!(!run.await.unwrap().is_finished());
    let records = journal.read("r-1", ReadFrom::Record(0)).await.unwrap().entries;
    let failed =
        records.iter().find_map(|entry| match council_core::journal::Envelope::read(&entry.json).unwrap().record {
            StoredRecord::TaskFailed { retry_at, .. } => Some((entry.at, retry_at.unwrap())),
            _ => None,
        });
    let (at, retry_at) = failed.unwrap();
    assert!((3_599_000..=3_602_000).contains(&(retry_at - at)), "{retry_at} is an hour after {at}");

    let position = graph.load(&journal, "r-1").await.unwrap();
    let began = Instant::now();
    // The time of day does not stand still with the clock of the test, so almost the whole hour is left.
    assert_eq!(graph.resume(position).id("r-1").journal(journal).await.unwrap().state().text, "an answer");
    assert!(began.elapsed() > HOUR / 2 && began.elapsed() < 2 * HOUR);
    assert_eq!(calls.load(Ordering::Relaxed), 2);
}

/// A process may die while the task waits, so the time of its next attempt is in the journal before the wait.
#[tokio::test(start_paused = true)]
async fn a_wait_is_in_the_journal_before_it_begins() {
    let (calls, journal) = (Arc::default(), Memory::default());
    let graph = busy(1, Retry::default(), &calls);
    let run = graph.run(Doc::default()).id("r-1").journal(journal.clone()).start();
    tokio::time::sleep(Duration::from_secs(60)).await;
    let mut projection = RunProjection::<Doc>::default();
    for entry in &journal.read("r-1", ReadFrom::Record(0)).await.unwrap().entries {
        projection.apply(TypedRecord::read(&entry.json).unwrap()).unwrap();
    }
    let waiting = projection.waiting().unwrap();
    assert_eq!(waiting.reason, Some("the quota is used up"));
    drop(run);
}

/// A graph with a subgraph. In the journal is a run `r-1` of it, in which the task of the subgraph waits for its next attempt.
async fn waiting_inside(calls: &Arc<AtomicU32>, journal: &Memory) -> Graph<Doc> {
    let mut graph = StateGraph::<Doc>::new("outer");
    let part = busy(1, Retry::default(), calls);
    let part = Subgraph::new(part, |_: &Doc| Doc::default(), |doc| Doc::update().text(doc.text));
    let inner = graph.node("inner", part.stored());
    graph.start(inner).end(inner);
    let graph = graph.compile().unwrap();
    let run = graph.run(Doc::default()).id("r-1").journal(journal.clone()).start();
    tokio::time::sleep(Duration::from_secs(60)).await;
    drop(run);
    graph
}

/// The person who reopens a run does not wait for the time that it was waiting for, also in a subgraph.
#[tokio::test(start_paused = true)]
async fn a_reopened_run_tries_again_at_once() {
    let (calls, journal) = (Arc::default(), Memory::default());
    let graph = waiting_inside(&calls, &journal).await;
    close(&journal, "r-1", "cancelled", None).await.unwrap();
    reopen(&journal, "r-1", None).await.unwrap();

    let position = graph.load(&journal, "r-1").await.unwrap();
    let began = Instant::now();
    assert_eq!(graph.resume(position).id("r-1").journal(journal).await.unwrap().state().text, "an answer");
    assert_eq!((began.elapsed(), calls.load(Ordering::Relaxed)), (Duration::ZERO, 2));
}

/// The next attempt may succeed in the changed state, so it begins at once, also in a subgraph. The records say the same.
#[tokio::test(start_paused = true)]
async fn an_edited_run_tries_again_at_once() {
    let (calls, journal) = (Arc::default(), Memory::default());
    let graph = waiting_inside(&calls, &journal).await;

    let mut position = graph.load(&journal, "r-1").await.unwrap();
    position.edit("the chair", Doc::update().notes("another address"));
    graph.resume(position).id("r-1").journal(journal.clone()).hold().await.unwrap();
    let mut projection = RunProjection::<Doc>::default();
    for entry in &journal.read("r-1", ReadFrom::Record(0)).await.unwrap().entries {
        projection.apply(TypedRecord::read(&entry.json).unwrap()).unwrap();
    }
    assert_eq!(projection.waiting(), None);

    let position = graph.load(&journal, "r-1").await.unwrap();
    let began = Instant::now();
    assert_eq!(graph.resume(position).id("r-1").journal(journal).await.unwrap().state().text, "an answer");
    assert_eq!((began.elapsed(), calls.load(Ordering::Relaxed)), (Duration::ZERO, 2));
}

/// A run waits if all its open tasks wait, also those of subgraphs, and until the first of them goes on.
#[test]
fn a_run_waits_while_all_its_tasks_wait() {
    let mut run = RunProjection::<Doc>::default();
    let mut picture = Vec::new();
    for record in [
        r#"{"started":{"graph":"g","input":{"text":"","notes":[]},"next":["left","right"]}}"#,
        r#"{"task_failed":{"node":"left","error":"busy","retry_at":9000}}"#,
        r#""in":[{"node":"right"}],{"started":{"graph":"inner","input":{},"next":["a","b"]}}"#,
        r#""in":[{"node":"right"}],{"task_failed":{"node":"a","error":"away","retry_at":5000}}"#,
        r#""in":[{"node":"right"}],{"task_done":{"node":"b","update":{}}}"#,
        r#"{"task_failed":{"node":"left","error":"refused"}}"#,
        r#"{"task_failed":{"node":"left","error":"busy again","retry_at":4000}}"#,
        r#"{"failed":{"error":"no more"}}"#,
        r#"{"resumed":{}}"#,
        r#"{"task_done":{"node":"left","update":{}}}"#,
        r#"{"closed":{"reason":"cancelled"}}"#,
        r#"{"reopened":{}}"#,
    ] {
        let (path, record) = match record.split_once(",{") {
            Some((path, record)) if path.starts_with("\"in") => (format!("{path},"), format!("{{{record}")),
            _ => (String::new(), record.to_owned()),
        };
        run.apply(TypedRecord::read(&format!(r#"{{"v":3,{path}"record":{record}}}"#)).unwrap()).unwrap();
        let waiting = run.waiting().map(|waiting| (waiting.until, waiting.reason.unwrap_or_default()));
        picture.push(format!("{waiting:?} after {record}"));
    }
    expect![[r#"
        None after {"started":{"graph":"g","input":{"text":"","notes":[]},"next":["left","right"]}}
        None after {"task_failed":{"node":"left","error":"busy","retry_at":9000}}
        None after {"started":{"graph":"inner","input":{},"next":["a","b"]}}
        None after {"task_failed":{"node":"a","error":"away","retry_at":5000}}
        Some((5000, "away")) after {"task_done":{"node":"b","update":{}}}
        None after {"task_failed":{"node":"left","error":"refused"}}
        Some((4000, "busy again")) after {"task_failed":{"node":"left","error":"busy again","retry_at":4000}}
        None after {"failed":{"error":"no more"}}
        Some((4000, "busy again")) after {"resumed":{}}
        Some((5000, "away")) after {"task_done":{"node":"left","update":{}}}
        None after {"closed":{"reason":"cancelled"}}
        None after {"reopened":{}}"#]]
    .assert_eq(&picture.join("\n"));
}
