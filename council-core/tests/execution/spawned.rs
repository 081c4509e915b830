//! Spawned nodes: threads and results.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use council_core::{EventKind, Graph, Limits, NodeId, Outcome, Policy, State, StateGraph, Subgraph, node, worker};
use expect_test::expect;
use tokio::time::sleep;

use crate::support::check;
use crate::{Doc, note, pack};

pub(crate) fn spawned() -> Policy {
    Policy::default().spawned(true)
}

/// A state that cannot be cloned.
#[derive(State, Default)]
struct Heavy {
    weight: u32,
    #[state(append)]
    seen_at: Vec<usize>,
}

/// The address of the state in memory.
fn address(heavy: &Heavy) -> usize {
    std::ptr::from_ref(heavy) as usize
}

/// Blocks the thread until the other node is in this function too.
fn meet(mine: &Mutex<Receiver<()>>, other: &Sender<()>) {
    other.send(()).unwrap();
    mine.lock().unwrap().recv_timeout(Duration::from_secs(60)).expect("the other node runs on another thread");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn spawned_nodes_run_on_several_threads_and_share_one_state() {
    let (left_sends, right_gets) = channel();
    let (right_sends, left_gets) = channel();
    let (left_gets, right_gets) = (Mutex::new(left_gets), Mutex::new(right_gets));
    let mut graph = StateGraph::<Heavy>::new("threads");
    let left = node!(graph, "left", async move |heavy| {
        meet(&left_gets, &left_sends);
        Ok(Heavy::update().seen_at(address(heavy)))
    });
    let right = node!(graph, "right", async move |heavy| {
        meet(&right_gets, &right_sends);
        Ok(Heavy::update().seen_at(address(heavy)))
    });
    let here = node!(graph, "here", async move |heavy| Ok(Heavy::update().seen_at(address(heavy)).weight(7)));
    graph.start(left).start(right).start(here).end(left).end(right).end(here);
    graph.policy(left, spawned()).policy(right, spawned());
    let outcome = graph.compile().unwrap().run(Heavy::default()).await.unwrap();
    let Heavy { weight, seen_at } = outcome.into_state();
    assert_eq!((weight, seen_at.len()), (7, 3));
    assert!(seen_at.iter().all(|address| *address == seen_at[0]), "all nodes read the same state: {seen_at:?}");
}

#[tokio::test(start_paused = true)]
async fn spawned_nodes_do_not_change_the_result() {
    let outcome = |spawned: bool| {
        let mut graph = StateGraph::<Doc>::new("same");
        let slow = node!(graph, "slow", async move |doc, context| {
            sleep(Duration::from_secs(3)).await;
            Ok(Doc::update().notes(format!("{} saw {}", context.node(), doc.notes.len())).round(1))
        });
        let quick = graph.node("quick", note);
        let pack = graph.worker("pack", pack);
        let last = graph.node("last", note);
        graph.start(slow).start(quick).fan_out(quick, pack, |_| 0..4).join([slow, pack.id()], last);
        graph.route(
            last,
            [slow, quick, NodeId::END],
            |doc, [slow, quick, end]| {
                if doc.round < 2 { vec![slow, quick] } else { vec![end] }
            },
        );
        graph.default_policy(Policy::default().spawned(spawned));
        graph.compile().unwrap().run(Doc::default()).into_future()
    };
    let (on_tasks, in_run) = (outcome(true).await.unwrap(), outcome(false).await.unwrap());
    assert_eq!(on_tasks.state().notes.len(), 14);
    assert_eq!(on_tasks.state(), in_run.state());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_result_of_a_spawned_task_that_ends_after_the_failure_is_kept() {
    let (failed, has_failed) = channel();
    let has_failed = Mutex::new(has_failed);
    let mut graph = StateGraph::<Doc>::new("late");
    let (began, has_begun) = tokio::sync::oneshot::channel();
    let (began, has_begun) = (Mutex::new(Some(began)), Mutex::new(Some(has_begun)));
    let computes = node!(graph, "computes", async move |_| {
        let began = began.lock().unwrap().take().expect("the node runs once");
        began.send(()).unwrap();
        has_failed.lock().unwrap().recv_timeout(Duration::from_secs(60))?;
        Ok(Doc::update().notes("computed"))
    });
    let fails = node!(graph, "fails", async move |_| {
        let has_begun = has_begun.lock().unwrap().take();
        let Some(has_begun) = has_begun else { return Ok(Doc::update().notes("mended")) };
        has_begun.await?;
        Err("no luck".into())
    });
    graph.start(computes).start(fails).end(computes).end(fails).policy(computes, spawned());
    let graph = graph.compile().unwrap();
    let picture = expect![[r#"
        superstep 1: computes #1 started
        superstep 1: fails #1 started
        superstep 1: fails #1 failed: no luck
        superstep 1: computes #1 completed with DocUpdate(notes)
        failed: node `fails` failed in superstep 1, attempt 1: no luck
    "#]];
    let run = graph.run(Doc::default()).observe(move |event| {
        if let EventKind::NodeFailed { .. } = event.kind {
            failed.send(()).unwrap();
        }
    });
    let error = check(run, picture).await.unwrap_err();
    let outcome = graph.resume(error.into_position()).await.unwrap();
    assert_eq!(outcome.state().notes, ["computed", "mended"]);
}

#[tokio::test(start_paused = true)]
async fn the_result_of_a_late_task_in_a_cancelled_subgraph_is_kept() {
    let mut inner = StateGraph::<Doc>::new("inner");
    let works = node!(inner, "works", async move |_| {
        sleep(Duration::from_secs(1)).await;
        Ok(Doc::update().notes("worked"))
    });
    inner.start(works).end(works).policy(works, spawned());
    let mut graph = StateGraph::<Doc>::new("outer");
    let fails = node!(graph, "fails", async move |_, context| {
        sleep(Duration::from_secs(1)).await;
        if context.attempt() == 1 { Err("no luck".into()) } else { Ok(Doc::update().notes("mended")) }
    });
    let inner = Subgraph::new(
        inner.compile().unwrap(),
        |_: &Doc| Doc::default(),
        |doc| Doc::update().notes(doc.notes.concat()),
    );
    let nested = graph.node("nested", inner);
    graph.start(fails).start(nested).end(fails).end(nested).policy(fails, spawned());
    let graph = graph.compile().unwrap();
    let picture = expect![[r#"
        superstep 1: fails #1 started
        superstep 1: nested #1 started
        nested > superstep 1: works #1 started
        superstep 1: fails #1 failed: no luck
        nested > superstep 1: works #1 completed
        failed: node `fails` failed in superstep 1, attempt 1: no luck
    "#]];
    let error = check(graph.run(Doc::default()).id("r"), picture).await.unwrap_err();
    let picture = expect![[r#"
        superstep 1: fails #1 (attempt 2) started
        superstep 1: nested #1 started
        superstep 1: nested #1 completed with DocUpdate(notes)
        superstep 1: fails #1 (attempt 2) completed with DocUpdate(notes)
        finished after 1 supersteps
    "#]];
    check(graph.resume(error.into_position()), picture).await.unwrap();
}

/// A subgraph with spawned tasks, two of which sleep for two seconds, beside `other`.
fn nested(other: impl FnOnce(&mut StateGraph<Doc>) -> NodeId<Doc>) -> Graph<Doc> {
    let mut inner = StateGraph::<Doc>::new("inner");
    let first = inner.node("first", note);
    let slow = worker!(inner, "slow", async move |_, item: &u64| {
        sleep(Duration::from_secs(*item)).await;
        Ok(Doc::update().round(1))
    });
    inner.start(first).fan_out(first, slow, |_| [0, 2, 2]).end(slow).policy(slow, spawned());
    let inner = inner.compile().unwrap();
    let mut graph = StateGraph::<Doc>::new("outer");
    let nested = graph.node(
        "nested",
        Subgraph::new(inner, Doc::clone, |doc| Doc::update().round(doc.round).notes(doc.notes.concat())),
    );
    let other = other(&mut graph);
    graph.start(nested).end(nested).start(other).end(other);
    graph.compile().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_subgraph_that_is_stopped_while_spawned_tasks_run_resumes() {
    let graph = nested(|graph| graph.node("note", note));
    let limits = Limits { wall_clock: Some(Duration::from_secs(1)), ..Limits::default() };
    let Outcome::Stopped { position, .. } = graph.run(Doc::default()).limits(limits).await.unwrap() else {
        panic!("the limit was not reached");
    };
    for position in [position.clone(), position] {
        let outcome = graph.resume(position).await.unwrap();
        assert_eq!((outcome.state().round, &*outcome.state().notes), (3, &["first".to_owned(), "note".into()][..]));
    }
}

#[tokio::test(start_paused = true)]
async fn a_subgraph_that_is_cancelled_while_spawned_tasks_run_resumes() {
    let fails = AtomicUsize::new(1);
    let graph = nested(|graph| {
        node!(graph, "fails", async move |_| {
            sleep(Duration::from_secs(1)).await;
            let failures = fails.swap(0, Ordering::Relaxed);
            if failures > 0 { Err("no luck".into()) } else { Ok(Doc::update()) }
        })
    });
    let error = graph.run(Doc::default()).await.unwrap_err();
    let outcome = graph.resume(error.into_position()).await.unwrap();
    assert_eq!((outcome.state().round, &*outcome.state().notes), (3, &["first".to_owned()][..]));
}
