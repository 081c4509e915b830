//! Drawings of graphs, and the path of a run in a drawing.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod escapes;
mod every_kind;
mod item_deciders;
mod laws;
mod loops;
mod path_certainty;
mod path_kinds;
mod paths;

use std::time::Duration;

use council_core::{
    Cache, DeciderResult, Graph, NodeId, NodeResult, Policy, Retry, State, StateGraph, Subgraph, decider,
};

#[derive(State, Clone, Debug, Default)]
struct Doc {
    #[state(add)]
    round: u32,
    items: Vec<u32>,
}

async fn pass(_: &Doc) -> NodeResult<Doc> {
    Ok(Doc::update())
}

async fn turn(_: &Doc) -> NodeResult<Doc> {
    Ok(Doc::update().round(1))
}

async fn work(_: &Doc, _: &u32) -> NodeResult<Doc> {
    Ok(Doc::update())
}

async fn fail(_: &Doc) -> NodeResult<Doc> {
    Err("the line is dead".into())
}

/// A loop with a valve, a critic with three targets, and a join.
fn council() -> StateGraph<Doc> {
    let mut graph = StateGraph::<Doc>::new("council");
    let master = graph.node("master", turn);
    let critic = graph.node("critic", pass);
    let left = graph.node("left \"quoted\" <b>", pass);
    let right = graph.node("right #1", pass);
    let writer = graph.node("writer", pass);
    graph.start(master).edge(master, critic);
    graph
        .route(critic, [master, left, NodeId::END], |doc, [master, left, _]| if doc.round < 3 { master } else { left })
        .labels(["score < 8", "score >= 8", "hopeless"]);
    graph.edge(left, right);
    graph.join([left, right], writer);
    graph.visit_limit(master, 5, writer);
    graph.end(writer);
    graph
}

/// Two rounds of a draft and a check.
fn polish() -> Graph<Doc> {
    let mut graph = StateGraph::<Doc>::new("polish");
    let draft = graph.node("draft", turn);
    let check =
        decider!(graph, "check", async |doc| -> DeciderResult<Doc, bool> { Ok((Doc::update(), doc.round < 2)) });
    graph.start(draft).edge(draft, check);
    graph
        .decide(check, [draft, NodeId::END], |again, [draft, end]| if again { draft } else { end })
        .labels(["again", "good enough"]);
    graph.compile().unwrap()
}

/// A graph that contains every kind of node and edge.
fn everything() -> Graph<Doc> {
    let mut outer = StateGraph::<Doc>::new("inner");
    let nested = Subgraph::new(polish(), Doc::clone, |_| Doc::update());
    let nested = outer.node("polish", nested);
    outer.start(nested).end(nested);
    let inner = outer.compile().unwrap();

    let mut graph = StateGraph::<Doc>::new("everything");
    let read = graph.node("read", pass);
    let count = graph.worker("count", work);
    let each = graph.worker(
        "each",
        Subgraph::per_item(polish(), |_: &Doc, item: &u32| Doc { round: *item, ..Doc::default() }, |_| Doc::update()),
    );
    let deep = graph.node("deep", Subgraph::new(inner, Doc::clone, |_| Doc::update()));
    let risky = graph.node("risky", fail);
    let rescue = graph.node("rescue", pass);
    let one = graph.node("one", pass);
    let two = graph.node("two", pass);
    let last = graph.node("last", pass);
    graph.start(read);
    graph.fan_out(read, count, |doc| doc.items.clone());
    graph.fan_out(read, each, |doc| doc.items.clone());
    graph.edge(read, deep).edge(read, risky);
    graph.on_error(risky, [rescue], |_, _, [rescue]| Some(council_core::Command::goto(rescue)));
    graph.join([count.id(), each.id(), deep], one);
    graph.join([deep, risky], two);
    graph.join([rescue], two).edge(one, two);
    graph.join([one, two], last).end(last).end(two);
    graph.defer(last);
    graph.guard("budget", |doc| doc.round > 100, rescue).guard("time", |doc| doc.round > 1_000, NodeId::END);
    let policy = Policy::default().retry(Retry::default().pause(Duration::ZERO)).timeout(Duration::from_secs(30));
    graph.policy(risky, policy);
    graph.policy(count, Policy::default().concurrency(4));
    graph.cache_items(count, Cache::default(), |_, item| *item);
    graph.compile().unwrap()
}
