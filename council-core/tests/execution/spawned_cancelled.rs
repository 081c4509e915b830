//! Spawned nodes that are cancelled: by a failure, a panic, a limit, or the drop of the run.

use std::sync::Arc;
use std::time::Duration;

use council_core::{Failure, Graph, Limits, NodeId, Outcome, Policy, State, StateGraph, error_chain, node};
use expect_test::expect;
use tokio::time::sleep;

use crate::spawned::spawned;
use crate::support::check;
use crate::{Doc, note};

/// `other` beside the spawned node `waits`, which sleeps in its first attempt. Its task holds a clone of `held`.
fn beside_one_that_waits(held: &Arc<()>, other: impl FnOnce(&mut StateGraph<Doc>) -> NodeId<Doc>) -> Graph<Doc> {
    let inside = Arc::clone(held);
    let mut graph = StateGraph::<Doc>::new("beside");
    let waits = node!(graph, "waits", async move |doc: &Doc| {
        let _held = Arc::clone(&inside);
        if doc.round == 0 {
            sleep(Duration::from_secs(600)).await;
        }
        Ok(Doc::update().notes("waited"))
    });
    let other = other(&mut graph);
    graph.start(waits).end(waits).start(other).end(other).policy(waits, spawned());
    graph.compile().unwrap()
}

/// The clones of `held` while no task runs: one in the graph and one in the test.
const NO_TASK: usize = 2;

#[tokio::test(start_paused = true)]
async fn a_failure_stops_spawned_siblings_before_the_run_ends() {
    for also_spawned in [true, false] {
        let held = Arc::new(());
        let graph = beside_one_that_waits(&held, |graph| {
            let fails = node!(graph, "fails", async move |_, context| {
                sleep(Duration::from_secs(1)).await;
                if context.attempt() == 1 { Err("no luck".into()) } else { Ok(Doc::update().notes("mended")) }
            });
            graph.policy(fails, Policy::default().spawned(also_spawned));
            fails
        });
        let picture = expect![[r#"
            superstep 1: waits #1 started
            superstep 1: fails #1 started
            superstep 1: fails #1 failed: no luck
            failed: node `fails` failed in superstep 1, attempt 1: no luck
        "#]];
        let error = check(graph.run(Doc::default()).id("r"), picture).await.unwrap_err();
        assert_eq!(Arc::strong_count(&held), NO_TASK);
        let outcome = graph.resume(error.into_position()).await.unwrap();
        assert_eq!(outcome.state().notes, ["waited", "mended"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_panic_beside_a_spawned_task_fails_the_run_and_keeps_the_state() {
    for (also_spawned, handled) in [(true, false), (false, false), (true, true), (false, true)] {
        let held = Arc::new(());
        let graph = beside_one_that_waits(&held, |graph| {
            let panics = node!(graph, "panics", async move |_, context| {
                sleep(Duration::from_secs(1)).await;
                assert!(context.attempt() > 1, "no luck");
                Ok(Doc::update().notes("mended"))
            });
            if handled {
                graph.on_error(panics, [], |_: &Doc, _, []: [NodeId<Doc>; 0]| panic!("worse"));
            }
            graph.policy(panics, Policy::default().spawned(also_spawned));
            panics
        });
        let error = graph.run(Doc { text: "kept".into(), ..Doc::default() }).id("r").await.unwrap_err();
        assert_eq!(Arc::strong_count(&held), NO_TASK);
        let expected = match error.failure() {
            Failure::HandlerPanicked { .. } => "run `r`: the error handler of `panics` panicked in superstep 1: worse",
            _ => "run `r`: node `panics` panicked in superstep 1, attempt 1: no luck",
        };
        assert_eq!(error_chain(&error), expected);
        assert_eq!(error.position().clone().into_state().text, "kept");
        let outcome = graph.resume(error.into_position()).await.unwrap();
        assert_eq!(outcome.state().notes, ["waited", "mended"]);
    }
}

#[tokio::test(start_paused = true)]
async fn the_wall_clock_and_timeouts_stop_spawned_tasks() {
    let held = Arc::new(());
    let graph = beside_one_that_waits(&held, |graph| graph.node("note", note));
    let limits = Limits { wall_clock: Some(Duration::from_secs(1)), ..Limits::default() };
    let Outcome::Stopped { position, .. } = graph.run(Doc::default()).limits(limits).await.unwrap() else {
        panic!("the limit was not reached");
    };
    assert_eq!(Arc::strong_count(&held), NO_TASK);
    assert!(graph.resume(position).await.unwrap().is_finished());

    let inside = Arc::clone(&held);
    let late = crate::alone(|graph| {
        let late = node!(graph, "late", async move |_| {
            let _held = Arc::clone(&inside);
            sleep(Duration::from_secs(600)).await;
            Ok(Doc::update())
        });
        graph.policy(late, spawned().timeout(Duration::from_secs(2)));
        late
    });
    let error = late.run(Doc::default()).id("r").await.unwrap_err();
    expect!["run `r`: node `late` took longer than its 2 s in superstep 1, attempt 1"].assert_eq(&error_chain(&error));
    drop(graph);
    assert_eq!(Arc::strong_count(&held), NO_TASK);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_run_leaves_no_spawned_task() {
    let held = Arc::new(());
    let graph = beside_one_that_waits(&held, |graph| graph.node("note", note));
    let run = tokio::time::timeout(Duration::from_secs(1), graph.run(Doc::default()));
    assert!(run.await.is_err());
    // The paused clock advances only when all tasks wait.
    sleep(Duration::from_millis(1)).await;
    assert_eq!(tokio::runtime::Handle::current().metrics().num_alive_tasks(), 0);
    assert_eq!(Arc::strong_count(&held), NO_TASK);
}
