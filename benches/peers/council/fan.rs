//! The workload fan: a source, branches that append a number each, and a join that runs once and counts the numbers.

use council_core::{NodeResult, State, StateGraph};

use crate::measure::{Program, expect};
use crate::program;

#[derive(State, Default)]
struct Fan {
    #[state(append)]
    numbers: Vec<usize>,
    #[state(add)]
    joins: usize,
    count: usize,
}

async fn source(_: &Fan) -> NodeResult<Fan> {
    Ok(Fan::update())
}

async fn count(fan: &Fan) -> NodeResult<Fan> {
    Ok(Fan::update().count(fan.numbers.len()).joins(1))
}

pub(crate) fn static_edges(branches: usize) -> Program {
    let mut graph = StateGraph::<Fan>::new("fan");
    let source = graph.node("source", source);
    let ids: Vec<_> = (0..branches)
        .map(|number| {
            council_core::node!(graph, format!("b{number}"), async move |_| Ok(Fan::update().numbers(number)))
        })
        .collect();
    let count = graph.node("count", count);
    graph.start(source);
    for &id in &ids {
        graph.edge(source, id);
    }
    graph.join(ids, count);
    graph.end(count);
    let graph = graph.compile().expect("a fan is a graph");
    program(graph, Fan::default, move |fan| {
        expect("runs of the join", fan.joins, 1)?;
        expect("numbers", fan.count, branches)
    })
}

/// The workload with one worker, to which the source sends one item per branch.
pub(crate) fn sent_items(branches: usize) -> Program {
    async fn work(_: &Fan, number: &usize) -> NodeResult<Fan> {
        Ok(Fan::update().numbers(*number))
    }
    let mut graph = StateGraph::<Fan>::new("fan");
    let source = graph.node("source", source);
    let work = graph.worker("work", work);
    let count = graph.node("count", count);
    graph.start(source);
    graph.fan_out(source, work, move |_| 0..branches);
    graph.edge(work, count).end(count);
    let graph = graph.compile().expect("a fan is a graph");
    program(graph, Fan::default, move |fan| {
        expect("runs of the join", fan.joins, 1)?;
        expect("numbers", fan.count, branches)
    })
}
