//! The council of the workloads, kept in a journal.

use std::path::Path;
use std::time::Instant;

use council_core::journal::{Journal, Memory, RunFilter, Sqlite};
use council_core::stored::Durability;
use council_core::{Graph, Limits, NodeId, NodeResult, Outcome, RunBuilder, State, StateGraph, StopReason, worker};
use serde::{Deserialize, Serialize};
use tokio::runtime::Runtime;

use crate::harness::{FEEDBACK, Program, Side};

#[derive(State, Clone, Default, Serialize, Deserialize)]
struct Council {
    topic: String,
    draft: String,
    #[state(append)]
    feedback: Vec<String>,
    #[state(add)]
    iteration: usize,
    score: f64,
}

async fn master(_: &Council) -> NodeResult<Council> {
    Ok(Council::update().draft("d".repeat(1_024)).iteration(1))
}

async fn critic(council: &Council) -> NodeResult<Council> {
    Ok(Council::update().feedback("f".repeat(FEEDBACK)).score(f64::from(u32::try_from(council.iteration).unwrap_or(0))))
}

async fn writer(_: &Council) -> NodeResult<Council> {
    Ok(Council::update().draft("d".repeat(1_024)))
}

fn graph(iterations: usize) -> Graph<Council> {
    let mut graph = StateGraph::<Council>::new("council");
    let master = graph.node("master", master);
    let critic = graph.node("critic", critic);
    let writer = graph.node("writer", writer);
    graph.start(master).edge(master, critic).end(writer);
    graph.route(
        critic,
        [master, writer],
        move |council, [rework, done]| {
            if council.iteration < iterations { rework } else { done }
        },
    );
    graph.compile().expect("a sound graph")
}

fn run(graph: &Graph<Council>) -> RunBuilder<Council> {
    let input = Council { topic: "t".repeat(16), ..Council::default() };
    graph.run(input).limits(Limits { supersteps: u64::MAX, ..Limits::default() })
}

/// One run in an SQLite file.
pub(crate) fn council(iterations: usize, durability: Durability) -> Side {
    let name = match durability {
        Durability::Sync => "council, Sync",
        Durability::Async => "council, Async",
        Durability::Exit => "council, Exit",
        other => unreachable!("{other:?} is not measured"),
    };
    side(
        name,
        Box::new(move |directory| {
            let graph = graph(iterations);
            current_thread().block_on(async {
                let journal = open(directory).await;
                let began = Instant::now();
                let outcome = run(&graph).journal(journal.clone()).durability(durability).await.expect("a good end");
                let time = began.elapsed();
                assert_eq!(outcome.state().feedback.len(), iterations);
                journal.close().await.expect("a journal that is open");
                time
            })
        }),
    )
}

fn side(name: &'static str, program: Program) -> Side {
    Side { name, settings: "WAL, FULL", program }
}

/// One run without a journal.
pub(crate) fn unkept(iterations: usize) -> Side {
    Side { name: "no journal", settings: "none", program: in_memory(iterations, |run, _| run) }
}

/// One run in a journal in memory.
pub(crate) fn remembered(iterations: usize) -> Side {
    Side { name: "in memory", settings: "none", program: in_memory(iterations, RunBuilder::journal) }
}

fn in_memory(iterations: usize, setting: fn(RunBuilder<Council>, Memory) -> RunBuilder<Council>) -> Program {
    Box::new(move |_| {
        let graph = graph(iterations);
        current_thread().block_on(async {
            // It outlives the run, or there would be no use in it.
            let journal = Memory::default();
            let run = setting(run(&graph), journal.clone());
            let began = Instant::now();
            let outcome = run.await.expect("a good end");
            let time = began.elapsed();
            assert_eq!(outcome.state().feedback.len(), iterations);
            time
        })
    })
}

