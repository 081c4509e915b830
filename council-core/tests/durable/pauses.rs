//! Runs that pause before and after nodes.

use council_core::journal::{Journal, Memory, ReadFrom};
use council_core::{Failure, Limits, Outcome, RunBuilder, error_chain};
use expect_test::expect;

use crate::{Doc, Lab, check, diamond, paused};

fn run(lab: &Lab, journal: &Memory) -> RunBuilder<Doc> {
    diamond(lab).run(Doc::default()).id("r").journal(journal.clone())
}

/// Resumes with the same pauses and a new graph. Returns the log of the nodes.
async fn go_on(
    lab: &Lab,
    journal: &Memory,
    pauses: impl FnOnce(RunBuilder<Doc>) -> RunBuilder<Doc>,
) -> (String, Outcome<Doc>) {
    let graph = diamond(lab);
    let position = graph.load(journal, "r").await.unwrap();
    let outcome = pauses(graph.resume(position).journal(journal.clone())).await.unwrap();
    (lab.take(), outcome)
}

#[tokio::test]
async fn a_run_pauses_before_a_node() {
    let (lab, journal) = (Lab::default(), Memory::default());
    let position = paused(run(&lab, &journal).pause_before(["right"]).await.unwrap());
    assert!(position.is_paused());
    assert_eq!(lab.take(), "plan");
    check(
        &journal,
        "r",
        expect![[r#"
            r is paused
            {"record":{"started":{"graph":"diamond","input":{"text":"","notes":[]},"next":["plan"]}}}
            {"record":{"task_done":{"node":"plan","update":{"notes":["plan"]},"committed":{"next":["left","right"]}}}}
            {"record":{"paused":{"nodes":["left","right"]}}}"#]],
    )
    .await;
    let (ran, outcome) = go_on(&lab, &journal, |run| run.pause_before(["right"])).await;
    assert_eq!(ran, "left, right, both");
    assert!(outcome.is_finished());
    check(
        &journal,
        "r",
        expect![[r#"
            r is finished
            {"record":{"started":{"graph":"diamond","input":{"text":"","notes":[]},"next":["plan"]}}}
            {"record":{"task_done":{"node":"plan","update":{"notes":["plan"]},"committed":{"next":["left","right"]}}}}
            {"record":{"paused":{"nodes":["left","right"]}}}
            {"record":{"resumed":{}}}
            {"record":{"task_done":{"node":"left","update":{"notes":["left"]}}}}
            {"record":{"task_done":{"node":"right","update":{"notes":["right"]}}}}
            {"record":{"committed":{"next":["both"]}}}
            {"record":{"task_done":{"node":"both","update":{"notes":["both"]},"committed":{"next":[],"end":true}}}}
            {"record":{"finished":{}}}"#]],
    )
    .await;
}

#[tokio::test]
async fn a_run_pauses_after_a_node() {
    let (lab, journal) = (Lab::default(), Memory::default());
    let pauses = |run: RunBuilder<Doc>| run.pause_after(["plan", "both"]);
    let position = paused(pauses(run(&lab, &journal)).await.unwrap());
    assert_eq!((position.state().notes.join(" "), lab.take()), ("plan".into(), "plan".into()));
    let (ran, outcome) = go_on(&lab, &journal, pauses).await;
    assert_eq!((ran.as_str(), outcome.state().notes.len()), ("left, right, both", 4));
    paused(outcome);
    let (ran, outcome) = go_on(&lab, &journal, pauses).await;
    assert_eq!((ran.as_str(), outcome.is_finished()), ("", true));
    check(
        &journal,
        "r",
        expect![[r#"
            r is finished
            {"record":{"started":{"graph":"diamond","input":{"text":"","notes":[]},"next":["plan"]}}}
            {"record":{"task_done":{"node":"plan","update":{"notes":["plan"]},"committed":{"next":["left","right"]}}}}
            {"record":{"paused":{"nodes":["left","right"]}}}
            {"record":{"resumed":{}}}
            {"record":{"task_done":{"node":"left","update":{"notes":["left"]}}}}
            {"record":{"task_done":{"node":"right","update":{"notes":["right"]}}}}
            {"record":{"committed":{"next":["both"]}}}
            {"record":{"task_done":{"node":"both","update":{"notes":["both"]},"committed":{"next":[],"end":true}}}}
            {"record":{"paused":{"nodes":[]}}}
            {"record":{"resumed":{}}}
            {"record":{"finished":{}}}"#]],
    )
    .await;
}

#[tokio::test]
async fn a_run_pauses_before_every_superstep() {
    let (lab, journal) = (Lab::default(), Memory::default());
    paused(run(&lab, &journal).pause_always().await.unwrap());
    let mut legs = vec![lab.take()];
    loop {
        let (ran, outcome) = go_on(&lab, &journal, RunBuilder::pause_always).await;
        legs.push(ran);
        if outcome.is_finished() {
            break;
        }
    }
    assert_eq!(legs, ["", "plan", "left, right", "both"]);
}

/// The acknowledgement is stored.
#[tokio::test]
async fn an_acknowledged_pause_does_not_come_again_after_a_crash() {
    let (lab, journal) = (Lab::failing(["right"]), Memory::default());
    paused(run(&lab, &journal).pause_before(["right"]).await.unwrap());
    let graph = diamond(&lab);
    let position = graph.load(&journal, "r").await.unwrap();
    graph.resume(position).journal(journal.clone()).pause_before(["right"]).await.unwrap_err();
    let (_, outcome) = go_on(&lab, &journal, |run| run.pause_before(["right"])).await;
    assert!(outcome.is_finished());
}

/// A limit that is reached at the same barrier does not remove the pause.
#[tokio::test]
async fn a_limit_does_not_acknowledge_a_pause() {
    let (lab, journal) = (Lab::default(), Memory::default());
    let limits = Limits { supersteps: 1, ..Limits::default() };
    paused(run(&lab, &journal).pause_after(["plan"]).limits(limits).await.unwrap());
    let graph = diamond(&lab);
    let position = graph.load(&journal, "r").await.unwrap();
    let outcome = graph.resume(position).journal(journal.clone()).limits(limits).await.unwrap();
    assert!(matches!(outcome, Outcome::Stopped { .. }));
    let (ran, outcome) = go_on(&lab, &journal, |run| run.pause_after(["plan"])).await;
    assert_eq!((ran.as_str(), outcome.is_finished()), ("plan, left, right, both", true));
}

#[tokio::test]
async fn a_pause_at_an_unknown_node_is_refused() {
    let (lab, journal) = (Lab::default(), Memory::default());
    let error = run(&lab, &journal).pause_after(["plna"]).await.unwrap_err();
    expect!["run `r`: the run cannot pause at `plna`: the graph `diamond` has no such node"]
        .assert_eq(&error_chain(&error));
    assert!(matches!(error.failure(), Failure::UnknownPause { .. }));
    assert_eq!(lab.take(), "");
    assert!(journal.read("r", ReadFrom::Snapshot).await.is_err(), "nothing is stored");
}
