//! A council that can be killed. It keeps its run in a SQLite file and, started again with the same topic, goes on from there:
//! what an agent has written is not written again.
//!
//! `cargo run --example durable -- "Rust for newcomers"`, then Ctrl-C or `kill -9` when you like, and the same command again.

use std::error::Error;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use clap::Parser;
use council_core::journal::{JournalError, Line, LoadError, Saved, Sqlite};
use council_core::{Graph, Position, RunBuilder, State};
use council_llm::{CRITIC, Council, CouncilBuilder, Rehearsal};

/// A council that can be killed, and goes on when it is started again.
#[derive(Parser)]
struct Arguments {
    /// What to write about; a run is found again by it
    topic: String,
    /// The file that keeps the runs
    #[arg(long, value_name = "FILE", default_value = "durable.db")]
    database: PathBuf,
    /// How many milliseconds the rehearsal takes for a word: more gives you more time to kill it
    #[arg(long, value_name = "MS", default_value_t = 10)]
    pace: u64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let model = Rehearsal::new().pace(Duration::from_millis(arguments.pace));
    let graph = CouncilBuilder::new(model).build()?;
    let journal = Sqlite::open(&arguments.database).await?;

    let (run, known) = find(&graph, &journal, &arguments.topic).await?;
    println!("  kill it with Ctrl-C or `kill -9 {}`, and give the same command again", std::process::id());
    let known = Mutex::new(known);
    let run = run.journal(journal.clone()).on_saved(move |saved| tell(saved, &known));
    let council = run.await?.finished()?;

    println!("{} after {} drafts; in the journal:", score(&council), council.iteration);
    for change in graph.history(&journal, &arguments.topic).await? {
        println!("  superstep {}: {}", change.superstep, change.by);
    }
    println!("the document has {} words", council.document.unwrap_or_default().split_whitespace().count());
    journal.close().await?;
    Ok(())
}

/// The run with this topic for its id: where it stands in the journal, or a new one. And its state.
async fn find(
    graph: &Graph<Council>,
    journal: &Sqlite,
    topic: &str,
) -> Result<(RunBuilder<Council>, Council), LoadError> {
    match graph.load(journal, topic).await {
        Ok(position) => {
            println!("picked up {}", place(&position));
            let council = position.state().clone();
            Ok((graph.resume(position), council))
        }
        Err(LoadError::Journal(JournalError::NotFound { .. })) => {
            println!("begins");
            let council = Council::new(topic);
            Ok((graph.run(council.clone()).id(topic), council))
        }
        Err(error) => Err(error),
    }
}

fn place(position: &Position<Council>) -> String {
    let council = position.state();
    let draft = match council.iteration {
        0 => "before the first draft".to_owned(),
        draft => format!("after draft {draft}"),
    };
    match position.open_tasks().next().map(|task| task.node) {
        Some(CRITIC) => format!("{draft}, not scored yet: {CRITIC} comes next"),
        Some(next) => format!("{draft}, {}: {next} comes next", score(council)),
        None => format!("{draft}, {}: it has ended", score(council)),
    }
}

/// Tells what is on the disk now. An observer would be told earlier: of what a crash may still take.
fn tell(saved: Saved<'_>, known: &Mutex<Council>) {
    let mut council = known.lock().expect("nobody panics with it");
    for entry in saved.entries {
        let Ok(Line { done: Some(agent), update: Some(update), .. }) = Line::read(&entry.json) else { continue };
        let Ok(update) = serde_json::from_str(update.get()) else { continue };
        council.apply(update);
        let Council { iteration, document, .. } = &*council;
        match (&*agent, document) {
            (CRITIC, _) => println!("  kept: {agent} on draft {iteration}, {}", score(&council)),
            (_, None) => println!("  kept: {agent}, draft {iteration}"),
            (_, Some(_)) => println!("  kept: {agent}, the document"),
        }
    }
}

fn score(council: &Council) -> String {
    council.score.map_or("not scored yet".to_owned(), |score| format!("{score} of 10"))
}