/// A number of concurrent runs in one file. Each superstep is on the disk before the next.
pub(crate) fn many(runs: usize, iterations: usize) -> Side {
    side(
        "council, Sync",
        Box::new(move |directory| {
            let graph = graph(iterations);
            Runtime::new().expect("a runtime").block_on(async {
                let journal = open(directory).await;
                let began = Instant::now();
                let started: Vec<_> =
                    (0..runs).map(|_| run(&graph).journal(journal.clone()).buffer(0).start()).collect();
                for run in started {
                    assert_eq!(run.await.expect("a good end").state().feedback.len(), iterations);
                }
                let time = began.elapsed();
                journal.close().await.expect("a journal that is open");
                time
            })
        }),
    )
}

/// Opens a file and loads a stopped run with this number of records.
pub(crate) fn resume(records: usize) -> Side {
    side(
        "council",
        Box::new(move |directory| {
            // Each superstep has one; so have the beginning and the stop.
            let supersteps = records as u64 - 2;
            let graph = graph(usize::MAX);
            current_thread().block_on(async {
                let journal = open(directory).await;
                let limits = Limits { supersteps, ..Limits::default() };
                let run = run(&graph).id("r").limits(limits).journal(journal.clone()).durability(Durability::Async);
                let outcome = run.await.expect("a limit");
                assert!(
                    matches!(outcome.finished(), Err(stopped) if stopped.reason == StopReason::Supersteps(supersteps))
                );
                journal.close().await.expect("a journal that is open");

                let began = Instant::now();
                let journal = open(directory).await;
                let position = graph.load(&journal, "r").await.expect("a run");
                let time = began.elapsed();
                assert_eq!(position.supersteps(), supersteps);
                let runs = journal.runs(&RunFilter::default()).await.expect("a list of runs");
                assert_eq!(runs[0].records, records as u64);
                journal.close().await.expect("a journal that is open");
                time
            })
        }),
    )
}

#[derive(State, Clone, Default, Serialize, Deserialize)]
struct Census {
    #[state(append)]
    names: Vec<String>,
}

/// Answers this number of open questions, of one superstep: loads the run, answers, and runs to the end.
pub(crate) fn questions(count: u32) -> Side {
    let program = move |_: &Path| {
        let mut graph = StateGraph::<Census>::new("census");
        let ask = worker!(graph, "ask", async move |_, item: &u32, context| {
            let name: String = context.ask(format!("Who lives in house {item}?")).await?;
            Ok(Census::update().names(name))
        });
        graph.store_items(ask);
        graph.fan_out(NodeId::START, ask, move |_| 0..count).end(ask);
        let graph = graph.compile().expect("a sound graph");
        current_thread().block_on(async {
            let journal = Memory::default();
            let run = graph.run(Census::default()).id("r").journal(journal.clone());
            assert!(matches!(run.await, Ok(Outcome::Paused { .. })));
            let began = Instant::now();
            let mut position = graph.load(&journal, "r").await.expect("a run");
            for ask in position.asks() {
                position.answer(&ask.id, "Ada").expect("an open question");
            }
            let outcome = graph.resume(position).journal(journal.clone()).await.expect("a good end");
            let time = began.elapsed();
            assert_eq!(outcome.state().names.len(), count as usize);
            time
        })
    };
    Side { name: "in memory", settings: "none", program: Box::new(program) }
}

/// Runs this number of tasks, each with a `once` block, in one superstep.
pub(crate) fn once_blocks(count: u32) -> Side {
    let program = move |_: &Path| {
        let mut graph = StateGraph::<Census>::new("census");
        let find = worker!(graph, "find", async move |_, item: &u32, context| {
            let name = context.once("find", async { Ok(format!("house {item}")) }).await?;
            Ok(Census::update().names(name))
        });
        graph.store_items(find);
        graph.fan_out(NodeId::START, find, move |_| 0..count).end(find);
        let graph = graph.compile().expect("a sound graph");
        current_thread().block_on(async {
            let journal = Memory::default();
            let began = Instant::now();
            let outcome = graph.run(Census::default()).journal(journal.clone()).await.expect("a good end");
            let time = began.elapsed();
            assert_eq!(outcome.state().names.len(), count as usize);
            time
        })
    };
    Side { name: "in memory", settings: "none", program: Box::new(program) }
}

async fn open(directory: &Path) -> Sqlite {
    Sqlite::open(directory.join("council.db")).await.expect("a journal")
}

pub(crate) fn current_thread() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime")
}
