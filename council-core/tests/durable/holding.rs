//! Runs that are held: stored, and not started.

use council_core::journal::{Envelope, Journal, JournalError, Memory, ReadFrom, Status, StoredRecord, close};
use council_core::{Failure, NodeId, State, StateGraph, node};
use expect_test::expect;

use crate::durability::Failing;
use crate::{Doc, Lab, check, diamond, paused};

#[tokio::test]
async fn a_held_run_is_stored_and_runs_nothing_before_it_is_resumed() {
    let (lab, journal) = (Lab::default(), Memory::default());
    let run = diamond(&lab).run(Doc::default()).id("r").journal(journal.clone());
    let position = run.summary(|_, _| "in the queue").hold().await.unwrap();
    assert_eq!((lab.take().as_str(), position.run()), ("", Some("r")));
    check(
        &journal,
        "r",
        expect![[r#"
            r is stopped: "in the queue"
            {"record":{"started":{"graph":"diamond","input":{"text":"","notes":[]},"next":["plan"],"held":true}}}"#]],
    )
    .await;
    let first = journal.read("r", ReadFrom::Record(0)).await.unwrap().entries.remove(0);
    assert!(matches!(Envelope::read(&first.json).unwrap().record, StoredRecord::Started { held: true, .. }));

    // In another process.
    let graph = diamond(&lab);
    let position = graph.load(&journal, "r").await.unwrap();
    let outcome = graph.resume(position).journal(journal.clone()).await.unwrap();
    assert_eq!(outcome.finished().unwrap().notes, ["plan", "left", "right", "both"]);
    check(
        &journal,
        "r",
        expect![[r#"
            r is finished
            {"record":{"started":{"graph":"diamond","input":{"text":"","notes":[]},"next":["plan"],"held":true}}}
            {"record":{"resumed":{}}}
            {"record":{"task_done":{"node":"plan","update":{"notes":["plan"]},"committed":{"next":["left","right"]}}}}
            {"record":{"task_done":{"node":"left","update":{"notes":["left"]}}}}
            {"record":{"task_done":{"node":"right","update":{"notes":["right"]}}}}
            {"record":{"committed":{"next":["both"]}}}
            {"record":{"task_done":{"node":"both","update":{"notes":["both"]},"committed":{"next":[],"end":true}}}}
            {"record":{"finished":{}}}"#]],
    )
    .await;
}

#[tokio::test]
async fn an_edit_is_kept_while_the_run_is_held() {
    let mut graph = StateGraph::<Doc>::new("asking");
    let ask = node!(graph, "ask", async move |_, context| {
        let word: String = context.ask("which word?").await?;
        Ok(Doc::update().text(word))
    });
    graph.start(ask).edge(ask, NodeId::END);
    let graph = graph.compile().unwrap();
    let journal = Memory::default();
    let run = graph.run(Doc::default()).id("r").journal(journal.clone());
    let mut position = paused(run.await.unwrap());
    let ask = position.asks().remove(0);
    position.answer(&ask.id, &"crab").unwrap();
    position.edit("a chair", Doc::update().notes("edited"));
    let position = graph.resume(position).journal(journal.clone()).hold().await.unwrap();
    assert!(!position.is_paused());
    check(
        &journal,
        "r",
        expect![[r#"
            r is stopped
            {"record":{"started":{"graph":"asking","input":{"text":"","notes":[]},"next":["ask"]}}}
            {"record":{"asked":{"node":"ask","question":"which word?"}}}
            {"record":{"paused":{"nodes":["ask"]}}}
            {"record":{"answered":{"node":"ask","ask":0,"answer":"crab"}}}
            {"record":{"edited":{"by":"a chair","update":{"notes":["edited"]}}}}
            {"record":{"resumed":{"held":true}}}"#]],
    )
    .await;
    let stored = graph.load(&journal, "r").await.unwrap();
    assert_eq!(graph.snapshot(&stored).unwrap(), graph.snapshot(&position).unwrap());
    let doc = graph.resume(stored).journal(journal).await.unwrap().finished().unwrap();
    assert_eq!((doc.text.as_str(), &*doc.notes), ("crab", &["edited".to_owned()][..]));
}

#[tokio::test]
async fn an_acknowledged_pause_does_not_come_again_after_the_run_was_held() {
    let (lab, journal) = (Lab::default(), Memory::default());
    let graph = diamond(&lab);
    let run = graph.run(Doc::default()).id("r").journal(journal.clone()).pause_always();
    let position = paused(run.await.unwrap());
    graph.resume(position).journal(journal.clone()).pause_always().hold().await.unwrap();
    let position = graph.load(&journal, "r").await.unwrap();
    paused(graph.resume(position).journal(journal.clone()).pause_always().await.unwrap());
    assert_eq!(lab.take(), "plan", "the run pauses before the next superstep");
}

#[tokio::test]
async fn a_run_that_cannot_be_stored_is_not_held() {
    let (lab, journal) = (Lab::default(), Memory::default());
    let graph = diamond(&lab);
    let hold = |journal: Failing| graph.run(Doc::default()).id("r").journal(journal).hold();
    let error = hold(Failing::after(0, &journal)).await.unwrap_err();
    assert!(matches!(error.failure(), Failure::Journal { .. }), "{error}");
    assert!(journal.read("r", ReadFrom::Record(0)).await.is_err());
    hold(Failing::after(1, &journal)).await.unwrap();
    let error = hold(Failing::after(1, &journal)).await.unwrap_err();
    let exists = |error: &Failure| matches!(error, Failure::Journal { source: JournalError::Exists { .. } });
    assert!(exists(error.failure()), "{error}");

    let position = graph.load(&journal, "r").await.unwrap();
    close(&journal, "r", "not wanted any more", None).await.unwrap();
    let error = graph.resume(position).journal(journal.clone()).await.unwrap_err();
    assert!(matches!(error.failure(), Failure::Journal { source: JournalError::Conflict { .. } }), "{error}");
    let position = graph.load(&journal, "r").await.unwrap();
    let error = graph.resume(position).journal(journal.clone()).hold().await.unwrap_err();
    assert!(matches!(error.failure(), Failure::Closed { .. }), "{error}");
    assert_eq!(journal.read("r", ReadFrom::Snapshot).await.unwrap().head.status, Status::Closed);
}

#[tokio::test]
async fn a_finished_run_cannot_be_held_and_does_not_change() {
    let (lab, journal) = (Lab::default(), Memory::default());
    let graph = diamond(&lab);
    graph.run(Doc::default()).id("r").journal(journal.clone()).await.unwrap();
    let before = journal.read("r", ReadFrom::Record(0)).await.unwrap();
    let position = graph.load(&journal, "r").await.unwrap();
    graph.resume(position).journal(journal.clone()).hold().await.unwrap();
    assert_eq!(journal.read("r", ReadFrom::Record(0)).await.unwrap(), before);
}
