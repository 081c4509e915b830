//! A finished run, forked in its middle, with one more feedback in the fork. Both runs are compared.
//!
//! The fork has the same past as the first run, and the first run does not change.
//!
//! `cargo run --example fork`, or `-- "another topic"`

use std::error::Error;
use std::time::Duration;

use clap::Parser;
use council_core::journal::{Journal, Memory, RunFilter};
use council_core::stored::{At, LoadError};
use council_core::{Graph, State};
use council_llm::{CRITIC, Council, CouncilBuilder, MASTER, Rehearsal};

/// Runs a council, forks it in its middle, and compares both runs.
#[derive(Parser)]
struct Arguments {
    /// The topic of both runs
    #[arg(default_value = "Rust for newcomers")]
    topic: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let Arguments { topic } = Arguments::parse();
    let graph = CouncilBuilder::new(Rehearsal::new().pace(Duration::ZERO)).build()?;
    let journal = Memory::default(); // with `Sqlite` a fork also works in a later process
    let first = graph.run(Council::new(topic)).id("first").journal(journal.clone()).await?.finished()?;

    // The fork starts after the score of the first draft, before the master improves it.
    let mut position = graph.fork(&journal, "first", At::Superstep(2), "second").await?;
    position.edit(PERSON, Council::update().feedback("Name your sources, and close with a summary."));
    let second = graph.resume(position).journal(journal.clone()).await?.finished()?;

    let [left, right] = [changes(&graph, &journal, "first").await?, changes(&graph, &journal, "second").await?];
    for line in 0..left.len().max(right.len()) {
        let [left, right] = [&left, &right].map(|changes| changes.get(line).map_or("", String::as_str));
        println!("{}", format!("{left:36}{right}").trim_end());
    }
    for (name, council) in [("first", &first), ("second", &second)] {
        let words = council.document.as_deref().unwrap_or_default().split_whitespace().count();
        println!("{name}: {} drafts, {} of 10, {words} words", council.iteration, council.score.unwrap_or_default());
    }

    // The first run has not changed.
    assert_eq!(graph.load(&journal, "first").await?.state(), &first);
    for run in journal.runs(&RunFilter::default()).await? {
        let from = run.parent.map(|parent| format!(", forked from `{}`", parent.run));
        println!("`{}` is {}{}", run.run, run.status, from.unwrap_or_default());
    }
    Ok(())
}

/// One line for each change of a run: superstep, author and result.
async fn changes(graph: &Graph<Council>, journal: &Memory, run: &str) -> Result<Vec<String>, LoadError> {
    let mut council = Council::default();
    let mut lines = vec![format!("`{run}`")];
    for change in graph.history(journal, run).await? {
        council.apply(change.update);
        let by = change.by.to_string();
        let what = match &*by {
            MASTER => format!("draft {}", council.iteration),
            CRITIC => format!("{} of 10", council.score.unwrap_or_default()),
            PERSON => "adds feedback".to_owned(),
            _ => "the document".to_owned(),
        };
        lines.push(format!("{:2}  {by:12}  {what}", change.superstep));
    }
    Ok(lines)
}

const PERSON: &str = "a person";
