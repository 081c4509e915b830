//! Runs that stop inside a subgraph, and resume there.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use council_core::{
    Graph, Limits, NodeId, Outcome, Position, State, StateGraph, StopReason, Subgraph, error_chain, node, worker,
};
use expect_test::expect;
use tokio::time::sleep;

use crate::support::check;
use crate::{Doc, note};

type Journal = Arc<Mutex<Vec<String>>>;

/// A loop of `rounds` rounds, each of a second, with a quick task beside it in every superstep. Both tasks note their ends.
fn rounds(rounds: u32, ended: &Journal) -> Graph<Doc> {
    let (slow_log, quick_log) = (Arc::clone(ended), Arc::clone(ended));
    let mut graph = StateGraph::<Doc>::new("rounds");
    let slow = node!(graph, "slow", async move |_, context| {
        sleep(Duration::from_secs(1)).await;
        slow_log.lock().unwrap().push(format!("{} slow {}", context.path(), context.superstep()));
        Ok(Doc::update().round(1))
    });
    let quick = node!(graph, "quick", async move |_, context| {
        quick_log.lock().unwrap().push(format!("{} quick {}", context.path(), context.superstep()));
        Ok(Doc::update().notes(format!("quick {}", context.visit())))
    });
    graph.start(slow).start(quick);
    graph.route(slow, [slow, NodeId::END], move |doc, [again, done]| if doc.round < rounds { again } else { done });
    graph.route(quick, [quick, NodeId::END], move |doc, [again, done]| if doc.round < rounds { again } else { done });
    graph.compile().unwrap()
}

/// `read` sends the items 1, 2 and 3. Each item is the number of rounds in a subgraph of a subgraph.
fn nested(ended: &Journal) -> Graph<Doc> {
    let mut graph = StateGraph::<Doc>::new("outer");
    let read = graph.node("read", note);
    let inner = rounds(3, ended);
    let middle = crate::alone(|graph| {
        graph.node(
            "inner",
            Subgraph::new(inner, Doc::clone, |doc| Doc::update().round(doc.round).notes(doc.notes.concat())),
        )
    });
    let start = |_: &Doc, item: &u32| Doc { round: 3 - item, ..Doc::default() };
    let middle = graph.worker(
        "middle",
        Subgraph::per_item(middle, start, |doc| Doc::update().notes(format!("{}: {}", doc.round, doc.notes.concat()))),
    );
    graph.start(read).fan_out(read, middle, |_| [1, 2, 3]).end(middle);
    graph.compile().unwrap()
}

/// The state and the ended tasks of an uninterrupted run.
async fn uninterrupted() -> (Doc, Vec<String>) {
    let ended = Journal::default();
    let outcome = nested(&ended).run(Doc::default()).await.unwrap();
    assert_eq!(outcome.state().notes.len(), 4);
    (outcome.into_state(), sorted(&ended))
}

fn sorted(ended: &Journal) -> Vec<String> {
    let mut ended = ended.lock().unwrap().clone();
    ended.sort();
    ended
}

fn stopped(outcome: Outcome<Doc>, expected: StopReason) -> Position<Doc> {
    let Outcome::Stopped { reason, position } = outcome else { panic!("the run was not stopped") };
    assert_eq!(reason, expected);
    position
}

