//! Panics in user code at the barrier, and failures that are not retried.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use council_core::{
    Cache, Command, Failure, NodeId, NodeResult, Policy, Retry, State, StateGraph, Subgraph, decider, error_chain, node,
};
use expect_test::expect;

use crate::{Doc, note};

#[derive(State, Debug, Default)]
struct Stubborn {
    #[state(add)]
    round: u32,
}

impl Clone for Stubborn {
    fn clone(&self) -> Self {
        panic!("not me");
    }
}

#[tokio::test]
async fn a_panic_in_the_clone_of_the_state_fails_the_run_and_keeps_the_position() {
    let mut graph = StateGraph::<Stubborn>::new("values");
    let node = node!(graph, "node", async move |_| Ok(Stubborn::update().round(1)));
    graph.start(node).end(node);
    let graph = graph.compile().unwrap();
    let error = graph.run(Stubborn::default()).observe(|_| {}).values().id("r").await.unwrap_err();
    expect!["run `r`: a panic after superstep 1, outside of nodes, routes, guards and reducers: not me"]
        .assert_eq(&error_chain(&error));
    assert_eq!(graph.resume(error.into_position()).await.unwrap().state().round, 1);
}

struct Item;

impl Drop for Item {
    fn drop(&mut self) {
        assert!(std::thread::panicking(), "an item panics as it is dropped");
    }
}

#[tokio::test]
async fn a_panic_in_the_drop_of_an_item_does_not_fail_the_run() {
    async fn work(_: &Doc, _: &Item) -> NodeResult<Doc> {
        Ok(Doc::update().round(1))
    }
    let mut graph = StateGraph::<Doc>::new("items");
    let first = graph.node("first", note);
    let work = graph.worker("work", work);
    let last = graph.node("last", note);
    graph.start(first).fan_out(first, work, |_| [Item, Item]).edge(work, last).end(last);
    let outcome = graph.compile().unwrap().run(Doc::default()).await.unwrap();
    assert_eq!(outcome.state().notes, ["first", "last"]);
    assert_eq!(outcome.state().round, 2);
}

#[tokio::test]
async fn an_error_handler_of_a_decider_must_choose_a_target() {
    let mut graph = StateGraph::<Doc>::new("decides");
    let decides = decider!(graph, "decides", async move |doc| {
        if doc.text.is_empty() { Err("nothing to decide on".into()) } else { Ok((Doc::update(), true)) }
    });
    let last = graph.node("last", note);
    graph.start(decides).end(last);
    graph.decide(decides, [last, NodeId::END], |go_on, [last, end]| if go_on { last } else { end });
    graph.on_error(decides, (), |_, _, ()| Some(Command::update(Doc::update().text("helped"))));
    let graph = graph.compile().unwrap();
    let error = graph.run(Doc::default()).id("r").await.unwrap_err();
    expect![[r#"
        run `r`: the error handler of `decides` chose no target in superstep 1"#]]
    .assert_eq(&error_chain(&error));
    // The update is not in the state, and the task is open.
    assert_eq!((error.state().text.as_str(), error.position().open_tasks().count()), ("", 1));
}

#[tokio::test(start_paused = true)]
async fn failures_of_the_graph_are_not_retried() {
    let conflict = || {
        let mut inner = StateGraph::<Doc>::new("inner");
        let one = node!(inner, "one", async move |_| Ok(Doc::update().text("one")));
        let other = node!(inner, "other", async move |_| Ok(Doc::update().text("other")));
        inner.start(one).start(other).end(one).end(other);
        inner.compile().unwrap()
    };
    let mut graph = StateGraph::<Doc>::new("outer");
    let nested = graph.node("nested", Subgraph::new(conflict(), Doc::clone, |_| Doc::update()));
    graph.start(nested).end(nested);
    graph.policy(nested, Policy::default().retry(Retry::default()));
    let error = graph.compile().unwrap().run(Doc::default()).await.unwrap_err();
    assert!(matches!(error.failure(), Failure::Node { attempt: 1, .. }), "{error}");
    assert!(!error.failure().is_retryable());
    assert!(error.failure().error::<Failure>().is_some_and(|inside| matches!(inside, Failure::Conflict { .. })));
}

#[tokio::test]
async fn a_panic_in_a_cache_key_is_a_failure_of_the_node() {
    let mut graph = StateGraph::<Doc>::new("cache");
    let node = graph.node("node", note);
    graph.start(node).end(node);
    graph.cache(node, Cache::default(), |_| -> u32 { panic!("no key") });
    graph.on_error(node, (), |_, failure, ()| Some(Command::update(Doc::update().text(failure.to_string()))));
    let outcome = graph.compile().unwrap().run(Doc::default()).await.unwrap();
    expect!["node `node` panicked in superstep 1, attempt 1: no key"].assert_eq(&outcome.state().text);
}

#[tokio::test(start_paused = true)]
async fn a_cache_hit_needs_no_permit_and_evicts_nothing() {
    let ran = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&ran);
    let mut graph = StateGraph::<Doc>::new("cache");
    let node = node!(graph, "node", async move |doc| {
        count.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_secs(if doc.text == "slow" { 60 } else { 1 })).await;
        Ok(Doc::update())
    });
    graph.start(node).end(node);
    graph.cache(node, Cache::default().entries(2), |doc| doc.text.clone());
    graph.policy(node, Policy::default().concurrency(1));
    let graph = graph.compile().unwrap();
    let run = |text: &str| graph.run(Doc { text: text.into(), ..Doc::default() }).into_future();
    run("quick").await.unwrap();
    let began = tokio::time::Instant::now();
    let (_, quick) = tokio::join!(run("slow"), async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        run("quick").await.unwrap();
        began.elapsed()
    });
    assert_eq!(quick, Duration::from_secs(1));
    // Both results are kept: a result that replaces its older version evicts no other result.
    run("slow").await.unwrap();
    run("quick").await.unwrap();
    assert_eq!(ran.load(Ordering::SeqCst), 2);
}
