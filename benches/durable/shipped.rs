//! The council that is shipped, on a model with prepared answers: the bytes that its journal has for each byte that the models wrote.
//!
//! Each draft has about 4 KB and each verdict about 600 bytes; no draft passes before the last round.

use std::time::Instant;

use council_core::journal::{Journal, Memory, ReadFrom, Sqlite};
use council_core::{Graph, RunBuilder};
use council_llm::{Council, CouncilBuilder, ScriptedModel};

use crate::harness::Side;

/// The bytes that the models of a run write.
pub(crate) fn written(iterations: usize) -> usize {
    answers(iterations).iter().map(String::len).sum()
}

/// The run in an SQLite file.
pub(crate) fn on_disk(iterations: usize) -> Side {
    let program = move |directory: &std::path::Path| {
        let graph = graph(iterations);
        crate::ours::current_thread().block_on(async {
            let journal = Sqlite::open(directory.join("council.db")).await.expect("a journal");
            let began = Instant::now();
            let outcome = run(&graph).journal(journal.clone()).await.expect("a good end");
            let time = began.elapsed();
            assert_eq!(outcome.state().iteration as usize, iterations);
            journal.close().await.expect("a journal that is open");
            time
        })
    };
    Side { name: "in SQLite", settings: "WAL, FULL", program: Box::new(program) }
}

/// The records of the run and its last snapshot alone, as lines of a file.
pub(crate) fn records(iterations: usize) -> Side {
    let program = move |directory: &std::path::Path| {
        let graph = graph(iterations);
        crate::ours::current_thread().block_on(async {
            let journal = Memory::default();
            let began = Instant::now();
            run(&graph).journal(journal.clone()).await.expect("a good end");
            let time = began.elapsed();
            let stored = journal.read("r", ReadFrom::Record(0)).await.expect("a run");
            let snapshot = stored.snapshot.map(|(_, snapshot)| snapshot);
            let lines: Vec<String> = stored.entries.into_iter().map(|entry| entry.json).chain(snapshot).collect();
            std::fs::write(directory.join("records"), lines.join("\n")).expect("a file");
            time
        })
    };
    Side { name: "records alone", settings: "in memory", program: Box::new(program) }
}

fn run(graph: &Graph<Council>) -> RunBuilder<Council> {
    graph.run(Council::new("Rust for newcomers")).id("r")
}

fn graph(iterations: usize) -> Graph<Council> {
    let model = ScriptedModel::new("scripted", answers(iterations));
    let most = u32::try_from(iterations).expect("a small number");
    CouncilBuilder::new(model).max_iterations(most).build().expect("a sound council")
}

/// A draft and a verdict for each round, and the document.
fn answers(iterations: usize) -> Vec<String> {
    let draft = |number: usize| {
        format!("# Draft {number}\n\n{}", text("Rust moves a mistake from the night shift to the compiler", 68))
    };
    let verdict = format!("SCORE: 6.5\nVERDICT: REWORK\nFEEDBACK: {}", text("Say at once for whom this is", 19));
    let rounds = (1..=iterations).flat_map(|number| [draft(number), verdict.clone()]);
    rounds.chain([draft(0)]).collect()
}

/// Paragraphs of three sentences.
fn text(sentence: &str, sentences: usize) -> String {
    let sentences: Vec<_> =
        (1..=sentences).map(|number| format!("{sentence}.{}", if number % 3 == 0 { "\n\n" } else { " " })).collect();
    sentences.concat()
}