#[tokio::test(start_paused = true)]
async fn a_superstep_limit_applies_to_each_graph_and_is_reported_once() {
    let ended = Journal::default();
    let graph = nested(&ended);
    let limits = |supersteps| Limits { supersteps, ..Limits::default() };
    let outcome = check(
        graph.run(Doc::default()).limits(limits(2)),
        expect![[r#"
            superstep 1: read #1 started
            superstep 1: read #1 completed with DocUpdate(notes)
            superstep 2: middle[0] #1 started
            middle[0] > superstep 1: inner #1 started
            middle[0]/inner > superstep 1: slow #1 started
            middle[0]/inner > superstep 1: quick #1 started
            middle[0]/inner > superstep 1: quick #1 completed
            superstep 2: middle[1] #1 started
            middle[1] > superstep 1: inner #1 started
            middle[1]/inner > superstep 1: slow #1 started
            middle[1]/inner > superstep 1: quick #1 started
            middle[1]/inner > superstep 1: quick #1 completed
            superstep 2: middle[2] #1 started
            middle[2] > superstep 1: inner #1 started
            middle[2]/inner > superstep 1: slow #1 started
            middle[2]/inner > superstep 1: quick #1 started
            middle[2]/inner > superstep 1: quick #1 completed
            middle[0]/inner > superstep 1: slow #1 completed
            middle[0] > superstep 1: inner #1 completed
            superstep 2: middle[0] #1 completed with DocUpdate(notes)
            middle[1]/inner > superstep 1: slow #1 completed
            middle[1]/inner > superstep 2: slow #2 started
            middle[1]/inner > superstep 2: quick #2 started
            middle[1]/inner > superstep 2: quick #2 completed
            middle[2]/inner > superstep 1: slow #1 completed
            middle[2]/inner > superstep 2: slow #2 started
            middle[2]/inner > superstep 2: quick #2 started
            middle[2]/inner > superstep 2: quick #2 completed
            middle[1]/inner > superstep 2: slow #2 completed
            middle[1] > superstep 1: inner #1 completed
            superstep 2: middle[1] #1 completed with DocUpdate(notes)
            middle[2]/inner > superstep 2: slow #2 completed
            stopped: the limit of 2 supersteps
        "#]],
    )
    .await
    .unwrap();
    let position = stopped(outcome, StopReason::Supersteps(2));
    assert_eq!(
        position.open_tasks().map(|task| task.item.unwrap()).collect::<Vec<_>>(),
        [2],
        "only the slow item is open"
    );
    let outcome = check(
        graph.resume(position).limits(limits(3)),
        expect![[r#"
            superstep 2: middle[2] #1 started
            middle[2] > superstep 1: inner #1 started
            middle[2]/inner > superstep 3: slow #3 started
            middle[2]/inner > superstep 3: quick #3 started
            middle[2]/inner > superstep 3: quick #3 completed
            middle[2]/inner > superstep 3: slow #3 completed
            middle[2] > superstep 1: inner #1 completed
            superstep 2: middle[2] #1 completed with DocUpdate(notes)
            finished after 2 supersteps
        "#]],
    )
    .await
    .unwrap();
    assert_eq!((outcome.into_state(), sorted(&ended)), uninterrupted().await);
}

#[tokio::test(start_paused = true)]
async fn siblings_of_a_stopped_subgraph_complete() {
    let inner = rounds(3, &Journal::default());
    let mut graph = StateGraph::<Doc>::new("outer");
    let nested = graph.node("nested", Subgraph::new(inner, Doc::clone, |doc| Doc::update().round(doc.round)));
    let beside = node!(graph, "beside", async move |_, context| {
        sleep(Duration::from_secs(10)).await;
        Ok(Doc::update().notes(format!("attempt {}", context.attempt())))
    });
    graph.start(nested).start(beside).end(nested).end(beside);
    let graph = graph.compile().unwrap();
    let limits = Limits { supersteps: 1, ..Limits::default() };
    let position = stopped(graph.run(Doc::default()).limits(limits).await.unwrap(), StopReason::Supersteps(1));
    assert_eq!(position.open_tasks().map(|task| task.node).collect::<Vec<_>>(), ["nested"]);
    let outcome = graph.resume(position).await.unwrap();
    assert_eq!((outcome.state().round, &*outcome.state().notes), (3, &["attempt 1".to_owned()][..]));
}

#[tokio::test(start_paused = true)]
async fn the_wall_clock_limit_stops_a_subgraph_and_its_ended_tasks_are_kept() {
    let ended = Journal::default();
    let graph = nested(&ended);
    let limits = Limits { wall_clock: Some(Duration::from_millis(1_500)), ..Limits::default() };
    let reason = StopReason::WallClock(Duration::from_millis(1_500));
    let position = stopped(graph.run(Doc::default()).limits(limits).await.unwrap(), reason);
    let before = ended.lock().unwrap().clone();
    assert!(before.len() > 3, "no task ended in the second round: {before:?}");
    let whole = uninterrupted().await;
    // A resumed copy does not change the position.
    for position in [position.clone(), position] {
        *ended.lock().unwrap() = before.clone();
        let outcome = graph.resume(position).await.unwrap();
        assert_eq!((outcome.into_state(), sorted(&ended)), whole);
    }
}

/// The limit ends the superstep of the outer graph, which contains all rounds inside. Each resumed run goes on inside.
#[tokio::test(start_paused = true)]
async fn the_time_limit_of_a_superstep_stops_a_subgraph_that_continues_inside() {
    let ended = Journal::default();
    let graph = nested(&ended);
    let limit = Duration::from_millis(1_500);
    let limits = Limits { superstep_time: Some(limit), ..Limits::default() };
    let mut outcome = graph.run(Doc::default()).limits(limits).await.unwrap();
    for _ in 0..2 {
        let position = stopped(outcome, StopReason::SuperstepTime(limit));
        outcome = graph.resume(position).limits(limits).await.unwrap();
    }
    assert_eq!((outcome.into_state(), sorted(&ended)), uninterrupted().await);
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_run_stops_at_the_barriers_of_its_subgraphs() {
    let ended = Journal::default();
    let graph = nested(&ended);
    let run = graph.run(Doc::default());
    let cancel = run.canceller();
    let (outcome, ()) = tokio::join!(run.into_future(), async {
        sleep(Duration::from_millis(1_500)).await;
        cancel.cancel();
    });
    let position = stopped(outcome.unwrap(), StopReason::Cancelled);
    let slow = |path: &str| {
        ended.lock().unwrap().iter().filter(|line| line.starts_with(&format!("{path}/inner slow"))).count()
    };
    assert_eq!(["middle[0]", "middle[1]", "middle[2]"].map(slow), [1, 2, 2], "the tasks of the second round ended");
    let outcome = graph.resume(position).await.unwrap();
    assert_eq!((outcome.into_state(), sorted(&ended)), uninterrupted().await);
}

#[tokio::test(start_paused = true)]
async fn a_failure_in_a_subgraph_keeps_the_ended_tasks() {
    let mut inner = StateGraph::<Doc>::new("inner");
    let ended = Journal::default();
    let log = Arc::clone(&ended);
    let well = node!(inner, "well", async move |_, context| {
        log.lock().unwrap().push(context.path().to_string());
        Ok(Doc::update().notes("well"))
    });
    let shaky = node!(inner, "shaky", async move |doc, context| {
        sleep(Duration::from_secs(1)).await;
        if doc.round == 1 && context.attempt() < 3 {
            return Err("not yet".into());
        }
        Ok(Doc::update().notes(format!("attempt {}", context.attempt())))
    });
    inner.start(well).edge(well, shaky).end(shaky);
    let nested = Subgraph::per_item(
        inner.compile().unwrap(),
        |_: &Doc, item: &u32| Doc { round: *item, ..Doc::default() },
        |doc| Doc::update().notes(doc.notes.join(", ")),
    );
    let mut graph = StateGraph::<Doc>::new("outer");
    let read = graph.node("read", note);
    let nested = graph.worker("nested", nested);
    graph.start(read).fan_out(read, nested, |_| [0, 1]).end(nested);
    let graph = graph.compile().unwrap();
    let error = graph.run(Doc::default()).id("r").await.unwrap_err();
    expect![[r#"
        run `r`: node `nested`, item 1, failed in superstep 2, attempt 1: node `shaky` failed in superstep 2, attempt 1: not yet"#]]
    .assert_eq(&error_chain(&error));
    let error = graph.resume(error.into_position()).id("r").await.unwrap_err();
    expect![[r#"
        run `r`: node `nested`, item 1, failed in superstep 2, attempt 2: node `shaky` failed in superstep 2, attempt 2: not yet"#]]
    .assert_eq(&error_chain(&error));
    let outcome = graph.resume(error.into_position()).await.unwrap();
    assert_eq!(outcome.state().notes, ["read", "well, attempt 1", "well, attempt 3"]);
    assert_eq!(*ended.lock().unwrap(), ["nested[0]", "nested[1]"]);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_run_drops_the_tasks_of_its_subgraphs() {
    let held = Arc::new(());
    let inside = Arc::clone(&held);
    let mut inner = StateGraph::<Doc>::new("inner");
    let waits = worker!(inner, "waits", async move |_, _item: &u32| {
        let _held = Arc::clone(&inside);
        std::future::pending().await
    });
    let read = inner.node("read", note);
    inner.start(read).fan_out(read, waits, |_| 0..3).end(waits);
    let inner = inner.compile().unwrap();
    let graph = crate::alone(|graph| graph.node("nested", Subgraph::new(inner, Doc::clone, |_| Doc::update())));
    let mut run = graph.run(Doc::default()).start();
    for _ in 0..6 {
        run.next().await.unwrap();
    }
    assert_eq!(Arc::strong_count(&held), 5, "three tasks wait");
    drop(run);
    // The paused clock advances only when all tasks wait.
    sleep(Duration::from_millis(1)).await;
    assert_eq!(Arc::strong_count(&held), 2, "only the graph and the test hold the value");
}
