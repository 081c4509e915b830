//! Several drivers of one run.

use std::sync::Arc;

use council_core::journal::{Journal, JournalError, Memory, ReadFrom, close};
use council_core::stored::{At, Durability};
use council_core::{Failure, Limits, Outcome, State, StateGraph, error_chain, node};
use expect_test::expect;
use tokio::sync::Notify;

use crate::{Doc, Lab, check, diamond, note, paused};

#[tokio::test]
async fn a_new_run_with_the_id_of_a_stored_run_is_refused() {
    let (lab, journal) = (Lab::default(), Memory::default());
    diamond(&lab).run(Doc::default()).id("r").journal(journal.clone()).await.unwrap();
    lab.take();
    let before = journal.read("r", ReadFrom::Record(0)).await.unwrap();
    let run = |durability| diamond(&lab).run(Doc::default()).id("r").journal(journal.clone()).durability(durability);
    for durability in [Durability::Async, Durability::Exit] {
        let error = run(durability).await.unwrap_err();
        assert!(matches!(error.failure(), Failure::Journal { source: JournalError::Exists { .. } }));
    }
    let error = run(Durability::Sync).await.unwrap_err();
    expect![[r#"
        run `r`: the journal could not be written: there is a run `r` in the journal already: choose another id or delete it first"#]]
    .assert_eq(&error_chain(&error));
    assert!(matches!(error.failure(), Failure::Journal { source: JournalError::Exists { .. } }));
    assert_eq!(lab.take(), "", "no node is run");
    assert_eq!(journal.read("r", ReadFrom::Record(0)).await.unwrap(), before);
    let error = diamond(&lab).fork(&journal, "r", At::End, "r").await.unwrap_err();
    expect!["there is a run `r` in the journal already: choose another id or delete it first"]
        .assert_eq(&error_chain(&error));
}

/// Two drivers load a run at the same record. One continues, and the other gets a conflict before it runs a node.
#[tokio::test]
async fn of_two_drivers_of_a_stored_run_one_gets_a_conflict() {
    let mut told = Vec::new();
    for durability in [Durability::Sync, Durability::Async] {
        let (lab, journal) = (Lab::default(), Memory::default());
        let graph = diamond(&lab);
        let run = graph.run(Doc::default()).id("r").journal(journal.clone()).pause_before(["left"]);
        let first = paused(run.await.unwrap());
        let second = graph.load(&journal, "r").await.unwrap();
        lab.take();
        let go_on = |position| graph.resume(position).journal(journal.clone()).durability(durability);
        let (first, second) = tokio::join!(go_on(first), go_on(second));
        assert!(first.unwrap().is_finished());
        let error = second.unwrap_err();
        assert!(error.position().is_paused(), "the second run is still paused");
        assert!(matches!(error.failure(), Failure::Journal { source: JournalError::Conflict { .. } }));
        told.push(error_chain(&error));
        assert_eq!(lab.take(), "left, right, both", "once");
        // The driver with the conflict has an old position, so it gets a conflict again.
        let again = graph.resume(error.into_position()).journal(journal.clone()).await.unwrap_err();
        assert!(matches!(again.failure(), Failure::Journal { source: JournalError::Conflict { .. } }));
        let position = graph.load(&journal, "r").await.unwrap();
        assert_eq!(position.state().notes, ["plan", "left", "right", "both"]);
    }
    expect![[r#"
        run `r`: the journal could not be written: run `r` has 9 records, not 3: another writer has added records; read the run again and continue from there
        run `r`: the journal could not be written: run `r` has 9 records, not 3: another writer has added records; read the run again and continue from there"#]]
    .assert_eq(&told.join("\n"));
}

/// Another driver resumes a running run. The first driver gets a conflict at its next record, and stops.
#[tokio::test]
async fn a_run_that_another_driver_resumes_stops_with_a_conflict() {
    let (lab, journal) = (Lab::default(), Memory::default());
    let (at_work, taken) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let mut graph = StateGraph::<Doc>::new("g");
    let (begins, goes_on) = (at_work.clone(), taken.clone());
    let wait = node!(graph, "wait", async move |_| {
        begins.notify_one();
        goes_on.notified().await;
        Ok(Doc::update().notes("waited"))
    });
    let after = note(&mut graph, "after", &lab);
    graph.start(wait).edge(wait, after).end(after);
    let graph = graph.compile().unwrap();
    let run = graph.run(Doc::default()).id("r").journal(journal.clone()).start();
    at_work.notified().await;
    close(&journal, "r", "no longer wanted", None).await.unwrap();
    taken.notify_one();
    let error = run.await.unwrap_err();
    assert!(matches!(error.failure(), Failure::Journal { source: JournalError::Conflict { .. } }), "{error:?}");
    assert_eq!(error.position().run(), None, "the position is not that of a stored run");
    assert_eq!(lab.take(), "", "no further node is run");
    check(
        &journal,
        "r",
        expect![[r#"
            r is closed
            {"record":{"started":{"graph":"g","input":{"text":"","notes":[]},"next":["wait"]}}}
            {"record":{"closed":{"reason":"no longer wanted"}}}"#]],
    )
    .await;
}

/// After a failed journal, a position has more records than the journal. It cannot be resumed there, because records would be missing.
#[tokio::test]
async fn a_position_that_is_ahead_of_its_journal_is_refused() {
    let (lab, journal) = (Lab::default(), Memory::default());
    let graph = diamond(&lab);
    let run = graph.run(Doc::default()).id("r").journal(journal.clone()).pause_before(["left"]);
    let position = paused(run.await.unwrap());
    let limits = Limits { supersteps: 2, ..Limits::default() };
    let failing = crate::durability::Failing::after(0, &journal);
    let run = graph.resume(position).journal(failing).durability(Durability::Exit).limits(limits);
    let ahead = run.await.unwrap_err().into_position();
    assert_eq!(
        (ahead.supersteps(), ahead.run()),
        (2, None),
        "the position is ahead of the stored run, and separate from it"
    );
    let outcome = graph.resume(ahead).journal(journal.clone()).await.unwrap();
    assert!(outcome.is_finished(), "the position goes on as a separate run");
    let position = graph.load(&journal, "r").await.unwrap();
    assert_eq!(position.supersteps(), 1);
    let outcome = graph.resume(position).journal(journal.clone()).await.unwrap();
    assert!(matches!(outcome, Outcome::Finished(doc) if doc.notes == ["plan", "left", "right", "both"]));
}
