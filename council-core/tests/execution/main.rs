//! Runs of graphs, each compared with a readable list of its events.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod barrier;
mod caches;
mod callers;
mod cancelling;
mod cancelling_now;
mod closures;
mod context;
mod deciders;
mod deferred;
mod detail;
mod failures;
mod fan_out;
mod fan_out_failures;
mod guards;
mod item_decider_items;
mod item_deciders;
mod joins;
mod limits;
mod merging;
mod panics;
mod recovering;
mod retries;
mod serialized;
mod spawned;
mod spawned_cancelled;
mod starts;
mod stopping;
mod subgraph_stops;
mod subgraphs;
#[path = "../support/mod.rs"]
mod support;
mod times_and_bounds;
mod wide;

use std::time::Duration;

use council_core::{Context, Graph, NodeId, NodeResult, State, StateGraph, node};
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

async fn note(_: &Doc, context: &Context<Doc>) -> NodeResult<Doc> {
    Ok(Doc::update().notes(context.node()))
}

/// A worker that notes its index and its item: `pack[1] got 7`.
async fn pack(_: &Doc, item: &u32, context: &Context<Doc>) -> NodeResult<Doc> {
    Ok(Doc::update().notes(format!("{}[{}] got {item}", context.node(), context.item().unwrap())))
}

/// `first -> {slow, quick} -> join -> last`. `slow` is declared before `quick` and ends after it.
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

/// A council. The critic accepts the draft of round `content`. A valve allows five drafts.
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

fn alone(node_of: impl FnOnce(&mut StateGraph<Doc>) -> NodeId<Doc>) -> Graph<Doc> {
    let mut graph = StateGraph::<Doc>::new("alone");
    let node = node_of(&mut graph);
    graph.start(node).end(node);
    graph.compile().unwrap()
}
