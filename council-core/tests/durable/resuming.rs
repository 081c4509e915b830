//! Runs that are resumed from their stored records.

use std::future::pending;

use council_core::journal::{Head, Journal, Memory, ReadFrom, Status};
use council_core::stored::At;
use council_core::{Failure, Limits, NodeId, Outcome, RunBuilder, State, StateGraph, node};
use expect_test::expect;

use crate::{Doc, Lab, check, diamond, note, paused};

fn begun(lab: &Lab, journal: &Memory) -> RunBuilder<Doc> {
    diamond(lab).run(Doc::default()).id("r").journal(journal.clone())
}

/// Loads the run with a new graph, as another process would, and runs it to the end.
async fn go_on(lab: &Lab, journal: &Memory) -> Doc {
    let graph = diamond(lab);
    let position = graph.load(journal, "r").await.unwrap();
    graph.resume(position).journal(journal.clone()).await.unwrap().finished().unwrap()
}

const NOTES: [&str; 4] = ["plan", "left", "right", "both"];

#[tokio::test]
async fn after_a_failure_only_what_had_not_ended_runs_again() {
    let (lab, journal) = (Lab::failing(["right"]), Memory::default());
    begun(&lab, &journal).await.unwrap_err();
    assert_eq!(lab.take(), "plan, left, right");
    check(
        &journal,
        "r",
        expect![[r#"
            r is failed
            {"record":{"started":{"graph":"diamond","input":{"text":"","notes":[]},"next":["plan"]}}}
            {"record":{"task_done":{"node":"plan","update":{"notes":["plan"]},"committed":{"next":["left","right"]}}}}
            {"record":{"task_done":{"node":"left","update":{"notes":["left"]}}}}
            {"record":{"task_failed":{"node":"right","error":"out of paper"}}}
            {"record":{"failed":{"error":"node `right` failed in superstep 2, attempt 1: out of paper"}}}"#]],
    )
    .await;
    assert_eq!(go_on(&lab, &journal).await.notes, NOTES);
    assert_eq!(lab.take(), "right, both");
    check(
        &journal,
        "r",
        expect![[r#"
            r is finished
            {"record":{"started":{"graph":"diamond","input":{"text":"","notes":[]},"next":["plan"]}}}
            {"record":{"task_done":{"node":"plan","update":{"notes":["plan"]},"committed":{"next":["left","right"]}}}}
            {"record":{"task_done":{"node":"left","update":{"notes":["left"]}}}}
            {"record":{"task_failed":{"node":"right","error":"out of paper"}}}
            {"record":{"failed":{"error":"node `right` failed in superstep 2, attempt 1: out of paper"}}}
            {"record":{"resumed":{}}}
            {"record":{"task_done":{"node":"right","update":{"notes":["right"]}}}}
            {"record":{"committed":{"next":["both"]}}}
            {"record":{"task_done":{"node":"both","update":{"notes":["both"]},"committed":{"next":[],"end":true}}}}
            {"record":{"finished":{}}}"#]],
    )
    .await;
}

#[tokio::test]
async fn a_run_resumes_after_a_limit() {
    let (lab, journal) = (Lab::default(), Memory::default());
    let limits = Limits { supersteps: 1, ..Limits::default() };
    let run = begun(&lab, &journal).limits(limits).summary(|doc, _| doc.notes.clone());
    assert!(matches!(run.await, Ok(Outcome::Stopped { .. })));
    check(
        &journal,
        "r",
        expect![[r#"
            r is stopped: ["plan"]
            {"record":{"started":{"graph":"diamond","input":{"text":"","notes":[]},"next":["plan"]}}}
            {"record":{"task_done":{"node":"plan","update":{"notes":["plan"]},"committed":{"next":["left","right"]}}}}
            {"record":{"stopped":{"reason":"the limit of 1 supersteps"}}}"#]],
    )
    .await;
    assert_eq!(go_on(&lab, &journal).await.notes, NOTES);
    assert_eq!(lab.take(), "plan, left, right, both");
}

/// The head of the run then has no summary, and the run continues.
#[tokio::test]
async fn a_panic_of_the_summary_does_not_fail_the_run() {
    let (lab, journal) = (Lab::default(), Memory::default());
    let run = begun(&lab, &journal).summary(|doc, _| if doc.notes.is_empty() { "new" } else { panic!("too long") });
    assert!(run.await.unwrap().is_finished());
    let stored = journal.read("r", ReadFrom::Snapshot).await.unwrap();
    assert_eq!((stored.head.status, stored.head.summary), (Status::Finished, None));
}

#[tokio::test]
async fn a_run_resumes_after_it_was_cancelled() {
    let (lab, journal) = (Lab::default(), Memory::default());
    let run = begun(&lab, &journal);
    let cancel = run.canceller();
    // As soon as two records are stored.
    let run = run.on_saved(move |saved| {
        if saved.first + saved.entries.len() as u64 >= 2 {
            cancel.cancel();
        }
    });
    assert!(matches!(run.await, Ok(Outcome::Stopped { .. })));
    check(
        &journal,
        "r",
        expect![[r#"
            r is stopped
            {"record":{"started":{"graph":"diamond","input":{"text":"","notes":[]},"next":["plan"]}}}
            {"record":{"task_done":{"node":"plan","update":{"notes":["plan"]},"committed":{"next":["left","right"]}}}}
            {"record":{"task_done":{"node":"left","update":{"notes":["left"]}}}}
            {"record":{"task_done":{"node":"right","update":{"notes":["right"]}}}}
            {"record":{"committed":{"next":["both"]}}}
            {"record":{"stopped":{"reason":"cancelled"}}}"#]],
    )
    .await;
    assert_eq!(go_on(&lab, &journal).await.notes, NOTES);
    assert_eq!(lab.take(), "plan, left, right, both");
}

/// The process dies while a node runs beside a node that has ended.
#[tokio::test]
async fn a_run_resumes_after_a_crash() {
    let (lab, journal) = (Lab::default(), Memory::default());
    let mut graph = StateGraph::<Doc>::new("diamond");
    let [plan, left] = ["plan", "left"].map(|name| note(&mut graph, name, &lab));
    let (own, at_work) = (lab.clone(), std::sync::Arc::new(tokio::sync::Notify::new()));
    let begins = at_work.clone();
    let right = node!(graph, "right", async move |_| {
        own.log("right");
        begins.notify_one();
        pending().await
    });
    let both = note(&mut graph, "both", &lab);
    graph.start(plan).edge(plan, left).edge(plan, right).join([left, right], both).end(both);
    let graph = graph.compile().unwrap();
    tokio::select! {
        ended = graph.run(Doc::default()).id("r").journal(journal.clone()) => panic!("the run does not hang: {ended:?}"),
        () = at_work.notified() => {}
    }
    assert_eq!(lab.take(), "plan, left, right");
    check(
        &journal,
        "r",
        expect![[r#"
            r is running
            {"record":{"started":{"graph":"diamond","input":{"text":"","notes":[]},"next":["plan"]}}}
            {"record":{"task_done":{"node":"plan","update":{"notes":["plan"]},"committed":{"next":["left","right"]}}}}
            {"record":{"task_done":{"node":"left","update":{"notes":["left"]}}}}"#]],
    )
    .await;
    assert_eq!(go_on(&lab, &journal).await.notes, NOTES);
    assert_eq!(lab.take(), "right, both");
}

#[tokio::test]
async fn a_finished_run_does_not_change() {
    let (lab, journal) = (Lab::default(), Memory::default());
    begun(&lab, &journal).await.unwrap();
    lab.take();
    let before = journal.read("r", ReadFrom::Snapshot).await.unwrap();
    assert_eq!(go_on(&lab, &journal).await.notes, NOTES);
    assert_eq!(journal.read("r", ReadFrom::Snapshot).await.unwrap(), before, "nothing is stored");
    assert_eq!(lab.take(), "", "no node is run");
}

/// All nodes had run when the process died, but the last record was not stored.
#[tokio::test]
async fn a_run_whose_last_record_is_missing_runs_nothing_again() {
    let (lab, journal) = (Lab::default(), Memory::default());
    begun(&lab, &journal).id("whole").await.unwrap();
    lab.take();
    let graph = diamond(&lab);
    let position = graph.load_at(&journal, "whole", At::End).await.unwrap();
    assert_eq!(position.supersteps(), 3);
    let head = Head::new(graph.name(), Status::Running);
    journal.copy("whole", 6, "r", head).await.unwrap();
    assert_eq!(go_on(&lab, &journal).await.notes, NOTES);
    assert_eq!(lab.take(), "");
    check(
        &journal,
        "r",
        expect![[r#"
            r is finished
            {"record":{"started":{"graph":"diamond","input":{"text":"","notes":[]},"next":["plan"]}}}
            {"record":{"task_done":{"node":"plan","update":{"notes":["plan"]},"committed":{"next":["left","right"]}}}}
            {"record":{"task_done":{"node":"left","update":{"notes":["left"]}}}}
            {"record":{"task_done":{"node":"right","update":{"notes":["right"]}}}}
            {"record":{"committed":{"next":["both"]}}}
            {"record":{"task_done":{"node":"both","update":{"notes":["both"]},"committed":{"next":[],"end":true}}}}
            {"record":{"resumed":{}}}
            {"record":{"finished":{}}}"#]],
    )
    .await;
}

/// The choice of the route is stored, so a resumed run does not evaluate it again.
#[tokio::test]
async fn the_route_from_the_start_is_evaluated_once_and_stored() {
    let graph = |lab: &Lab| {
        let mut graph = StateGraph::<Doc>::new("g");
        let [long, short] = ["long", "short"].map(|name| note(&mut graph, name, lab));
        let own = lab.clone();
        graph.route(NodeId::START, [long, short], move |doc, [long, short]| {
            own.log("route");
            if doc.text.is_empty() { short } else { long }
        });
        graph.end(long).end(short);
        graph.compile().unwrap()
    };
    let (lab, journal) = (Lab::failing(["short"]), Memory::default());
    graph(&lab).run(Doc::default()).id("r").journal(journal.clone()).await.unwrap_err();
    for record in 1..=2 {
        let position = graph(&lab).load_at(&journal, "r", At::Record(record)).await.unwrap();
        assert_eq!((position.supersteps(), position.open_tasks().count() as u64), (0, record - 1));
    }
    let position = graph(&lab).load(&journal, "r").await.unwrap();
    assert!(graph(&lab).resume(position).journal(journal.clone()).await.unwrap().is_finished());
    assert_eq!(lab.take(), "route, short, short");
    check(
        &journal,
        "r",
        expect![[r#"
            r is finished
            {"record":{"started":{"graph":"g","input":{"text":"","notes":[]}}}}
            {"record":{"committed":{"next":["short"]}}}
            {"record":{"task_failed":{"node":"short","error":"out of paper"}}}
            {"record":{"failed":{"error":"node `short` failed in superstep 1, attempt 1: out of paper"}}}
            {"record":{"resumed":{}}}
            {"record":{"task_done":{"node":"short","update":{"notes":["short"]},"committed":{"next":[],"end":true}}}}
            {"record":{"finished":{}}}"#]],
    )
    .await;
}

/// Several processes resume the run, each for a few steps. In the end the run is read from a snapshot.
#[tokio::test]
async fn a_run_that_is_resumed_often_gets_a_snapshot() {
    let journal = Memory::default();
    let mut graph = StateGraph::<Doc>::new("steps");
    let step =
        node!(graph, "step", async move |_, context| Ok(Doc::update().text("x".repeat(context.visit() as usize))));
    graph.start(step).route(step, [step, NodeId::END], |_, [again, _]| again);
    graph.visit_limit(step, 300, NodeId::END);
    let graph = graph.compile().unwrap();
    let mut outcome = graph.run(Doc::default()).id("r").journal(journal.clone()).pause_always().await.unwrap();
    while let Outcome::Paused { position } = outcome {
        let is_read = position.supersteps() % 2 == 0;
        let position = if is_read { graph.load(&journal, "r").await.unwrap() } else { position };
        outcome = graph.resume(position).journal(journal.clone()).pause_always().await.unwrap();
    }
    let stored = journal.read("r", ReadFrom::Snapshot).await.unwrap();
    assert!(stored.snapshot.is_some() && stored.head.records > 900, "{:?}", stored.head);
    assert_eq!(graph.load(&journal, "r").await.unwrap().state(), outcome.state());
}

/// A position of one graph is not stored as a run of another graph.
#[tokio::test]
async fn a_position_of_another_graph_is_not_stored() {
    let (lab, journal) = (Lab::default(), Memory::default());
    let run = diamond(&lab).run(Doc::default()).id("r").journal(journal.clone());
    let position = paused(run.pause_before(["both"]).await.unwrap());
    let before = journal.read("r", ReadFrom::Record(0)).await.unwrap();
    let mut other = StateGraph::<Doc>::new("other");
    let node = note(&mut other, "node", &lab);
    other.start(node).end(node);
    let other = other.compile().unwrap();
    let error = other.resume(position).journal(journal.clone()).await.unwrap_err();
    assert!(matches!(error.failure(), Failure::ForeignPosition { .. }), "{error}");
    assert_eq!(journal.read("r", ReadFrom::Record(0)).await.unwrap(), before);
}
