//! Failed nodes: kept updates and repeated tasks.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use council_core::{Graph, NodeError, State, StateGraph, error_chain, node};
use expect_test::expect;
use tokio::time::sleep;

use crate::support::check;
use crate::{Doc, note};

/// `fork -> {done, fails, slow}`. `fails` fails while the switch is on.
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
        sleep(Duration::from_secs(60)).await;
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
            superstep 2: fails #1 failed: the disk is full
            failed: node `fails` failed in superstep 2, attempt 1: the disk is full
        "#]],
    )
    .await
    .unwrap_err();
    assert!(began.elapsed() < Duration::from_secs(2), "the slow sibling was cancelled");
    expect![[r#"
        run `r-1`: node `fails` failed in superstep 2, attempt 1: the disk is full"#]]
    .assert_eq(&error_chain(&error));
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
    assert_eq!(ran.load(Ordering::Relaxed), 1, "the finished node was not run again");
}
