//! Edits from outside: updates in the name of a node, and closed runs.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use council_core::journal::{Envelope, Journal, Memory, ReadFrom, Status, close};
use council_core::projection::{RunProjection, TypedRecord};
use council_core::stored::At;
use council_core::{Graph, NodeId, NodeRef, NodeResult, Outcome, Position, State, StateGraph, error_chain, worker};
use expect_test::{Expect, expect};
use serde::{Deserialize, Serialize};

#[derive(State, Debug, Default, Serialize, Deserialize)]
struct Draft {
    #[state(append)]
    said: Vec<String>,
    score: u32,
}

async fn write(_: &Draft) -> NodeResult<Draft> {
    Ok(Draft::update().said("wrote"))
}

async fn judge(_: &Draft) -> NodeResult<Draft> {
    Ok(Draft::update().said("judged").score(6))
}

async fn print(_: &Draft) -> NodeResult<Draft> {
    Ok(Draft::update().said("printed"))
}

/// `write -> judge -> (score < 8: write | print)`. After two visits of `write`, its valve leads to `print`.
fn graph() -> Graph<Draft> {
    let mut graph = StateGraph::<Draft>::new("draft");
    let (write, judge, print) = (graph.node("write", write), graph.node("judge", judge), graph.node("print", print));
    graph.start(write).edge(write, judge).end(print);
    graph.route(judge, [write, print], |draft, [again, done]| if draft.score < 8 { again } else { done });
    graph.visit_limit(write, 2, print);
    graph.compile().unwrap()
}

/// A stored run that pauses after each visit of the judge.
async fn judged(journal: &Memory) -> Position<Draft> {
    let outcome = graph().run(Draft::default()).id("r").journal(journal.clone()).pause_after(["judge"]).await.unwrap();
    let Outcome::Paused { position } = outcome else { panic!("{outcome:?}") };
    position
}

fn next(position: &Position<Draft>) -> Vec<&str> {
    position.open_tasks().map(|task| task.node).collect()
}

async fn lines(journal: &Memory, from: u64, expected: Expect) {
    let stored = journal.read("r", ReadFrom::Record(from)).await.unwrap();
    let lines: Vec<_> = stored.entries.iter().map(|entry| entry.json.as_str()).collect();
    assert!(lines.iter().all(|line| Envelope::read(line).is_ok()));
    expected.assert_eq(&format!("{}\n{}", stored.head.status, lines.join("\n")));
}

/// A projection of the records contains the choice of the edit.
#[tokio::test]
async fn a_projection_follows_an_edit() {
    let (graph, journal) = (graph(), Memory::default());
    let mut position = judged(&journal).await;
    graph.edit_as(&mut position, "judge", "the chair", Draft::update().score(9)).unwrap();
    graph.resume(position).journal(journal.clone()).await.unwrap();
    let mut projection = RunProjection::<Draft>::default();
    for (records, entry) in (1..).zip(journal.read("r", ReadFrom::Record(0)).await.unwrap().entries) {
        projection.apply(TypedRecord::read(&entry.json).unwrap()).unwrap();
        let position = graph.load_at(&journal, "r", At::Record(records)).await.unwrap();
        assert_eq!(
            (&projection.state().said, projection.state().score),
            (&position.state().said, position.state().score)
        );
        assert_eq!(projection.open_nodes().map(|node| &**node).collect::<Vec<_>>(), next(&position));
    }
    assert_eq!(projection.status(), Status::Finished);
}

/// Records that do not follow each other are refused.
#[test]
fn a_projection_refuses_records_that_do_not_follow_each_other() {
    let refused = |records: &[&str]| {
        let mut projection = RunProjection::<Draft>::default();
        let applied = records.iter().try_for_each(|json| projection.apply(TypedRecord::read(json)?).map(drop));
        error_chain(&applied.unwrap_err())
    };
    let started = r#"{"v":3,"record":{"started":{"graph":"draft","input":{"said":[],"score":0},"next":["write"]}}}"#;
    let done = r#"{"v":3,"record":{"task_done":{"node":"judge","update":{}}}}"#;
    expect!["the first record does not start the run"].assert_eq(&refused(&[done]));
    expect!["the record starts a graph that has already started"].assert_eq(&refused(&[started, started]));
    expect!["no task of `judge` was open"].assert_eq(&refused(&[started, done]));
    let committed = r#"{"v":3,"record":{"committed":{"next":["judge"]}}}"#;
    expect!["the superstep cannot be completed: a task has not ended"].assert_eq(&refused(&[started, committed]));
}

