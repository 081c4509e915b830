//! Closed runs that are reopened.

use council_core::journal::{
    AppendRequest, Entry, Envelope, Journal, Memory, RawJson, ReadFrom, ReopenError, Status, StoredRecord, close,
    reopen,
};
use council_core::projection::{RunProjection, TypedRecord};
use council_core::{Failure, State, StateGraph, error_chain, node};
use expect_test::expect;

use crate::{Doc, Lab, check, diamond, note, paused};

#[tokio::test]
async fn a_reopened_run_goes_on_from_the_position_at_which_it_was_closed() {
    let (lab, journal) = (Lab::default(), Memory::default());
    let graph = diamond(&lab);
    let run = graph.run(Doc::default()).id("r-1").journal(journal.clone()).pause_before(["both"]);
    paused(run.await.unwrap());
    assert_eq!(lab.take(), "plan, left, right");
    close(&journal, "r-1", "too expensive", None).await.unwrap();
    let closed = graph.load(&journal, "r-1").await.unwrap();
    let refused = graph.resume(closed).id("r-1").journal(journal.clone()).await.unwrap_err();
    assert!(matches!(refused.failure(), Failure::Closed { .. }));

    reopen(&journal, "r-1", None).await.unwrap();
    close(&journal, "r-1", "still too expensive", None).await.unwrap();
    reopen(&journal, "r-1", Some(r#"{"again":true}"#.into())).await.unwrap();
    let stored = journal.read("r-1", ReadFrom::Record(0)).await.unwrap();
    assert_eq!(stored.head.status, Status::Paused, "the run is paused as before");
    let mut run = RunProjection::<Doc>::default();
    for entry in &stored.entries {
        run.apply(TypedRecord::read(&entry.json).unwrap()).unwrap();
    }
    assert_eq!(run.status(), Status::Paused);
    let position = graph.load(&journal, "r-1").await.unwrap();
    graph.resume(position).id("r-1").journal(journal.clone()).await.unwrap();
    assert_eq!(lab.take(), "both");
    check(
        &journal,
        "r-1",
        expect![[r#"
        r-1 is finished
        {"record":{"started":{"graph":"diamond","input":{"text":"","notes":[]},"next":["plan"]}}}
        {"record":{"task_done":{"node":"plan","update":{"notes":["plan"]},"committed":{"next":["left","right"]}}}}
        {"record":{"task_done":{"node":"left","update":{"notes":["left"]}}}}
        {"record":{"task_done":{"node":"right","update":{"notes":["right"]}}}}
        {"record":{"committed":{"next":["both"]}}}
        {"record":{"paused":{"nodes":["both"]}}}
        {"record":{"closed":{"reason":"too expensive"}}}
        {"record":{"reopened":{}}}
        {"record":{"closed":{"reason":"still too expensive"}}}
        {"record":{"reopened":{}}}
        {"record":{"resumed":{}}}
        {"record":{"task_done":{"node":"both","update":{"notes":["both"]},"committed":{"next":[],"end":true}}}}
        {"record":{"finished":{}}}"#]],
    )
    .await;
}

/// A program can append an edit to a paused run, and leave the resume to another program.
#[tokio::test]
async fn a_run_that_was_edited_while_it_was_paused_is_paused_again() {
    let (lab, journal) = (Lab::default(), Memory::default());
    let graph = diamond(&lab);
    let run = graph.run(Doc::default()).id("r-1").journal(journal.clone()).pause_before(["both"]);
    paused(run.await.unwrap());
    for text in ["before a close", "after a reopening"] {
        let records = journal.read("r-1", ReadFrom::Record(u64::MAX)).await.unwrap().head.records;
        let update = RawJson::of(&Doc::update().text(text)).unwrap();
        let edit = Envelope::new(StoredRecord::Edited { by: "an editor".into(), update, instead: None });
        journal.append(AppendRequest::new("r-1", records, vec![Entry::new(1, edit.to_json())])).await.unwrap();
        close(&journal, "r-1", "too expensive", None).await.unwrap();
        reopen(&journal, "r-1", None).await.unwrap();
        let head = journal.read("r-1", ReadFrom::Record(u64::MAX)).await.unwrap().head;
        assert_eq!(head.status, Status::Paused, "{text}");
        assert_eq!(graph.load(&journal, "r-1").await.unwrap().state().text, text);
    }
}

/// A program can also append its description and an answer, and leave the resume to another program.
#[tokio::test]
async fn a_run_that_got_an_answer_while_it_was_paused_is_paused_again() {
    let journal = Memory::default();
    let mut graph = StateGraph::<Doc>::new("g");
    let ask = node!(graph, "ask", async move |_, context| {
        let title: String = context.ask("Which title?").await?;
        Ok(Doc::update().text(title))
    });
    graph.start(ask).end(ask);
    let graph = graph.compile().unwrap();
    paused(graph.run(Doc::default()).id("r-1").journal(journal.clone()).await.unwrap());
    let first = journal.read("r-1", ReadFrom::Record(0)).await.unwrap().entries[0].json.clone();
    let StoredRecord::Started { program: Some(program), .. } = Envelope::read(&first).unwrap().record else { panic!() };
    let answer = RawJson::of("Crabs").unwrap();
    let answered = StoredRecord::Answered { node: "ask".into(), item: None, ask: 0, answer };
    for record in [StoredRecord::Upgraded { program }, answered] {
        let records = journal.read("r-1", ReadFrom::Record(u64::MAX)).await.unwrap().head.records;
        let entry = Entry::new(1, Envelope::new(record).to_json());
        journal.append(AppendRequest::new("r-1", records, vec![entry])).await.unwrap();
    }
    // So often that the reopening looks for the pause in several reads.
    for _ in 0..9 {
        close(&journal, "r-1", "too expensive", None).await.unwrap();
        reopen(&journal, "r-1", None).await.unwrap();
    }
    let head = journal.read("r-1", ReadFrom::Record(u64::MAX)).await.unwrap().head;
    assert_eq!(head.status, Status::Paused);
    let position = graph.load(&journal, "r-1").await.unwrap();
    assert_eq!(graph.resume(position).journal(journal).await.unwrap().state().text, "Crabs");
}

#[tokio::test]
async fn a_run_that_is_not_closed_is_not_reopened() {
    let (lab, journal) = (Lab::failing(["write"]), Memory::default());
    let mut graph = StateGraph::<Doc>::new("essay");
    let write = note(&mut graph, "write", &lab);
    graph.start(write).end(write);
    let graph = graph.compile().unwrap();
    graph.run(Doc::default()).id("r-1").journal(journal.clone()).await.unwrap_err();
    let error = reopen(&journal, "r-1", None).await.unwrap_err();
    assert_eq!(error_chain(&error), "run `r-1` is failed, so it cannot be reopened");
    assert!(matches!(error, ReopenError::NotClosed { status: Status::Failed, .. }));
    let error = reopen(&journal, "r-2", None).await.unwrap_err();
    assert_eq!(error_chain(&error), "there is no run `r-2` in the journal");
    // A failed run needs no reopening.
    let position = graph.load(&journal, "r-1").await.unwrap();
    assert!(graph.resume(position).id("r-1").journal(journal).await.unwrap().is_finished());
}
