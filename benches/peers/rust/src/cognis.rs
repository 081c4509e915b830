//! cognis-graph: typed state with reducers; a node chooses the next node itself.
//!
//! Every task gets a clone of the state. Long fields are therefore behind an `Arc` here, with reducers that write in place
//! when the clones are gone.

#![allow(clippy::assign_op_pattern, reason = "the crate's derive writes it so")]

use std::sync::Arc;

use cognis_graph::cognis_core::{CognisError, Runnable, RunnableConfig};
use cognis_graph::{CompiledGraph, Goto, Graph, GraphState, NodeOut, node_fn};

use crate::measure::{Program, expect};
use crate::messages::{Message, merge_by_id};
use crate::runtime;

#[derive(Clone, Default, GraphState)]
struct Chain {
    #[reducer(custom = "merge_by_id")]
    messages: Vec<Message>,
}

/// A chain of nodes that return nothing.
pub(crate) fn chain(nodes: usize) -> Program {
    let mut graph = Graph::<Chain>::new().start_at("n0");
    for number in 0..nodes {
        let next = if number + 1 < nodes { Goto::node(format!("n{}", number + 1)) } else { Goto::End };
        let node = node_fn(format!("n{number}"), move |_: &Chain, _| {
            let next = next.clone();
            async move { Ok(NodeOut::goto_only(next)) }
        });
        graph = graph.node(format!("n{number}"), node);
    }
    program(graph, Chain::default, |chain| expect("messages", chain.messages.len(), 0))
}

#[derive(Clone, Default, GraphState)]
struct Council {
    topic: Arc<str>,
    draft: Arc<str>,
    #[reducer(custom = "append")]
    feedback: Arc<Vec<String>>,
    #[reducer(add)]
    iteration: usize,
    score: f64,
}

fn append(feedback: &mut Arc<Vec<String>>, update: Arc<Vec<String>>) {
    if !update.is_empty() {
        Arc::make_mut(feedback).extend(Arc::unwrap_or_clone(update));
    }
}

/// Master and critic in a loop, then the writer.
pub(crate) fn council(iterations: usize) -> Program {
    let master = node_fn("master", |_: &Council, _| async {
        let update = CouncilUpdate { draft: Some("d".repeat(1_024).into()), iteration: 1, ..CouncilUpdate::default() };
        Ok(NodeOut { update, goto: Goto::node("critic") })
    });
    let critic = node_fn("critic", move |council: &Council, _| {
        let iteration = council.iteration;
        async move {
            let feedback = Arc::new(vec!["too short so far".to_owned()]);
            let update = CouncilUpdate { feedback, score: Some(iteration as f64), ..CouncilUpdate::default() };
            let goto = Goto::node(if iteration < iterations { "master" } else { "writer" });
            Ok(NodeOut { update, goto })
        }
    });
    let writer = node_fn("writer", |council: &Council, _| {
        let draft = Some(council.draft.clone());
        async { Ok(NodeOut::end_with(CouncilUpdate { draft, ..CouncilUpdate::default() })) }
    });
    let graph = Graph::new().node("master", master).node("critic", critic).node("writer", writer).start_at("master");
    let input = || Council { topic: "sixteen letters.".into(), ..Council::default() };
    program(graph, input, move |council| {
        expect("feedback", council.feedback.len(), iterations)?;
        expect("iterations", council.iteration, iterations)?;
        expect("letters in the topic", council.topic.len(), 16)
    })
}

#[derive(Clone, Default, GraphState)]
struct Fan {
    #[reducer(append)]
    numbers: Vec<usize>,
    #[reducer(add)]
    joins: usize,
    count: usize,
}

/// A source, branches that append a number each, and a join that counts the numbers.
///
/// The crate runs a node once for each branch that names it, so only the last branch names the join and the others halt.
pub(crate) fn fan(branches: usize) -> Program {
    let names: Vec<String> = (0..branches).map(|number| format!("b{number}")).collect();
    let targets = names.clone();
    let source = node_fn("source", move |_: &Fan, _| {
        let goto = Goto::Multiple(targets.clone());
        async { Ok(NodeOut::goto_only(goto)) }
    });
    let mut graph = Graph::new().node("source", source).start_at("source");
    for (number, name) in names.into_iter().enumerate() {
        let last = number + 1 == branches;
        let branch = node_fn(name.clone(), move |_: &Fan, _| async move {
            let update = FanUpdate { numbers: vec![number], ..FanUpdate::default() };
            Ok(NodeOut { update, goto: if last { Goto::node("count") } else { Goto::Halt } })
        });
        graph = graph.node(name, branch);
    }
    let count = node_fn("count", |fan: &Fan, _| {
        let update = FanUpdate { count: Some(fan.numbers.len()), joins: 1, ..FanUpdate::default() };
        async { Ok(NodeOut::end_with(update)) }
    });
    program(graph.node("count", count), Fan::default, move |fan| {
        expect("runs of the join", fan.joins, 1)?;
        expect("numbers", fan.count, branches)
    })
}

fn program<S>(graph: Graph<S>, input: fn() -> S, check: impl Fn(&S) -> Result<(), String> + 'static) -> Program
where
    S: GraphState + Clone,
    S::Update: Clone,
{
    let graph: CompiledGraph<S> = graph.compile().expect("the graph compiles");
    let runtime = runtime();
    Box::new(move || {
        let config = RunnableConfig::default().with_recursion_limit(u32::MAX);
        let run: Result<S, CognisError> = runtime.block_on(graph.invoke(input(), config));
        check(&run.map_err(|error| error.to_string())?)
    })
}