/// The route of the judge is evaluated again with the score of the chair, and the journal names the chair.
#[tokio::test]
async fn an_edit_in_the_name_of_a_node_evaluates_its_route_again() {
    let (graph, journal) = (graph(), Memory::default());
    let mut position = judged(&journal).await;
    assert_eq!(next(&position), ["write"]);
    graph.edit_as(&mut position, "judge", "the chair", Draft::update().score(9)).unwrap();
    assert_eq!(next(&position), ["print"]);
    let outcome = graph.resume(position).journal(journal.clone()).await.unwrap();
    assert_eq!(outcome.state().said, ["wrote", "judged", "printed"]);
    lines(
        &journal,
        3,
        expect![[r#"
            finished
            {"v":3,"record":{"paused":{"nodes":["write"]}}}
            {"v":3,"record":{"edited":{"by":"the chair","update":{"score":9},"instead":{"node":"judge","committed":{"next":["print"]}}}}}
            {"v":3,"record":{"resumed":{}}}
            {"v":3,"record":{"task_done":{"node":"print","update":{"said":["printed"]},"committed":{"next":[],"end":true}}}}
            {"v":3,"record":{"finished":{}}}"#]],
    )
    .await;

    // The stored run has the same position, after the edit and at the end.
    let edited = graph.load_at(&journal, "r", At::Record(5)).await.unwrap();
    assert_eq!((next(&edited), edited.state().score), (vec!["print"], 9));
    let ended = graph.load(&journal, "r").await.unwrap();
    assert_eq!(ended.state().said, outcome.state().said);
}

/// A node that the edit removes before it runs has no visit, so the valve does not count it.
#[tokio::test]
async fn a_visit_that_an_edit_removes_does_not_count() {
    let graph = graph();
    let mut position = judged(&Memory::default()).await;
    graph.edit_as(&mut position, "judge", "the chair", Draft::update().score(9)).unwrap();
    graph.edit_as(&mut position, "judge", "the chair", Draft::update().score(1)).unwrap();
    assert_eq!(next(&position), ["write"]);
    let outcome = graph.resume(position).pause_after(["judge"]).await.unwrap();
    let Outcome::Paused { mut position } = outcome else { panic!("{outcome:?}") };
    assert_eq!(next(&position), ["print"], "the visit limit is reached");
    graph.edit_as(&mut position, "judge", "the chair", Draft::update().score(2)).unwrap();
    assert_eq!(next(&position), ["print"], "the visit limit counts for any score");
    assert_eq!(position.opened_valves().len(), 1);
    let said = graph.resume(position).await.unwrap().into_state().said;
    assert_eq!(said, ["wrote", "judged", "wrote", "judged", "printed"]);
}

#[tokio::test]
async fn a_refused_edit_changes_nothing() {
    let graph = graph();
    let mut picture = Vec::new();
    let mut refuse = |position: &mut Position<Draft>, node: NodeRef<Draft>| {
        let before = graph.snapshot(position).unwrap();
        let error = graph.edit_as(position, node, "the chair", Draft::update().score(9)).unwrap_err();
        assert_eq!(graph.snapshot(position).unwrap(), before);
        picture.push(error.to_string());
    };
    let mut position = judged(&Memory::default()).await;
    refuse(&mut position, "critic".into());
    refuse(&mut position, "juge".into());
    refuse(&mut position, NodeId::END.into());
    refuse(&mut position, "write".into());
    let outcome = graph.run(Draft::default()).pause_always().await.unwrap();
    let Outcome::Paused { position: mut fresh } = outcome else { panic!("{outcome:?}") };
    refuse(&mut fresh, "judge".into());
    let journal = Memory::default();
    graph.run(Draft::default()).id("r").journal(journal.clone()).await.unwrap();
    refuse(&mut graph.load(&journal, "r").await.unwrap(), "judge".into());
    expect![[r#"
        the graph has no node `critic`
        the graph has no node `juge`; did you mean `judge`?
        the handle is not of a node of the graph `draft`: use the handles of this graph
        the run does not stand right after `write`: it comes from another node
        the run does not stand right after `judge`: it comes from another node
        the run does not stand right after `judge`: it is over"#]]
    .assert_eq(&picture.join("\n"));
}

/// A worker without items is among the next tasks. It has begun nothing.
#[tokio::test]
async fn an_edit_in_the_name_of_a_node_can_follow_a_worker_without_items() {
    let mut graph = StateGraph::<Draft>::new("draft");
    let (judge, print) = (graph.node("judge", judge), graph.node("print", print));
    let work = worker!(graph, "work", async |_, item: &u32| Ok(Draft::update().said(item.to_string())));
    graph
        .store_items(work)
        .start(judge)
        .edge(judge, print)
        .fan_out(judge, work, |draft| 6..draft.score)
        .end(print)
        .end(work);
    let (graph, journal) = (graph.compile().unwrap(), Memory::default());
    let run = graph.run(Draft::default()).id("r").journal(journal.clone()).pause_after([judge]);
    let Outcome::Paused { mut position } = run.await.unwrap() else { panic!("the run did not pause") };
    assert_eq!(next(&position), ["print"]);
    graph.edit_as(&mut position, judge, "the chair", Draft::update().score(8)).unwrap();
    assert_eq!(next(&position), ["print", "work", "work"]);
    let said = graph.resume(position).journal(journal.clone()).await.unwrap().into_state().said;
    assert_eq!(said, ["judged", "printed", "6", "7"]);
    assert_eq!(graph.load(&journal, "r").await.unwrap().state().said, said);
}

#[tokio::test]
async fn an_edit_that_leads_to_an_undeclared_node_is_refused() {
    let mut graph = StateGraph::<Draft>::new("draft");
    let (write, judge, print) = (graph.node("write", write), graph.node("judge", judge), graph.node("print", print));
    graph.start(write).edge(write, judge).end(print);
    graph.route(judge, [print], move |draft, [print]| if draft.score > 10 { write } else { print });
    let graph = graph.compile().unwrap();
    let Outcome::Paused { mut position } = graph.run(Draft::default()).pause_after(["judge"]).await.unwrap() else {
        panic!("the run did not pause");
    };
    let error = graph.edit_as(&mut position, "judge", "the chair", Draft::update().score(11)).unwrap_err();
    expect!["the successors of `judge` cannot be computed again: the route, decision or error handler of `judge` chose a node that is not among its targets, or a worker without items, in superstep 3"].assert_eq(&error_chain(&error));
}

#[tokio::test]
async fn a_closed_run_cannot_be_resumed() {
    let (graph, journal) = (graph(), Memory::default());
    let before = judged(&journal).await;
    close(&journal, "r", "rejected by the chair", Some("{}".to_owned())).await.unwrap();
    lines(
        &journal,
        3,
        expect![[r#"
            closed
            {"v":3,"record":{"paused":{"nodes":["write"]}}}
            {"v":3,"record":{"closed":{"reason":"rejected by the chair"}}}"#]],
    )
    .await;

    let closed = graph.load(&journal, "r").await.unwrap();
    let errors = [
        graph.resume(closed).journal(journal.clone()).await.unwrap_err().to_string(),
        // A driver with the position before the edit.
        error_chain(&graph.resume(before).journal(journal.clone()).await.unwrap_err()),
        close(&journal, "r", "once more", None).await.unwrap_err().to_string(),
        close(&journal, "s", "unknown", None).await.unwrap_err().to_string(),
    ];
    expect![[r#"
        run `r`: the run was closed and cannot be resumed: reopen or fork it
        run `r`: the journal could not be written: run `r` has 5 records, not 4: another writer has added records; read the run again and continue from there
        run `r` is closed, so it cannot be closed
        there is no run `s` in the journal"#]]
    .assert_eq(&errors.join("\n"));
    assert_eq!(journal.read("r", ReadFrom::Record(0)).await.unwrap().head.status, Status::Closed);

    let fork = graph.fork(&journal, "r", At::Record(4), "fork").await.unwrap();
    assert!(graph.resume(fork).journal(journal).await.unwrap().is_finished());
}
