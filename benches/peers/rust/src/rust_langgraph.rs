//! rust-langgraph: a node takes the whole state and returns it.

use ::rust_langgraph::graph::StateGraph;
use ::rust_langgraph::pregel::BranchResult;
use ::rust_langgraph::{Config, Error, State};
use serde::{Deserialize, Serialize};

use crate::measure::{Program, expect};
use crate::messages::{Message, merge_by_id};
use crate::runtime;

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
struct Chain {
    messages: Vec<Message>,
}

impl State for Chain {
    fn merge(&mut self, other: Self) -> Result<(), Error> {
        merge_by_id(&mut self.messages, other.messages);
        Ok(())
    }
}

/// A chain of nodes that return nothing.
pub(crate) fn chain(nodes: usize) -> Program {
    let mut graph = StateGraph::<Chain>::new();
    let names: Vec<String> = (0..nodes).map(|number| format!("n{number}")).collect();
    for name in &names {
        graph.add_node(name, |_: Chain, _: &Config| async { Ok(Chain::default()) });
    }
    for pair in names.windows(2) {
        graph.add_edge(&pair[0], &pair[1]);
    }
    graph.set_entry_point(&names[0]);
    graph.set_finish_point(&names[nodes - 1]);
    program(graph, Chain::default, |chain| expect("messages", chain.messages.len(), 0))
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
struct Council {
    topic: String,
    draft: String,
    feedback: Vec<String>,
    iteration: usize,
    score: f64,
}

impl State for Council {
    fn merge(&mut self, other: Self) -> Result<(), Error> {
        *self = other;
        Ok(())
    }
}

/// Master and critic in a loop, then the writer.
pub(crate) fn council(iterations: usize) -> Program {
    let mut graph = StateGraph::<Council>::new();
    graph.add_node("master", |mut council: Council, _: &Config| async {
        council.draft = "d".repeat(1_024);
        council.iteration += 1;
        Ok(council)
    });
    graph.add_node("critic", |mut council: Council, _: &Config| async {
        council.feedback.push("too short so far".to_owned());
        council.score = council.iteration as f64;
        Ok(council)
    });
    graph.add_node("writer", |council: Council, _: &Config| async { Ok(council) });
    graph.add_edge("master", "critic");
    graph.add_conditional_edges("critic", move |council: &Council| {
        let target = if council.iteration < iterations { "master" } else { "writer" };
        async move { Ok(BranchResult::single(target)) }
    });
    graph.set_entry_point("master");
    graph.set_finish_point("writer");
    let input = || Council { topic: "sixteen letters.".to_owned(), ..Council::default() };
    program(graph, input, move |council| {
        expect("feedback", council.feedback.len(), iterations)?;
        expect("letters in the topic", council.topic.len(), 16)
    })
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
struct Fan {
    numbers: Vec<usize>,
    joins: usize,
    count: usize,
}

impl State for Fan {
    fn merge(&mut self, other: Self) -> Result<(), Error> {
        self.numbers.extend(other.numbers);
        self.joins += other.joins;
        self.count = other.count;
        Ok(())
    }
}

/// A source, branches that append a number each, and a join that counts the numbers.
pub(crate) fn fan(branches: usize) -> Program {
    let mut graph = StateGraph::<Fan>::new();
    graph.add_node("source", |fan: Fan, _: &Config| async { Ok(fan) });
    for number in 0..branches {
        let name = format!("b{number}");
        graph.add_node(&name, move |mut fan: Fan, _: &Config| async move {
            fan.numbers.push(number);
            Ok(fan)
        });
        graph.add_edge("source", &name);
        graph.add_edge(&name, "count");
    }
    graph.add_node("count", |mut fan: Fan, _: &Config| async {
        fan.count = fan.numbers.len();
        fan.joins += 1;
        Ok(fan)
    });
    graph.set_entry_point("source");
    graph.set_finish_point("count");
    program(graph, Fan::default, move |fan| {
        expect("runs of the join", fan.joins, 1)?;
        expect("numbers", fan.count, branches)
    })
}

fn program<S: State>(
    graph: StateGraph<S>,
    input: fn() -> S,
    check: impl Fn(&S) -> Result<(), String> + 'static,
) -> Program {
    let mut graph = graph.compile(None).expect("the graph compiles");
    let runtime = runtime();
    let config = Config::new().with_recursion_limit(usize::MAX);
    Box::new(move || {
        let state = runtime.block_on(graph.invoke(input(), config.clone())).map_err(|error| error.to_string())?;
        check(&state)
    })
}
