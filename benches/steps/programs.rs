//! The workloads on this engine.

use std::sync::atomic::{AtomicUsize, Ordering};

use council_core::{Detail, Graph, Identified, Limits, NodeResult, State, StateGraph};
use tokio::runtime::Runtime;

use crate::harness::Program;

/// A message in the state of the chain.
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

/// A chain of `nodes` nodes that return nothing.
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
    program(graph, Chain::default, |chain| assert!(chain.messages.is_empty()))
}

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

fn council_graph(iterations: usize) -> Graph<Council> {
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
    graph.compile().expect("the council is a graph")
}

fn council_input() -> Council {
    Council { topic: "sixteen letters.".to_owned(), ..Council::default() }
}

/// Master and critic `iterations` times, then the writer.
pub(crate) fn council(iterations: usize) -> Program {
    program(council_graph(iterations), council_input, move |council| {
        assert_eq!((council.feedback.len(), council.topic.len()), (iterations, 16));
    })
}

/// The council with an observer of every event.
pub(crate) fn council_observed(iterations: usize) -> Program {
    let graph = council_graph(iterations);
    let runtime = runtime();
    Box::new(move || {
        let run = graph.run(council_input()).limits(UNLIMITED).observe(|event| {
            std::hint::black_box(event);
        });
        let outcome = runtime.block_on(run.into_future()).expect("the council runs");
        assert_eq!(outcome.state().feedback.len(), iterations);
    })
}

/// The council with a channel of all events, read on the same thread.
pub(crate) fn council_drained(iterations: usize) -> Program {
    let graph = council_graph(iterations);
    let runtime = runtime();
    Box::new(move || {
        let (run, mut events) = graph.run(council_input()).limits(UNLIMITED).channel(Detail::ALL, 8_192);
        let mut count = 0;
        let drain = async {
            while let Some(event) = events.next().await {
                std::hint::black_box(event);
                count += 1;
            }
        };
        let (outcome, ()) = runtime.block_on(futures_util::future::join(run.into_future(), drain));
        assert_eq!(outcome.expect("the council runs").state().feedback.len(), iterations);
        assert_eq!(count, 2 * (2 * iterations + 1) + 1);
    })
}

#[derive(State, Default)]
struct Fan {
    #[state(append)]
    numbers: Vec<usize>,
    count: usize,
}

async fn source(_: &Fan) -> NodeResult<Fan> {
    Ok(Fan::update())
}

async fn count(fan: &Fan) -> NodeResult<Fan> {
    Ok(Fan::update().count(fan.numbers.len()))
}

/// A source that sends `items` items to a worker that appends each, and a node that counts them.
pub(crate) fn fan_of_items(items: usize) -> Program {
    async fn work(_: &Fan, number: &usize) -> NodeResult<Fan> {
        Ok(Fan::update().numbers(*number))
    }
    let mut graph = StateGraph::<Fan>::new("fan");
    let source = graph.node("source", source);
    let work = graph.worker("work", work);
    let count = graph.node("count", count);
    graph.start(source).fan_out(source, work, move |_| 0..items).edge(work, count).end(count);
    let graph = graph.compile().expect("a fan is a graph");
    program(graph, Fan::default, move |fan| assert_eq!(fan.count, items))
}

/// A source, `branches` branches that append a number each, and a join that counts the numbers.
pub(crate) fn fan(branches: usize) -> Program {
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
    program(graph, Fan::default, move |fan| assert_eq!(fan.count, branches))
}

/// The number of clones of the state in a run of 100 supersteps.
pub(crate) fn clones_of_the_state() -> usize {
    static CLONES: AtomicUsize = AtomicUsize::new(0);

    #[derive(State, Default)]
    struct Counted {
        #[state(add)]
        round: u32,
        witness: Witness,
    }

    #[derive(Default)]
    struct Witness;

    impl Clone for Witness {
        fn clone(&self) -> Self {
            CLONES.fetch_add(1, Ordering::Relaxed);
            Self
        }
    }

    async fn turn(_: &Counted) -> NodeResult<Counted> {
        Ok(Counted::update().round(1))
    }

    let mut graph = StateGraph::<Counted>::new("counted");
    let turn = graph.node("turn", turn);
    graph.start(turn);
    graph.route(
        turn,
        [turn, council_core::NodeId::END],
        |state, [again, done]| {
            if state.round < 100 { again } else { done }
        },
    );
    let graph = graph.compile().expect("a loop is a graph");
    let outcome = runtime().block_on(graph.run(Counted::default()).into_future()).expect("the loop runs");
    assert_eq!(outcome.state().round, 100);
    CLONES.load(Ordering::Relaxed)
}

fn program<S: State<Deps = ()>>(graph: Graph<S>, input: fn() -> S, check: impl Fn(&S) + 'static) -> Program {
    let runtime = runtime();
    Box::new(move || {
        let run = graph.run(input()).limits(UNLIMITED);
        let outcome = runtime.block_on(run.into_future()).expect("the program runs");
        check(outcome.state());
    })
}

pub(crate) fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime")
}

const UNLIMITED: Limits = Limits { supersteps: u64::MAX, wall_clock: None, superstep_time: None, concurrency: None };
