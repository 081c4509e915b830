//! The workload chain: nodes in a chain that return nothing.

use council_core::{Identified, NodeResult, State, StateGraph};

use crate::measure::{Program, expect};
use crate::program;

#[derive(Clone)]
pub(crate) struct Message {
    id: u64,
}

impl Identified for Message {
    type Id = u64;

    fn id(&self) -> &u64 {
        &self.id
    }
}

#[derive(State, Default)]
struct Chain {
    #[state(by_id)]
    messages: Vec<Message>,
}

pub(crate) fn chain(nodes: usize) -> Program {
    async fn nothing(_: &Chain) -> NodeResult<Chain> {
        Ok(Chain::update())
    }
    let mut graph = StateGraph::<Chain>::new("chain");
    let ids: Vec<_> = (0..nodes).map(|number| graph.node(format!("n{number}"), nothing)).collect();
    graph.start(ids[0]);
    for pair in ids.windows(2) {
        graph.edge(pair[0], pair[1]);
    }
    graph.end(ids[nodes - 1]);
    let graph = graph.compile().expect("a chain is a graph");
    program(graph, Chain::default, |chain| expect("messages", chain.messages.len(), 0))
}
