//! Retries of failed tasks.

use std::future::pending;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use council_core::{
    Failure, Graph, Limits, NodeError, Outcome, Policy, RetriesExhausted, Retry, State, StateGraph, error_chain, node,
    worker,
};
use expect_test::expect;
use tokio::time::Instant;

use crate::support::check;
use crate::{Doc, note};

fn retry(retry: Retry) -> Policy {
    Policy::default().retry(retry.jitter(false))
}

/// A node that fails in its first `failures` attempts and notes the time of each attempt.
fn shaky(failures: u32, policy: Policy, at: &Arc<Mutex<Vec<Instant>>>) -> Graph<Doc> {
    let at = Arc::clone(at);
    let mut graph = StateGraph::<Doc>::new("shaky");
    let node = node!(graph, "node", async move |_, context| {
        at.lock().unwrap().push(Instant::now());
        if context.attempt() <= failures {
            return Err(format!("no luck {}", context.attempt()).into());
        }
        Ok(Doc::update().notes("done"))
    });
    graph.start(node).end(node).policy(node, policy);
    graph.compile().unwrap()
}

#[tokio::test(start_paused = true)]
async fn attempts_are_numbered_and_each_pause_is_longer_than_the_last() {
    let at = Arc::default();
    let policy = retry(Retry::default().attempts(5).longest(Duration::from_secs(2)));
    let outcome = check(
        shaky(4, policy, &at).run(Doc::default()),
        expect![[r#"
        superstep 1: node #1 started
        superstep 1: node #1 failed, tried again in 500ms: no luck 1
        superstep 1: node #1 (attempt 2) started
        superstep 1: node #1 (attempt 2) failed, tried again in 1s: no luck 2
        superstep 1: node #1 (attempt 3) started
        superstep 1: node #1 (attempt 3) failed, tried again in 2s: no luck 3
        superstep 1: node #1 (attempt 4) started
        superstep 1: node #1 (attempt 4) failed, tried again in 2s: no luck 4
        superstep 1: node #1 (attempt 5) started
        superstep 1: node #1 (attempt 5) completed with DocUpdate(notes)
        finished after 1 supersteps
    "#]],
    )
    .await
    .unwrap();
    assert_eq!(outcome.state().notes, ["done"]);
    let pauses = at.lock().unwrap().windows(2).map(|two| (two[1] - two[0]).as_millis()).collect::<Vec<_>>();
    assert_eq!(pauses, [500, 1_000, 2_000, 2_000]);
}

#[tokio::test(start_paused = true)]
async fn the_last_failure_fails_the_run_and_a_resumed_run_retries_as_often() {
    let graph = shaky(4, retry(Retry::default().attempts(2)), &Arc::default());
    let error = graph.run(Doc::default()).id("r").await.unwrap_err();
    expect![[r#"
        run `r`: node `node` failed in superstep 1, attempt 2: no luck 2"#]]
    .assert_eq(&error_chain(&error));
    let error = graph.resume(error.into_position()).id("r").await.unwrap_err();
    expect![[r#"
        run `r`: node `node` failed in superstep 1, attempt 4: no luck 4"#]]
    .assert_eq(&error_chain(&error));
    assert!(graph.resume(error.into_position()).await.unwrap().is_finished());
}

#[tokio::test(start_paused = true)]
async fn one_attempt_is_no_retry() {
    let graph = shaky(1, retry(Retry::default().attempts(1)), &Arc::default());
    assert!(matches!(graph.run(Doc::default()).await.unwrap_err().failure(), Failure::Node { attempt: 1, .. }));
}

#[derive(Debug, thiserror::Error)]
#[error("busy")]
struct Busy;

#[tokio::test(start_paused = true)]
async fn only_retryable_failures_are_retried() {
    let mut graph = StateGraph::<Doc>::new("choosy");
    let node = node!(graph, "node", async move |_, context| {
        match context.attempt() {
            1 => Err(NodeError::from(Busy)),
            _ => Err("out of order".into()),
        }
    });
    let is_busy = |failure: &Failure| matches!(failure, Failure::Node { source, .. } if source.is::<Busy>());
    graph.start(node).end(node).policy(node, retry(Retry::default().attempts(9).when(is_busy)));
    check(
        graph.compile().unwrap().run(Doc::default()),
        expect![[r#"
            superstep 1: node #1 started
            superstep 1: node #1 failed, tried again in 500ms: busy
            superstep 1: node #1 (attempt 2) started
            superstep 1: node #1 (attempt 2) failed: out of order
            failed: node `node` failed in superstep 1, attempt 2: out of order
        "#]],
    )
    .await
    .unwrap_err();
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_retried_only_if_the_policy_says_so() {
    for (policy, finished) in [(Retry::default(), false), (Retry::default().when(|_| true), true)] {
        let mut graph = StateGraph::<Doc>::new("panics");
        let node = node!(graph, "node", async move |_, context| {
            assert!(context.attempt() > 1, "unlucky");
            Ok(Doc::update())
        });
        graph.start(node).end(node).policy(node, retry(policy));
        let ended = graph.compile().unwrap().run(Doc::default()).await;
        assert_eq!(ended.is_ok_and(|outcome| outcome.is_finished()), finished);
    }
}

#[tokio::test(start_paused = true)]
async fn a_task_that_waits_for_its_next_attempt_holds_no_permit() {
    let order = Arc::new(Mutex::new(Vec::new()));
    let (log, start) = (Arc::clone(&order), Instant::now());
    let mut graph = StateGraph::<Doc>::new("room");
    let read = graph.node("read", note);
    let pack = worker!(graph, "pack", async move |_, item: &u32, context| {
        log.lock().unwrap().push((*item, context.attempt(), start.elapsed().as_millis()));
        tokio::time::sleep(Duration::from_millis(1)).await;
        if *item == 0 && context.attempt() == 1 { Err("busy".into()) } else { Ok(Doc::update()) }
    });
    graph.start(read).fan_out(read, pack, |_| 0_u32..3).end(pack);
    graph.policy(pack, retry(Retry::default()).concurrency(1));
    let graph = graph.compile().unwrap();
    let limits = Limits { concurrency: Some(1.try_into().unwrap()), ..Limits::default() };
    graph.run(Doc::default()).limits(limits).await.unwrap();
    assert_eq!(*order.lock().unwrap(), [(0, 1, 0), (1, 1, 1), (2, 1, 2), (0, 2, 501)], "item, attempt, millisecond");
}

#[tokio::test(start_paused = true)]
async fn the_wall_clock_limit_ends_a_pause_and_a_resumed_run_makes_the_next_attempt() {
    let graph = shaky(2, retry(Retry::default()), &Arc::default());
    let limits = Limits { wall_clock: Some(Duration::from_secs(1)), ..Limits::default() };
    let Outcome::Stopped { position, .. } = graph.run(Doc::default()).limits(limits).await.unwrap() else {
        panic!("the limit was not reached");
    };
    check(
        graph.resume(position),
        expect![[r#"
            superstep 1: node #1 (attempt 3) started
            superstep 1: node #1 (attempt 3) completed with DocUpdate(notes)
            finished after 1 supersteps
        "#]],
    )
    .await
    .unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_first_rule_that_accepts_a_failure_decides_and_counts_only_its_own_failures() {
    let of_network = |failure: &Failure| failure.error::<io::Error>().is_some();
    let of_time = |failure: &Failure| matches!(failure, Failure::NodeTimedOut { .. });
    let network = Retry::default().attempts(3).pause(Duration::from_secs(10)).jitter(false).when(of_network);
    let time = Retry::default().attempts(2).pause(Duration::from_secs(7)).jitter(false).when(of_time);
    let all = Retry::default().attempts(9).jitter(false);
    let built = |policy: Policy, failures: &'static [&str]| {
        let mut graph = StateGraph::<Doc>::new("rules");
        let node = node!(graph, "node", async move |_, context| {
            match failures.get(context.attempt() as usize - 1) {
                Some(&"time") => pending().await,
                Some(&"network") => Err(io::Error::other("no route").into()),
                Some(other) => Err((*other).into()),
                None => Ok(Doc::update().round(1)),
            }
        });
        graph.start(node).end(node).policy(node, policy.timeout(Duration::from_secs(1)));
        graph.compile().unwrap()
    };
    let rules = Policy::default().retry(network).retry(time);
    let graph = built(rules.clone(), &["network", "time", "network", "time"]);
    assert!(graph.mermaid().contains("up to 4 attempts"), "{}", graph.mermaid());
    check(
        graph.run(Doc::default()),
        expect![[r#"
        superstep 1: node #1 started
        superstep 1: node #1 failed, tried again in 10s: no route
        superstep 1: node #1 (attempt 2) started
        superstep 1: node #1 (attempt 2) failed, tried again in 7s: took longer than its 1 s
        superstep 1: node #1 (attempt 3) started
        superstep 1: node #1 (attempt 3) failed, tried again in 20s: no route
        superstep 1: node #1 (attempt 4) started
        superstep 1: node #1 (attempt 4) failed: took longer than its 1 s
        failed: node `node` took longer than its 1 s in superstep 1, attempt 4
    "#]],
    )
    .await
    .unwrap_err();
    assert!(built(rules.clone(), &["network", "time", "network"]).run(Doc::default()).await.is_ok());
    assert!(built(rules.clone(), &["a fault of the node"]).run(Doc::default()).await.is_err(), "no rule accepts it");
    assert!(built(rules.retry(all), &["a fault of the node"; 8]).run(Doc::default()).await.is_ok());
    let never = Policy::default().retry(Retry::default().attempts(1)).retry(all);
    assert!(built(never, &["a fault of the node"]).run(Doc::default()).await.is_err(), "a later rule does not decide");
}

#[tokio::test(start_paused = true)]
async fn the_default_policy_applies_to_nodes_without_a_policy() {
    let mut graph = StateGraph::<Doc>::new("default");
    let fail = async |attempt: u32, of: u32| if attempt < of { Err("no luck".into()) } else { Ok(Doc::update()) };
    let left = node!(graph, "left", async move |_, context| fail(context.attempt(), 2).await);
    let right = node!(graph, "right", async move |_, context| fail(context.attempt(), 4).await);
    graph.start(left).edge(left, right).end(right);
    graph.policy(right, retry(Retry::default().attempts(4)));
    graph.policy(left, Policy::default().concurrency(1));
    graph.default_policy(retry(Retry::default().attempts(2)));
    assert!(graph.compile().unwrap().run(Doc::default()).await.unwrap().is_finished());
}

#[tokio::test(start_paused = true)]
async fn jitter_at_most_doubles_a_pause() {
    let mut pauses = std::collections::BTreeSet::new();
    for _ in 0..50 {
        let at = Arc::default();
        let policy = Policy::default().retry(Retry::default());
        shaky(1, policy, &at).run(Doc::default()).await.unwrap();
        let at = at.lock().unwrap();
        pauses.insert((at[1] - at[0]).as_millis());
    }
    assert!(pauses.len() > 1 && pauses.iter().all(|pause| (500..=1_001).contains(pause)), "{pauses:?}");
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_would_end_after_the_total_time_is_cut_to_its_rest() {
    for (total, times) in
        [(0, vec![0]), (400, vec![0, 400]), (1_500, vec![0, 500, 1_500]), (2_000, vec![0, 500, 1_500, 2_000])]
    {
        let (at, began) = (Arc::default(), Instant::now());
        let policy = retry(Retry::default().attempts(u32::MAX).total(Duration::from_millis(total)));
        shaky(u32::MAX, policy, &at).run(Doc::default()).await.unwrap_err();
        let at: Vec<_> = at.lock().unwrap().iter().map(|at| (*at - began).as_millis()).collect();
        assert_eq!(at, times, "total of {total} ms");
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_that_asks_for_a_longer_wait_than_the_rest_of_the_total_time_is_the_last() {
    let all = Retry::default().attempts(u32::MAX).total(Duration::from_secs(2));
    for (asked, all, times) in [
        (1_400, all.min_pause(|_| Some(Duration::from_millis(1_400))), vec![0, 1_900]),
        (1_700, all.min_pause(|_| Some(Duration::from_millis(1_700))), vec![0, 2_000]),
        (2_001, all.min_pause(|_| Some(Duration::from_millis(2_001))), vec![0]),
    ] {
        let (at, began) = (Arc::default(), Instant::now());
        shaky(u32::MAX, retry(all), &at).run(Doc::default()).await.unwrap_err();
        let at: Vec<_> = at.lock().unwrap().iter().map(|at| (*at - began).as_millis()).collect();
        assert_eq!(at, times, "asks for {asked} ms");
    }
}

#[tokio::test(start_paused = true)]
async fn the_error_of_the_last_attempt_can_say_which_limit_ended_the_retries() {
    let say_so = |error: &mut NodeError, retries: RetriesExhausted| {
        let RetriesExhausted { limit, failures, since, total, .. } = retries;
        let (since, total) = (since.as_millis(), total.as_millis());
        *error = format!("{error}: {limit:?}, {failures} failures, {since} of {total} ms").into();
    };
    let all = Retry::default().attempts(9).total(Duration::from_secs(60)).exhausted(say_so);
    let mut told = String::new();
    for ended in [all.attempts(2), all.cost(|_| 1, 3), all.total(Duration::from_secs(1))] {
        let error = shaky(9, retry(ended), &Arc::default()).run(Doc::default()).await.unwrap_err();
        told.push_str(&error.failure().cause());
        told.push('\n');
    }
    expect![[r"
        no luck 2: Attempts, 2 failures, 500 of 60000 ms
        no luck 3: Cost, 3 failures, 1500 of 60000 ms
        no luck 3: Total, 3 failures, 1000 of 1000 ms
    "]]
    .assert_eq(&told);
}
