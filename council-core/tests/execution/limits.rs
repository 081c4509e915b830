//! Valves and limits: the run keeps its work and can be resumed.

use std::time::Duration;

use council_core::{Limits, NodeId, Outcome, State, StateGraph, StopReason, error_chain, node, plan};
use expect_test::expect;
use tokio::time::sleep;

use crate::support::check;
use crate::{Doc, council, diamond, note};

#[tokio::test]
async fn a_visit_limit_sends_the_sixth_visit_elsewhere() {
    let mut events = Vec::new();
    let mut run = council(u32::MAX).run(Doc::default()).start();
    while let Some(event) = run.next().await {
        events.push(event.to_string());
    }
    let outcome = run.await.unwrap();
    assert!(outcome.is_finished());
    assert_eq!(outcome.state().round, 5);
    expect![[r#"
        [
            "superstep 10: critic #5 completed",
            "valve: master has had its 5 visits, on to writer",
            "superstep 11: writer #1 started",
            "superstep 11: writer #1 completed",
            "finished after 11 supersteps",
        ]
    "#]]
    .assert_debug_eq(&&events[events.len() - 5..]);
}

#[tokio::test]
async fn a_position_of_another_graph_is_refused() {
    let limits = Limits { supersteps: 4, ..Limits::default() };
    let Outcome::Stopped { position, .. } = council(3).run(Doc::default()).limits(limits).await.unwrap() else {
        panic!("the limit was not reached");
    };
    let error = diamond().resume(position).id("r").await.unwrap_err();
    expect!["run `r`: the position belongs to another graph than `diamond`: the nodes or joins differ"]
        .assert_eq(&error_chain(&error));
}

#[tokio::test]
async fn a_run_at_its_superstep_limit_resumes_with_a_higher_limit() {
    let graph = council(3);
    let limits = Limits { supersteps: 4, ..Limits::default() };
    let Outcome::Stopped { reason, position } = graph.run(Doc::default()).limits(limits).await.unwrap() else {
        panic!("the limit was not reached");
    };
    assert_eq!(reason, StopReason::Supersteps(4));
    assert_eq!((position.state().round, position.supersteps()), (2, 4));
    let outcome = check(
        graph.resume(position),
        expect![[r#"
            superstep 5: master #3 started
            superstep 5: master #3 completed with DocUpdate(round)
            superstep 6: critic #3 started
            superstep 6: critic #3 completed with DocUpdate(notes)
            superstep 7: writer #1 started
            superstep 7: writer #1 completed with DocUpdate(notes)
            finished after 7 supersteps
        "#]],
    )
    .await
    .unwrap();
    assert!(outcome.is_finished());
}

#[tokio::test]
async fn a_limit_that_is_just_enough_is_not_reached() {
    let limits = Limits { supersteps: 7, ..Limits::default() };
    assert!(council(3).run(Doc::default()).limits(limits).await.unwrap().is_finished());
}

#[tokio::test(start_paused = true)]
async fn the_wall_clock_limit_cancels_running_tasks_and_keeps_ended_tasks() {
    let limits = Limits { wall_clock: Some(Duration::from_secs(2)), ..Limits::default() };
    let graph = diamond();
    let Outcome::Stopped { reason, position } = graph.run(Doc::default()).limits(limits).await.unwrap() else {
        panic!("the limit was not reached");
    };
    assert_eq!(reason, StopReason::WallClock(Duration::from_secs(2)));
    let outcome = check(
        graph.resume(position),
        expect![[r#"
            superstep 2: slow #1 started
            superstep 2: slow #1 completed with DocUpdate(notes)
            superstep 3: last #1 started
            superstep 3: last #1 completed with DocUpdate(notes)
            finished after 3 supersteps
        "#]],
    )
    .await
    .unwrap();
    assert_eq!(outcome.state().notes.len(), 4, "the update of the quick node is missing: {:?}", outcome.state().notes);
}

#[tokio::test(start_paused = true)]
async fn the_wall_clock_limit_stops_nodes_that_never_wait() {
    let mut graph = StateGraph::<Doc>::new("busy");
    let busy = graph.node("busy", note);
    graph.start(busy);
    graph.route(busy, [busy, NodeId::END], |_, [again, _]| again);
    let graph = graph.compile().unwrap();
    let limits = |wall_clock| Limits { wall_clock: Some(wall_clock), ..Limits::default() };
    let outcome = graph.run(Doc::default()).limits(limits(Duration::ZERO)).await.unwrap();
    assert!(matches!(outcome, Outcome::Stopped { reason: StopReason::WallClock(Duration::ZERO), .. }));
    assert!(outcome.state().notes.is_empty());
    // A limit that no clock can reach is no error.
    let outcome = graph.run(Doc::default()).limits(limits(Duration::MAX)).await.unwrap();
    assert!(matches!(outcome, Outcome::Stopped { reason: StopReason::Supersteps(1_000), .. }));
}

fn superstep_time(seconds: u64) -> Limits {
    Limits { superstep_time: Some(Duration::from_secs(seconds)), ..Limits::default() }
}

#[tokio::test(start_paused = true)]
async fn the_time_limit_of_a_superstep_cancels_its_running_tasks_and_keeps_its_ended_tasks() {
    let graph = diamond();
    let mut position = plan::begin(&graph, Doc::default());
    for _ in 0..2 {
        let outcome = graph.resume(position).limits(superstep_time(2)).await.unwrap();
        let Outcome::Stopped { reason, position: stopped } = outcome else { panic!("the limit was not reached") };
        assert_eq!(reason, StopReason::SuperstepTime(Duration::from_secs(2)));
        assert_eq!(stopped.open_tasks().map(|task| task.node.to_owned()).collect::<Vec<_>>(), ["slow"]);
        position = stopped;
    }
    assert_eq!(graph.resume(position).limits(superstep_time(6)).await.unwrap().state().notes.len(), 4);
}

/// Each superstep takes 2 s, so the limit of the run is reached in the third.
#[tokio::test(start_paused = true)]
async fn the_time_limit_of_a_superstep_begins_anew_with_each_superstep() {
    let mut graph = StateGraph::<Doc>::new("steady");
    let step = node!(graph, "step", async |_| {
        sleep(Duration::from_secs(2)).await;
        Ok(Doc::update().round(1))
    });
    graph.start(step).route(step, [step, NodeId::END], |doc, [again, end]| if doc.round < 5 { again } else { end });
    let graph = graph.compile().unwrap();
    assert!(graph.run(Doc::default()).limits(superstep_time(3)).await.unwrap().is_finished());
    let limits = Limits { wall_clock: Some(Duration::from_secs(5)), ..superstep_time(3) };
    let Outcome::Stopped { reason, position } = graph.run(Doc::default()).limits(limits).await.unwrap() else {
        panic!("the limit was not reached");
    };
    assert_eq!((reason, position.supersteps()), (StopReason::WallClock(Duration::from_secs(5)), 2));
    let limits = Limits { superstep_time: Some(Duration::MAX), ..limits };
    assert!(graph.resume(position).limits(limits).await.is_ok(), "a limit that no clock can reach is no error");
}
