//! The workload council: master and critic in a loop, then the writer.

use council_core::{NodeResult, State, StateGraph};

use crate::measure::{Program, expect};
use crate::program;

#[derive(State, Default)]
struct Council {
    topic: String,
    draft: String,
    #[state(append)]
    feedback: Vec<String>,
    #[state(add)]
    iteration: usize,
    score: f64,
}

pub(crate) fn council(iterations: usize) -> Program {
    async fn master(_: &Council) -> NodeResult<Council> {
        Ok(Council::update().draft("d".repeat(1_024)).iteration(1))
    }
    async fn critic(council: &Council) -> NodeResult<Council> {
        Ok(Council::update().feedback("too short so far").score(council.iteration as f64))
    }
    async fn writer(council: &Council) -> NodeResult<Council> {
        Ok(Council::update().draft(council.draft.clone()))
    }
    let mut graph = StateGraph::<Council>::new("council");
    let master = graph.node("master", master);
    let critic = graph.node("critic", critic);
    let writer = graph.node("writer", writer);
    graph.start(master);
    graph.edge(master, critic);
    graph.route(
        critic,
        [master, writer],
        move |council, [rework, done]| {
            if council.iteration < iterations { rework } else { done }
        },
    );
    graph.end(writer);
    let graph = graph.compile().expect("the council is a graph");
    let input = || Council { topic: "sixteen letters.".to_owned(), ..Council::default() };
    program(graph, input, move |council| {
        expect("feedback", council.feedback.len(), iterations)?;
        expect("iterations", council.iteration, iterations)?;
        expect("letters in the topic", council.topic.len(), 16)
    })
}
