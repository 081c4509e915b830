//! Workers that fail: kept results and repeated items.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use council_core::{Failure, Graph, Limits, NodeId, Outcome, Policy, Retry, State, StateGraph, error_chain, worker};
use expect_test::expect;
use tokio::time::sleep;

use crate::support::check;
use crate::{Doc, note};

/// Items 0 to 3. Each item takes its number of seconds. Item 2 fails while the switch is on.
fn failing(broken: &Arc<AtomicBool>) -> Graph<Doc> {
    let mut graph = StateGraph::<Doc>::new("failing");
    let read = graph.node("read", note);
    let broken = Arc::clone(broken);
    let pack = worker!(graph, "pack", async move |_, item: &u64| {
        sleep(Duration::from_secs(*item)).await;
        if *item == 2 && broken.load(Ordering::Relaxed) {
            return Err("out of boxes".into());
        }
        Ok(Doc::update().notes(format!("packed {item}")))
    });
    graph.start(read).fan_out(read, pack, |_| 0_u64..4).end(pack);
    graph.compile().unwrap()
}

#[tokio::test(start_paused = true)]
async fn after_a_failed_item_only_the_items_that_had_not_ended_run_again() {
    let broken = Arc::new(AtomicBool::new(true));
    let graph = failing(&broken);
    let error = check(
        graph.run(Doc::default()).id("r"),
        expect![[r#"
            superstep 1: read #1 started
            superstep 1: read #1 completed with DocUpdate(notes)
            superstep 2: pack[0] #1 started
            superstep 2: pack[0] #1 completed with DocUpdate(notes)
            superstep 2: pack[1] #1 started
            superstep 2: pack[2] #1 started
            superstep 2: pack[3] #1 started
            superstep 2: pack[1] #1 completed with DocUpdate(notes)
            superstep 2: pack[2] #1 failed: out of boxes
            failed: node `pack`, item 2, failed in superstep 2, attempt 1: out of boxes
        "#]],
    )
    .await
    .unwrap_err();
    expect![[r#"
        run `r`: node `pack`, item 2, failed in superstep 2, attempt 1: out of boxes"#]]
    .assert_eq(&error_chain(&error));
    let open: Vec<_> = error.position().open_tasks().map(|task| (task.place, task.node, task.item)).collect();
    assert_eq!(open, [(2, "pack", Some(2)), (3, "pack", Some(3))]);
    broken.store(false, Ordering::Relaxed);
    let outcome = check(
        graph.resume(error.into_position()),
        expect![[r#"
            superstep 2: pack[2] #1 (attempt 2) started
            superstep 2: pack[3] #1 started
            superstep 2: pack[2] #1 (attempt 2) completed with DocUpdate(notes)
            superstep 2: pack[3] #1 completed with DocUpdate(notes)
            finished after 2 supersteps
        "#]],
    )
    .await
    .unwrap();
    assert_eq!(outcome.state().notes, ["read", "packed 0", "packed 1", "packed 2", "packed 3"]);
}

#[tokio::test(start_paused = true)]
async fn only_the_item_that_failed_is_retried() {
    let mut graph = StateGraph::<Doc>::new("shaky");
    let pack = worker!(graph, "pack", async move |_, item: &u32, context| {
        if *item == 1 && context.attempt() < 3 {
            return Err("out of boxes".into());
        }
        Ok(Doc::update().notes(format!("packed {item} in attempt {}", context.attempt())))
    });
    graph.fan_out(NodeId::START, pack, |_| 0_u32..3).end(pack).policy(pack, Policy::default().retry(Retry::default()));
    let outcome = graph.compile().unwrap().run(Doc::default()).await.unwrap();
    assert_eq!(outcome.state().notes, ["packed 0 in attempt 1", "packed 1 in attempt 3", "packed 2 in attempt 1"]);
}

#[tokio::test(start_paused = true)]
async fn after_the_wall_clock_limit_only_the_items_that_had_not_ended_run_again() {
    let graph = failing(&Arc::default());
    let limits = Limits { wall_clock: Some(Duration::from_millis(1_500)), ..Limits::default() };
    let Outcome::Stopped { position, .. } = graph.run(Doc::default()).limits(limits).await.unwrap() else {
        panic!("the limit was not reached");
    };
    assert_eq!(position.open_tasks().map(|task| task.item).collect::<Vec<_>>(), [Some(2), Some(3)]);
    let outcome = graph.resume(position).await.unwrap();
    assert_eq!(outcome.state().notes, ["read", "packed 0", "packed 1", "packed 2", "packed 3"]);
}

#[tokio::test]
async fn two_items_that_write_a_plain_field_are_an_error() {
    let mut graph = StateGraph::<Doc>::new("conflict");
    let read = graph.node("read", note);
    let pack = worker!(graph, "pack", async move |_, item: &u32| {
        for _ in 0..*item {
            tokio::task::yield_now().await;
        }
        Ok(if *item == 1 { Doc::update() } else { Doc::update().text(item.to_string()) })
    });
    graph.start(read).end(pack);
    graph.route(read, pack, |_, pack: council_core::Worker<Doc, u32>| pack.send([3, 1]).and(pack.send([2])));
    let error = graph.compile().unwrap().run(Doc::default()).id("r").await.unwrap_err();
    assert!(matches!(error.failure(), Failure::Conflict { field: "text", .. }));
    expect!["run `r`: node `pack[2]` replaces `text`, which node `pack[0]` replaced in the same superstep, 2; give the field a reducer, or let the nodes run one after the other"]
    .assert_eq(&error_chain(&error));
}

#[tokio::test]
async fn a_panic_names_the_item() {
    let mut graph = StateGraph::<Doc>::new("panics");
    let read = graph.node("read", note);
    let pack = worker!(graph, "pack", async move |_, item: &u32| {
        tokio::task::yield_now().await;
        assert!(*item != 6, "six is too many");
        Ok(Doc::update())
    });
    graph.start(read).fan_out(read, pack, |_| 5_u32..8).end(pack);
    let graph = graph.compile().unwrap();
    let error = graph.run(Doc::default()).id("r").await.unwrap_err();
    expect!["run `r`: node `pack`, item 1, panicked in superstep 2, attempt 1: six is too many"]
        .assert_eq(&error_chain(&error));
    let again = graph.resume(error.into_position()).id("r").await.unwrap_err();
    expect!["run `r`: node `pack`, item 1, panicked in superstep 2, attempt 2: six is too many"]
        .assert_eq(&error_chain(&again));
}
