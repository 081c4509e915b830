//! juncture: typed state with reducers, edges and conditional edges as in LangGraph.

use std::sync::Arc;

use juncture_core::edge::PathMap;
use juncture_core::graph::{GraphOutput, StateGraph};
use juncture_core::node::NodeFnUpdate;
use juncture_core::{RunnableConfig, State};
use juncture_derive::State;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::measure::{Program, expect};
use crate::messages::{Message, merge_by_id};
use crate::runtime;

#[derive(Clone, Debug, Default, Deserialize, Serialize, State)]
struct Chain {
    #[reducer(custom = merge_by_id)]
    messages: Vec<Message>,
}

/// A chain of nodes that return nothing.
pub(crate) fn chain(nodes: usize) -> Program {
    let mut graph = StateGraph::<Chain>::new();
    let names: Vec<String> = (0..nodes).map(|number| format!("n{number}")).collect();
    for name in &names {
        let node = NodeFnUpdate(|_: &Chain| async { Ok(ChainUpdate::default()) });
        graph.add_node_simple(name, node).expect("a new name");
    }
    for pair in names.windows(2) {
        graph.add_edge(&pair[0], &pair[1]);
    }
    graph.set_entry_point(&names[0]);
    graph.set_finish_point(&names[nodes - 1]);
    program(graph, Chain::default, |chain| expect("messages", chain.messages.len(), 0))
}

#[derive(Clone, Debug, Default, Deserialize, Serialize, State)]
struct Council {
    topic: String,
    draft: String,
    #[reducer(append)]
    feedback: Vec<String>,
    #[reducer(custom = add)]
    iteration: usize,
    score: f64,
}

fn add(sum: &mut usize, update: usize) {
    *sum += update;
}

/// Master and critic in a loop, then the writer.
pub(crate) fn council(iterations: usize) -> Program {
    let master = NodeFnUpdate(|_: &Council| async {
        Ok(CouncilUpdate { draft: Some("d".repeat(1_024)), iteration: Some(1), ..CouncilUpdate::default() })
    });
    let critic = NodeFnUpdate(|council: &Council| {
        let score = Some(council.iteration as f64);
        async move {
            let feedback = Some(vec!["too short so far".to_owned()]);
            Ok(CouncilUpdate { feedback, score, ..CouncilUpdate::default() })
        }
    });
    let writer = NodeFnUpdate(|council: &Council| {
        let draft = Some(council.draft.clone());
        async { Ok(CouncilUpdate { draft, ..CouncilUpdate::default() }) }
    });
    let mut graph = StateGraph::<Council>::new();
    graph.add_node_simple("master", master).expect("a new name");
    graph.add_node_simple("critic", critic).expect("a new name");
    graph.add_node_simple("writer", writer).expect("a new name");
    graph.add_edge("master", "critic");
    let router = router(move |council| if council.iteration < iterations { "master" } else { "writer" });
    let targets = PathMap::from(&[("master", "master"), ("writer", "writer")]);
    graph.add_conditional_edges("critic", Arc::new(router), targets);
    graph.set_entry_point("master");
    graph.set_finish_point("writer");
    let input = || Council { topic: "sixteen letters.".to_owned(), ..Council::default() };
    program(graph, input, move |council| {
        expect("feedback", council.feedback.len(), iterations)?;
        expect("iterations", council.iteration, iterations)?;
        expect("letters in the topic", council.topic.len(), 16)
    })
}

/// Gives a closure the signature that the crate's blanket implementation requires.
fn router<F: Fn(&Council) -> &str>(router: F) -> F {
    router
}

#[derive(Clone, Debug, Default, Deserialize, Serialize, State)]
struct Fan {
    #[reducer(append)]
    numbers: Vec<usize>,
    #[reducer(custom = add)]
    joins: usize,
    count: usize,
}

/// A source, branches that append a number each, and a join that counts the numbers.
pub(crate) fn fan(branches: usize) -> Program {
    let mut graph = StateGraph::<Fan>::new();
    graph.add_node_simple("source", NodeFnUpdate(|_: &Fan| async { Ok(FanUpdate::default()) })).expect("a new name");
    let count = NodeFnUpdate(|fan: &Fan| {
        let update = FanUpdate { count: Some(fan.numbers.len()), joins: Some(1), ..FanUpdate::default() };
        async { Ok(update) }
    });
    graph.add_node_simple("count", count).expect("a new name");
    for number in 0..branches {
        let name = format!("b{number}");
        let branch = NodeFnUpdate(move |_: &Fan| async move {
            Ok(FanUpdate { numbers: Some(vec![number]), ..FanUpdate::default() })
        });
        graph.add_node_simple(&name, branch).expect("a new name");
        graph.add_edge("source", &name);
        graph.add_edge(&name, "count");
    }
    graph.set_entry_point("source");
    graph.set_finish_point("count");
    program(graph, Fan::default, move |fan| {
        expect("runs of the join", fan.joins, 1)?;
        expect("numbers", fan.count, branches)
    })
}

fn program<S>(graph: StateGraph<S>, input: fn() -> S, check: impl Fn(&S) -> Result<(), String> + 'static) -> Program
where
    S: State + DeserializeOwned + Serialize,
    S::Update: Serialize,
{
    let graph = graph.compile().expect("the graph compiles");
    let runtime = runtime();
    let config = RunnableConfig::new().with_recursion_limit(usize::MAX);
    Box::new(move || {
        let run: Result<GraphOutput<S, S>, _> = runtime.block_on(graph.invoke_async(input(), &config));
        check(&run.map_err(|error| error.to_string())?.value)
    })
}
