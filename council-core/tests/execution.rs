//! The laws of execution, each as a run that can be read.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use council_core::{
    Context, Failure, Graph, Limits, NodeError, NodeId, NodeResult, Outcome, State, StateGraph, StopReason, node,
};
use expect_test::expect;
use support::{chain, check};
use tokio::time::sleep;

#[derive(State, Clone, Debug, Default, PartialEq)]
struct Doc {
    text: String,
    #[state(append)]
    notes: Vec<String>,
    #[state(add)]
    round: u32,
    seen: Vec<String>,
}

async fn note(_: &Doc, context: &Context) -> NodeResult<Doc> {
    Ok(Doc::update().notes(context.node()))
}

/// `a -> {slow, quick} -> join -> end`; the slow one is declared first and ends last.
fn diamond() -> Graph<Doc> {
    let mut graph = StateGraph::<Doc>::new("diamond");
    let first = graph.node("first", note);
    let slow = node!(graph, "slow", async move |doc, context| {
        sleep(Duration::from_secs(5)).await;
        Ok(Doc::update().notes(format!("{} saw {:?}", context.node(), doc.notes)))
    });
    let quick = node!(graph, "quick", async move |doc, context| {
        Ok(Doc::update().notes(format!("{} saw {:?}", context.node(), doc.notes)))
    });
    let last = graph.node("last", note);
    graph.start(first);
    graph.edge(first, slow).edge(first, quick);
    graph.join([slow, quick], last);
    graph.end(last);
    graph.compile().unwrap()
}

