//! Nodes that are spread over the threads of the runtime.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use council_core::{
    EventKind, Failure, Graph, Limits, NodeId, Outcome, Policy, State, StateGraph, Subgraph, node, worker,
};
use expect_test::expect;
use tokio::time::sleep;

use crate::support::{chain, check};
use crate::{Doc, note, pack};

fn spread() -> Policy {
    Policy::default().spawned(true)
}

/// Cannot be cloned.
#[derive(State, Default)]
struct Heavy {
    weight: u32,
    #[state(append)]
    seen_at: Vec<usize>,
}

/// Where the state stands in memory, as a number.
fn address(heavy: &Heavy) -> usize {
    std::ptr::from_ref(heavy) as usize
}

/// Waits for the other of two that meet here, and blocks its thread until then.
fn meet(mine: &Mutex<Receiver<()>>, other: &Sender<()>) {
    other.send(()).unwrap();
    mine.lock().unwrap().recv_timeout(Duration::from_secs(60)).expect("the other has a thread of its own");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn spread_nodes_run_on_several_threads_and_share_one_state() {
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
    graph.policy(left, spread()).policy(right, spread());
    let outcome = graph.compile().unwrap().run(Heavy::default()).await.unwrap();
    let Heavy { weight, seen_at } = outcome.into_state();
    assert_eq!((weight, seen_at.len()), (7, 3));
    assert!(seen_at.iter().all(|address| *address == seen_at[0]), "one state, and no copy: {seen_at:?}");
}

#[tokio::test(start_paused = true)]
async fn a_spread_graph_gives_what_it_gives_otherwise() {
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
    let (spread, unspread) = (outcome(true).await.unwrap(), outcome(false).await.unwrap());
    assert_eq!(spread.state().notes.len(), 14);
    assert_eq!(spread.state(), unspread.state());
}

/// `other` beside a spread node that notes when it begins and is dropped, and waits for ever.
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
    graph.start(waits).end(waits).start(other).end(other).policy(waits, spread());
    graph.compile().unwrap()
}

/// The graph holds one, and the test another.
const NO_TASK: usize = 2;

#[tokio::test(start_paused = true)]
async fn a_failure_stops_spread_siblings_before_the_run_ends() {
    for spread_too in [true, false] {
        let held = Arc::new(());
        let graph = beside_one_that_waits(&held, |graph| {
            let fails = node!(graph, "fails", async move |_, context| {
                sleep(Duration::from_secs(1)).await;
                if context.attempt() == 1 { Err("no luck".into()) } else { Ok(Doc::update().notes("mended")) }
            });
            graph.policy(fails, Policy::default().spawned(spread_too));
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_result_of_a_late_spread_task_is_kept() {
    let (failed, has_failed) = channel();
    let has_failed = Mutex::new(has_failed);
    let mut graph = StateGraph::<Doc>::new("late");
    let (began, has_begun) = tokio::sync::oneshot::channel();
    let (began, has_begun) = (Mutex::new(Some(began)), Mutex::new(Some(has_begun)));
    let computes = node!(graph, "computes", async move |_| {
        let began = began.lock().unwrap().take().expect("it is done once");
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
    graph.start(computes).start(fails).end(computes).end(fails).policy(computes, spread());
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
    inner.start(works).end(works).policy(works, spread());
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
    graph.start(fails).start(nested).end(fails).end(nested).policy(fails, spread());
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

#[tokio::test(start_paused = true)]
async fn a_panic_is_the_nodes_error_and_the_state_comes_back() {
    for (spread_too, handled) in [(true, false), (false, false), (true, true), (false, true)] {
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
            graph.policy(panics, Policy::default().spawned(spread_too));
            panics
        });
        let error = graph.run(Doc { text: "kept".into(), ..Doc::default() }).id("r").await.unwrap_err();
        assert_eq!(Arc::strong_count(&held), NO_TASK);
        let expected = match error.failure() {
            Failure::HandlerPanicked { .. } => "run `r`: the error handler of `panics` panicked in superstep 1: worse",
            _ => "run `r`: node `panics` panicked in superstep 1, attempt 1: no luck",
        };
        assert_eq!(chain(&error), expected);
        assert_eq!(error.position().clone().into_state().text, "kept");
        let outcome = graph.resume(error.into_position()).await.unwrap();
        assert_eq!(outcome.state().notes, ["waited", "mended"]);
    }
}

#[tokio::test(start_paused = true)]
async fn the_wall_clock_and_time_limits_stop_spread_tasks_too() {
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
        graph.policy(late, spread().timeout(Duration::from_secs(2)));
        late
    });
    let error = late.run(Doc::default()).id("r").await.unwrap_err();
    expect!["run `r`: node `late` took longer than its 2 s in superstep 1, attempt 1"].assert_eq(&chain(&error));
    drop(graph);
    assert_eq!(Arc::strong_count(&held), NO_TASK);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_run_leaves_no_spread_task_behind() {
    let held = Arc::new(());
    let graph = beside_one_that_waits(&held, |graph| graph.node("note", note));
    let run = tokio::time::timeout(Duration::from_secs(1), graph.run(Doc::default()));
    assert!(run.await.is_err());
    // A paused clock goes on only when nothing else is left to do.
    sleep(Duration::from_millis(1)).await;
    assert_eq!(tokio::runtime::Handle::current().metrics().num_alive_tasks(), 0);
    assert_eq!(Arc::strong_count(&held), NO_TASK);
}

/// A subgraph with a spread node that takes a second in its first round, beside `other`.
fn nested(other: impl FnOnce(&mut StateGraph<Doc>) -> NodeId<Doc>) -> Graph<Doc> {
    let mut inner = StateGraph::<Doc>::new("inner");
    let first = inner.node("first", note);
    let slow = worker!(inner, "slow", async move |_, item: &u64| {
        sleep(Duration::from_secs(*item)).await;
        Ok(Doc::update().round(1))
    });
    inner.start(first).fan_out(first, slow, |_| [0, 2, 2]).end(slow).policy(slow, spread());
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
async fn a_subgraph_that_is_stopped_among_spread_tasks_goes_on() {
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
async fn a_subgraph_that_a_siblings_failure_stops_among_spread_tasks_goes_on() {
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
