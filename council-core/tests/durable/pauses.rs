//! Runs that pause before and after nodes.

use council_core::journal::{Journal, Memory, ReadFrom};
use council_core::{
    Failure, Limits, NodeId, Outcome, RunBuilder, State, StateGraph, decider, error_chain, node, worker,
};
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
    expect!["run `r`: the run cannot pause at `plna`: the graph `diamond` has no such node; did you mean `plan`?"]
        .assert_eq(&error_chain(&error));
    assert!(matches!(error.failure(), Failure::UnknownPause { .. }));
    assert_eq!(lab.take(), "");
    assert!(journal.read("r", ReadFrom::Snapshot).await.is_err(), "nothing is stored");
}

#[tokio::test]
async fn a_pause_is_set_at_a_node_a_worker_and_a_decider_by_their_handles() {
    let mut graph = StateGraph::<Doc>::new("handles");
    let plan = node!(graph, "plan", async |_| Ok(Doc::update()));
    let check = worker!(graph, "check", async |_, _: &u32| Ok(Doc::update()));
    let judge = decider!(graph, "judge", async |_| Ok((Doc::update(), ())));
    graph.start(plan).fan_out(plan, check, |_| [1]).edge(check, judge).decide(judge, [NodeId::END], |(), [end]| end);
    let graph = graph.compile().unwrap();
    let at_pause = async |run: RunBuilder<Doc>| {
        let position = paused(run.await.unwrap());
        position.open_tasks().next().map(|task| task.node.to_owned())
    };
    let run = || graph.run(Doc::default());
    assert_eq!(at_pause(run().pause_before([plan])).await.as_deref(), graph.node_name(plan));
    assert_eq!(at_pause(run().pause_after([plan])).await.as_deref(), graph.node_name(check));
    assert_eq!(at_pause(run().pause_before([check])).await.as_deref(), graph.node_name(check));
    assert_eq!(at_pause(run().pause_before([judge])).await.as_deref(), graph.node_name(judge));

    let error = run().pause_before([NodeId::END]).pause_before([plan]).await.unwrap_err();
    expect![
        "the run cannot pause at a handle that is not of a node of the graph `handles`: use the handles of this graph"
    ]
    .assert_eq(&error.failure().to_string());
    let mut other = StateGraph::<Doc>::new("other");
    let foreign = node!(other, "plan", async |_| Ok(Doc::update()));
    let error = run().pause_after([foreign]).await.unwrap_err();
    assert!(matches!(error.failure(), Failure::ForeignPause { graph } if graph == "handles"));
    assert_eq!((graph.node_name(foreign), graph.node_name(NodeId::END)), (None, None));
}

/// The error of a name names the most similar node, if one is similar.
#[tokio::test]
async fn the_error_of_an_unknown_pause_names_a_similar_node() {
    let (lab, journal) = (Lab::default(), Memory::default());
    let near = async |name| {
        let error = run(&lab, &journal).pause_before([name]).await.unwrap_err();
        let Failure::UnknownPause { near, .. } = error.failure() else { panic!("{error}") };
        near.clone()
    };
    for (name, meant) in [
        ("lef", Some("left")),
        ("letf", Some("left")),
        ("rihgt", Some("right")),
        ("Plan", Some("plan")),
        ("critic", None),
        ("", None),
    ] {
        assert_eq!(near(name).await.as_deref(), meant, "{name}");
    }
}