#[tokio::test(start_paused = true)]
async fn siblings_see_the_same_state_and_are_applied_as_declared() {
    let outcome = check(
        diamond().run(Doc::default()),
        expect![[r#"
            superstep 1: first #1 started
            superstep 1: first #1 completed with DocUpdate(notes)
            superstep 2: slow #1 started
            superstep 2: quick #1 started
            superstep 2: quick #1 completed with DocUpdate(notes)
            superstep 2: slow #1 completed with DocUpdate(notes)
            superstep 3: last #1 started
            superstep 3: last #1 completed with DocUpdate(notes)
            finished after 3 supersteps
        "#]],
    )
    .await
    .unwrap();
    expect![[r#"
        [
            "first",
            "slow saw [\"first\"]",
            "quick saw [\"first\"]",
            "last",
        ]
    "#]]
    .assert_debug_eq(&outcome.state().notes);
}

/// A council: the critic is content in round `content`; the valve lets five drafts through.
fn council(content: u32) -> Graph<Doc> {
    let mut graph = StateGraph::<Doc>::new("council");
    let master = node!(graph, "master", async move |_| Ok(Doc::update().round(1)));
    let critic = graph.node("critic", note);
    let writer = graph.node("writer", note);
    graph.start(master);
    graph.edge(master, critic);
    graph.route(critic, [master, writer], move |doc, [rework, done]| if doc.round < content { rework } else { done });
    graph.end(writer);
    graph.visit_limit(master, 5, writer);
    graph.compile().unwrap()
}

#[tokio::test]
async fn a_route_is_asked_on_the_merged_state() {
    let outcome = check(
        council(2).run(Doc::default()),
        expect![[r#"
            superstep 1: master #1 started
            superstep 1: master #1 completed with DocUpdate(round)
            superstep 2: critic #1 started
            superstep 2: critic #1 completed with DocUpdate(notes)
            superstep 3: master #2 started
            superstep 3: master #2 completed with DocUpdate(round)
            superstep 4: critic #2 started
            superstep 4: critic #2 completed with DocUpdate(notes)
            superstep 5: writer #1 started
            superstep 5: writer #1 completed with DocUpdate(notes)
            finished after 5 supersteps
        "#]],
    )
    .await
    .unwrap();
    assert_eq!(outcome.state().round, 2);
}

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
async fn two_writers_of_a_plain_field_are_an_error_that_names_all() {
    let mut graph = StateGraph::<Doc>::new("conflict");
    let fork = graph.node("fork", note);
    let zoe = node!(graph, "zoe", async move |_| Ok(Doc::update().text("from zoe").round(1)));
    let adam = node!(graph, "adam", async move |_| Ok(Doc::update().text("from adam")));
    graph.start(fork);
    graph.edge(fork, zoe).edge(fork, adam);
    graph.end(zoe).end(adam);
    let error = graph.compile().unwrap().run(Doc::default()).id("r-7").await.unwrap_err();
    expect![[r#"
        run `r-7`: node `adam` replaces `text`, which node `zoe` replaced in the same superstep, 2; give the field a reducer, or let the nodes run one after the other"#]]
    .assert_eq(&chain(&error));
    // Neither write, and no half of one, is in the state.
    assert_eq!(error.state(), &Doc { notes: vec!["fork".into()], ..Doc::default() });
}

#[tokio::test]
async fn an_overwrite_wins_over_the_other_writes_of_its_superstep() {
    let mut graph = StateGraph::<Doc>::new("overwrite");
    let fork = graph.node("fork", note);
    let early = graph.node("early", note);
    let reset = node!(graph, "reset", async move |_| Ok(Doc::update().overwrite_notes(["reset".to_owned()])));
    let late = node!(graph, "late", async move |_| Ok(Doc::update().notes("late").round(7)));
    graph.start(fork);
    for branch in [early, reset, late] {
        graph.edge(fork, branch);
        graph.end(branch);
    }
    let outcome = graph.compile().unwrap().run(Doc::default()).await.unwrap();
    assert_eq!(outcome.state().notes, ["reset"]);
    assert_eq!(outcome.state().round, 7, "other fields of the same update are kept");
}

#[tokio::test]
async fn two_overwrites_of_one_field_are_an_error() {
    let mut graph = StateGraph::<Doc>::new("overwrites");
    let fork = graph.node("fork", note);
    let left = node!(graph, "left", async move |_| Ok(Doc::update().overwrite_round(1)));
    let right = node!(graph, "right", async move |_| Ok(Doc::update().overwrite_round(1)));
    graph.start(fork);
    graph.edge(fork, left).edge(fork, right).end(left).end(right);
    let error = graph.compile().unwrap().run(Doc::default()).await.unwrap_err();
    assert!(
        matches!(error.failure(), Failure::Conflict { field: "round", first, second, superstep: 2 }
            if first == "left" && second == "right"),
        "{error}"
    );
}

#[tokio::test]
async fn a_node_reached_by_several_edges_runs_once_and_a_join_waits_for_paths_of_different_length() {
    let mut graph = StateGraph::<Doc>::new("paths");
    let fork = graph.node("fork", note);
    let short = graph.node("short", note);
    let long = graph.node("long", note);
    let longer = graph.node("longer", note);
    let both = graph.node("both", note);
    let joined = graph.node("joined", note);
    graph.start(fork);
    graph.edge(fork, short).edge(fork, long);
    graph.edge(short, both).edge(long, both);
    graph.edge(long, longer);
    graph.join([short, longer], joined);
    graph.end(both).end(joined);
    let outcome = graph.compile().unwrap().run(Doc::default()).await.unwrap();
    assert_eq!(outcome.state().notes, ["fork", "short", "long", "longer", "both", "joined"]);
}

#[tokio::test]
async fn a_join_waits_anew_after_it_has_fired() {
    let mut graph = StateGraph::<Doc>::new("rounds");
    let fork = node!(graph, "fork", async move |_| Ok(Doc::update().round(1)));
    let left = graph.node("left", note);
    let right = graph.node("right", note);
    let joined = graph.node("joined", note);
    graph.start(fork);
    graph.edge(fork, left).edge(fork, right);
    graph.join([left, right], joined);
    graph.route(joined, [fork, NodeId::END], |doc, [again, done]| if doc.round < 3 { again } else { done });
    let outcome = graph.compile().unwrap().run(Doc::default()).await.unwrap();
    assert_eq!(outcome.state().notes, ["left", "right", "joined"].repeat(3));
}

#[tokio::test]
async fn a_join_that_still_waits_when_nothing_is_left_is_an_error() {
    let mut graph = StateGraph::<Doc>::new("stuck");
    let fork = node!(graph, "fork", async move |_| Ok(Doc::update().round(1)));
    let left = graph.node("left", note);
    let right = graph.node("right", note);
    let joined = graph.node("joined", note);
    graph.start(fork);
    // It could come back for the other side, and does not.
    graph.route(fork, [left, right, fork], |_, [left, _, _]| left);
    graph.join([left, right], joined);
    graph.end(joined);
    let error = graph.compile().unwrap().run(Doc::default()).id("r").await.unwrap_err();
    expect!["run `r`: nothing is left to run after superstep 2, but the join into `joined` waits for `right`"]
        .assert_eq(&chain(&error));
}

/// `fork` sends one branch to the end; the other goes into a join that never fires, after `steps` more nodes.
fn ended_beside_a_join(steps: usize) -> Graph<Doc> {
    let mut graph = StateGraph::<Doc>::new("ended");
    let fork = graph.node("fork", note);
    let quit = graph.node("quit", note);
    let never = graph.node("never", note);
    let joined = graph.node("joined", note);
    graph.start(fork).edge(fork, quit).end(quit).end(joined);
    graph.route(fork, [NodeId::END, never, fork], |_, [end, _, _]| end);
    let mut last = fork;
    for step in 0..steps {
        let next = graph.node(format!("step {step}"), note);
        graph.edge(last, next);
        last = next;
    }
    graph.join([last, never], joined);
    graph.compile().unwrap()
}

#[tokio::test]
async fn a_run_that_has_come_to_the_end_on_one_way_is_over_when_nothing_is_left_on_the_others() {
    for steps in 0..3 {
        let outcome = ended_beside_a_join(steps).run(Doc::default()).await.unwrap();
        assert!(outcome.is_finished(), "whatever the length of the other way: {steps}");
    }
}

#[tokio::test]
async fn a_position_of_another_graph_is_refused() {
    let limits = Limits { supersteps: 4, ..Limits::default() };
    let Outcome::Stopped { position, .. } = council(3).run(Doc::default()).limits(limits).await.unwrap() else {
        panic!("the limit was not reached");
    };
    let error = diamond().resume(position).id("r").await.unwrap_err();
    expect!["run `r`: the position does not fit the graph `diamond`: its nodes or joins are others"]
        .assert_eq(&chain(&error));
}

#[tokio::test]
async fn a_superstep_limit_keeps_the_work_and_the_run_goes_on_with_a_higher_one() {
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
async fn the_wall_clock_cancels_what_runs_and_keeps_what_has_ended() {
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
    assert_eq!(outcome.state().notes.len(), 4, "the quick one's update was kept: {:?}", outcome.state().notes);
}

#[tokio::test(start_paused = true)]
async fn the_wall_clock_stops_nodes_that_never_wait_too() {
    let mut graph = StateGraph::<Doc>::new("busy");
    let busy = graph.node("busy", note);
    graph.start(busy);
    graph.route(busy, [busy, NodeId::END], |_, [again, _]| again);
    let graph = graph.compile().unwrap();
    let limits = |wall_clock| Limits { wall_clock: Some(wall_clock), ..Limits::default() };
    let outcome = graph.run(Doc::default()).limits(limits(Duration::ZERO)).await.unwrap();
    assert!(matches!(outcome, Outcome::Stopped { reason: StopReason::WallClock(Duration::ZERO), .. }));
    assert!(outcome.state().notes.is_empty());
    // A limit beyond all clocks is no error.
    let outcome = graph.run(Doc::default()).limits(limits(Duration::MAX)).await.unwrap();
    assert!(matches!(outcome, Outcome::Stopped { reason: StopReason::Supersteps(1_000), .. }));
}

/// `fork -> {done, fails, hangs}`: fails as long as the switch is on.
fn failing(ran: &Arc<AtomicUsize>, broken: &Arc<std::sync::atomic::AtomicBool>) -> Graph<Doc> {
    let mut graph = StateGraph::<Doc>::new("failing");
    let fork = graph.node("fork", note);
    let count = Arc::clone(ran);
    let done = node!(graph, "done", async move |_| {
        count.fetch_add(1, Ordering::Relaxed);
        Ok(Doc::update().notes("done"))
    });
    let broken = Arc::clone(broken);
    let fails = node!(graph, "fails", async move |_| {
        sleep(Duration::from_secs(1)).await;
        if broken.load(Ordering::Relaxed) {
            let cause = std::io::Error::other("the disk is full");
            return Err(NodeError::from(cause));
        }
        Ok(Doc::update().notes("mended"))
    });
    let hangs = node!(graph, "slow", async move |_| {
        sleep(Duration::from_mins(1)).await;
        Ok(Doc::update().notes("slow"))
    });
    graph.start(fork);
    for branch in [done, fails, hangs] {
        graph.edge(fork, branch);
        graph.end(branch);
    }
    graph.compile().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_failure_keeps_finished_siblings_cancels_running_ones_and_can_be_resumed() {
    let ran = Arc::new(AtomicUsize::new(0));
    let broken = Arc::new(std::sync::atomic::AtomicBool::new(true));
    let graph = failing(&ran, &broken);
    let began = tokio::time::Instant::now();
    let error = check(
        graph.run(Doc::default()).id("r-1"),
        expect![[r#"
            superstep 1: fork #1 started
            superstep 1: fork #1 completed with DocUpdate(notes)
            superstep 2: done #1 started
            superstep 2: done #1 completed with DocUpdate(notes)
            superstep 2: fails #1 started
            superstep 2: slow #1 started
            superstep 2: fails #1 failed: node `fails` failed in superstep 2, attempt 1: the disk is full
            failed: node `fails` failed in superstep 2, attempt 1: the disk is full
        "#]],
    )
    .await
    .unwrap_err();
    assert!(began.elapsed() < Duration::from_secs(2), "the slow sibling was cancelled");
    expect![[r#"
        run `r-1`: node `fails` failed in superstep 2, attempt 1
          because: the disk is full"#]]
    .assert_eq(&chain(&error));
    let printed = format!("{error:?}");
    assert_eq!(printed, "run `r-1`: node `fails` failed in superstep 2, attempt 1: the disk is full");

    broken.store(false, Ordering::Relaxed);
    let outcome = check(
        graph.resume(error.into_position()),
        expect![[r#"
            superstep 2: fails #1 (attempt 2) started
            superstep 2: slow #1 started
            superstep 2: fails #1 (attempt 2) completed with DocUpdate(notes)
            superstep 2: slow #1 completed with DocUpdate(notes)
            finished after 2 supersteps
        "#]],
    )
    .await
    .unwrap();
    assert_eq!(outcome.state().notes, ["fork", "done", "mended", "slow"]);
    assert_eq!(ran.load(Ordering::Relaxed), 1, "the finished one was not run again");
}

fn alone(node_of: impl FnOnce(&mut StateGraph<Doc>) -> NodeId<Doc>) -> Graph<Doc> {
    let mut graph = StateGraph::<Doc>::new("alone");
    let node = node_of(&mut graph);
    graph.start(node).end(node);
    graph.compile().unwrap()
}

#[tokio::test]
async fn a_panic_in_a_node_is_the_nodes_error() {
    let graph = alone(|graph| {
        node!(graph, "shaky", async move |doc: &Doc| {
            assert!(doc.round > 0, "no round yet");
            Ok(Doc::update())
        })
    });
    let error = graph.run(Doc::default()).id("r").await.unwrap_err();
    expect!["run `r`: node `shaky` panicked in superstep 1, attempt 1: no round yet"].assert_eq(&chain(&error));
    let mut position = error.into_position();
    assert_eq!(position.supersteps(), 0);
    // The same position again: the panic is the second attempt's.
    position = graph.resume(position).await.unwrap_err().into_position();
    let error = graph.resume(position).id("r").await.unwrap_err();
    expect!["run `r`: node `shaky` panicked in superstep 1, attempt 3: no round yet"].assert_eq(&chain(&error));
}

#[tokio::test]
async fn a_panic_beside_others_names_the_node_that_panicked() {
    let mut graph = StateGraph::<Doc>::new("beside");
    let fork = graph.node("fork", note);
    let well = graph.node("well", note);
    let shaky = node!(graph, "shaky", async move |doc: &Doc| {
        tokio::task::yield_now().await;
        if doc.round == 0 {
            std::panic::panic_any(42);
        }
        Ok(Doc::update())
    });
    let waits = node!(graph, "waits", async move |_| std::future::pending().await);
    graph.start(fork);
    for branch in [well, shaky, waits] {
        graph.edge(fork, branch).end(branch);
    }
    let graph = graph.compile().unwrap();
    let error = graph.run(Doc::default()).id("r").await.unwrap_err();
    expect!["run `r`: node `shaky` panicked in superstep 2, attempt 1: a panic without a message"]
        .assert_eq(&chain(&error));
}

/// Panics when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("boom");
    }
}

/// `{bomb, other}`: the first waits for ever and panics when it is cancelled.
fn beside_a_bomb(other: impl FnOnce(&mut StateGraph<Doc>) -> NodeId<Doc>) -> Graph<Doc> {
    let mut graph = StateGraph::<Doc>::new("bomb");
    let bomb = node!(graph, "bomb", async move |_| {
        let _bomb = Bomb;
        std::future::pending().await
    });
    let other = other(&mut graph);
    graph.start(bomb).end(bomb).start(other).end(other);
    graph.compile().unwrap()
}

#[tokio::test]
async fn a_failure_stands_though_a_sibling_panics_as_it_is_cancelled() {
    let graph = beside_a_bomb(|graph| node!(graph, "fails", async move |_| Err("the disk is full".into())));
    let error = check(
        graph.run(Doc::default()),
        expect![[r#"
            superstep 1: bomb #1 started
            superstep 1: fails #1 started
            superstep 1: fails #1 failed: node `fails` failed in superstep 1, attempt 1: the disk is full
            failed: node `fails` failed in superstep 1, attempt 1: the disk is full
        "#]],
    )
    .await
    .unwrap_err();
    assert!(matches!(error.failure(), Failure::Node { node, .. } if node == "fails"));
}

#[tokio::test]
async fn two_panics_at_once_do_not_end_the_process() {
    let graph = beside_a_bomb(|graph| {
        node!(graph, "panics", async move |doc: &Doc| {
            assert!(doc.round > 0, "first");
            Ok(Doc::update())
        })
    });
    let error = graph.run(Doc::default()).id("r").await.unwrap_err();
    expect!["run `r`: node `panics` panicked in superstep 1, attempt 1: first"].assert_eq(&chain(&error));
    let graph = alone(|graph| {
        node!(graph, "armed", async move |doc: &Doc| {
            if doc.round == 0 {
                std::panic::panic_any(Bomb);
            }
            Ok(Doc::update())
        })
    });
    let error = graph.run(Doc::default()).id("r").await.unwrap_err();
    expect!["run `r`: node `armed` panicked in superstep 1, attempt 1: a panic without a message"]
        .assert_eq(&chain(&error));
}

#[tokio::test(start_paused = true)]
async fn the_wall_clock_stands_though_a_node_panics_as_it_is_cancelled() {
    let graph = beside_a_bomb(|graph| graph.node("ends", note));
    let limits = Limits { wall_clock: Some(Duration::from_secs(1)), ..Limits::default() };
    let outcome = graph.run(Doc::default()).limits(limits).await.unwrap();
    assert!(matches!(outcome, Outcome::Stopped { reason: StopReason::WallClock(_), .. }));
}

/// A future that ends well and then panics as it is dropped.
struct Late;

impl Future for Late {
    type Output = NodeResult<Doc>;

    fn poll(self: std::pin::Pin<&mut Self>, _: &mut std::task::Context<'_>) -> std::task::Poll<NodeResult<Doc>> {
        std::task::Poll::Ready(Ok(Doc::update().notes("late")))
    }
}

impl Drop for Late {
    fn drop(&mut self) {
        panic!("too late");
    }
}

#[tokio::test]
async fn a_panic_after_a_nodes_end_takes_nothing_back() {
    for beside in [false, true] {
        let mut graph = StateGraph::<Doc>::new("late");
        let late = node!(graph, "late", move |_: &Doc| Late);
        graph.start(late).end(late);
        if beside {
            let other = graph.node("other", note);
            graph.start(other).end(other);
        }
        let outcome = graph.compile().unwrap().run(Doc::default()).await.unwrap();
        assert_eq!(outcome.state().notes.len(), 1 + usize::from(beside));
    }
}

#[tokio::test]
async fn a_panic_in_a_route_or_a_reducer_is_an_error_too() {
    let mut graph = StateGraph::<Doc>::new("route");
    let node = graph.node("node", note);
    graph.start(node);
    graph.route(node, [NodeId::END], |_, _| panic!("which way?"));
    let error = graph.compile().unwrap().run(Doc::default()).id("r").await.unwrap_err();
    expect!["run `r`: the route from `node` panicked after superstep 1: which way?"].assert_eq(&chain(&error));
    assert_eq!(error.state().notes, ["node"]);

    let graph = alone(|graph| node!(graph, "count", async move |_| Ok(Doc::update().round(u32::MAX).notes("x"))));
    let full = Doc { round: 1, ..Doc::default() };
    let error = graph.run(full).id("r").await.unwrap_err();
    expect!["run `r`: a reducer panicked on the update of node `count` in superstep 1: attempt to add with overflow"]
        .assert_eq(&chain(&error));
    let error = graph.resume(error.into_position()).id("r").await.unwrap_err();
    expect!["run `r`: a reducer panicked on the update of node `count` in superstep 1: it panicked earlier, in the middle of this superstep's updates"]
        .assert_eq(&chain(&error));
}

#[tokio::test]
async fn a_route_cannot_leave_its_targets() {
    let mut graph = StateGraph::<Doc>::new("astray");
    let node = graph.node("node", note);
    let other = graph.node("other", note);
    graph.start(node);
    graph.route(node, [other], move |_, _| node);
    graph.end(other);
    let error = graph.compile().unwrap().run(Doc::default()).id("r").await.unwrap_err();
    expect!["run `r`: the route from `node` chose a node that it does not declare as a target, after superstep 1"]
        .assert_eq(&chain(&error));
}

#[tokio::test]
async fn cancelling_stops_at_the_barrier_and_the_run_can_go_on() {
    let mut graph = StateGraph::<Doc>::new("rounds");
    let turn = node!(graph, "turn", async move |_| {
        tokio::task::yield_now().await;
        Ok(Doc::update().round(1))
    });
    graph.start(turn);
    graph.route(turn, [turn, NodeId::END], |doc, [again, done]| if doc.round < 3 { again } else { done });
    let graph = graph.compile().unwrap();

    let mut run = graph.run(Doc::default()).start();
    assert_eq!(run.next().await.unwrap().to_string(), "superstep 1: turn #1 started");
    run.canceller().cancel();
    let mut rest = Vec::new();
    while let Some(event) = run.next().await {
        rest.push(event.to_string());
    }
    assert_eq!(rest, ["superstep 1: turn #1 completed", "stopped: cancelled"]);
    let Outcome::Stopped { reason: StopReason::Cancelled, position } = run.await.unwrap() else {
        panic!("the run was not stopped");
    };
    assert_eq!(position.state().round, 1);
    let outcome = graph.resume(position).await.unwrap();
    assert_eq!((outcome.is_finished(), outcome.state().round), (true, 3));
}

/// Sets a flag when it is dropped.
struct Guard(Arc<AtomicUsize>);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[tokio::test]
async fn dropping_a_run_stops_its_tasks() {
    let dropped = Arc::new(AtomicUsize::new(0));
    let guards = Arc::clone(&dropped);
    let graph = alone(|graph| {
        node!(graph, "waits", async move |_| {
            let _guard = Guard(Arc::clone(&guards));
            std::future::pending().await
        })
    });
    let mut run = graph.run(Doc::default()).start();
    run.next().await.unwrap();
    drop(run);
    while dropped.load(Ordering::Relaxed) == 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_run_of_ready_nodes_lets_others_run_too() {
    let graph = council(u32::MAX);
    let mut graph_without_valve = StateGraph::<Doc>::new("endless");
    let spin = node!(graph_without_valve, "spin", async move |_| Ok(Doc::update().round(0)));
    graph_without_valve.start(spin);
    graph_without_valve.route(spin, [spin, NodeId::END], |_, [again, _]| again);
    let endless = graph_without_valve.compile().unwrap();
    let limits = Limits { supersteps: u64::MAX, ..Limits::default() };
    let run = endless.run(Doc::default()).limits(limits).start();
    // On one thread: without a yield in the endless run, this one would never come to its turn.
    assert!(graph.run(Doc::default()).await.unwrap().is_finished());
    run.cancel();
    let outcome = run.await.unwrap();
    assert!(matches!(outcome, Outcome::Stopped { reason: StopReason::Cancelled, .. }));
}
