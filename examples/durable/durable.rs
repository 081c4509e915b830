//! A council that survives `kill -9`: its run is stored in a SQLite file.
//!
//! Started again with the same topic, it continues from there, and no finished agent works twice. Try `cargo run --example
//! durable -- "Rust for newcomers"`, then Ctrl-C or `kill -9` at any time, and the same command again.

use std::error::Error;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use clap::Parser;
use council_core::journal::{Envelope, JournalError, Sqlite, StoredRecord};
use council_core::stored::{LoadError, Saved};
use council_core::{Graph, Position, RunBuilder, State};
use council_llm::{CRITIC, Council, CouncilBuilder, Rehearsal};

/// A council that can be killed, and continues when it is started again.
#[derive(Parser)]
struct Arguments {
    /// What to write about; it is also the id of the run
    topic: String,
    /// The SQLite file that stores the runs
    #[arg(long, value_name = "FILE", default_value = "durable.db")]
    database: PathBuf,
    /// Milliseconds per word of the rehearsal model; a higher number gives you more time to kill the program
    #[arg(long, value_name = "MS", default_value_t = 10)]
    pace: u64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let model = Rehearsal::new().pace(Duration::from_millis(arguments.pace));
    let graph = CouncilBuilder::new(model).build()?;
    let journal = Sqlite::open(&arguments.database).await?;

    let (run, council) = find(&graph, &journal, &arguments.topic).await?;
    println!("  kill it with Ctrl-C or `kill -9 {}`, and give the same command again", std::process::id());
    let council = Mutex::new(council);
    let run = run.journal(journal.clone()).on_saved(move |saved| print_saved(saved, &council));
    let council = run.await?.finished()?;

    println!("{} after {} drafts; in the journal:", score(&council), council.iteration);
    for change in graph.history(&journal, &arguments.topic).await? {
        println!("  superstep {}: {}", change.superstep, change.by);
    }
    println!("the document has {} words", council.document.unwrap_or_default().split_whitespace().count());
    journal.close().await?;
    Ok(())
}

/// Loads the run with this topic as its id, or starts a new one. Returns the run and its state.
async fn find(
    graph: &Graph<Council>,
    journal: &Sqlite,
    topic: &str,
) -> Result<(RunBuilder<Council>, Council), LoadError> {
    match graph.load(journal, topic).await {
        Ok(position) => {
            println!("continues {}", describe(&position));
            let council = position.state().clone();
            Ok((graph.resume(position), council))
        }
        Err(LoadError::Journal(JournalError::NotFound { .. })) => {
            println!("starts");
            let council = Council::new(topic);
            Ok((graph.run(council.clone()).id(topic), council))
        }
        Err(error) => Err(error),
    }
}

/// Describes where a loaded run stands.
fn describe(position: &Position<Council>) -> String {
    let council = position.state();
    let draft = match council.iteration {
        0 => "before the first draft".to_owned(),
        draft => format!("after draft {draft}"),
    };
    match position.open_tasks().next().map(|task| task.node) {
        Some(CRITIC) => format!("{draft}, not scored yet; next is {CRITIC}"),
        Some(next) => format!("{draft}, {}; next is {next}", score(council)),
        None => format!("{draft}, {}; it has ended", score(council)),
    }
}

/// Prints each record that is on the disk. Observers get events earlier, so a crash can still undo what they show.
fn print_saved(saved: Saved<'_>, council: &Mutex<Council>) {
    let mut council = council.lock().expect("no holder of the lock panics");
    for entry in saved.entries {
        let Ok(Envelope { record: StoredRecord::TaskDone { node: agent, update, .. }, .. }) =
            Envelope::read(&entry.json)
        else {
            continue;
        };
        let Ok(update) = update.parse() else { continue };
        council.apply(update);
        let Council { iteration, document, .. } = &*council;
        match (&*agent, document) {
            (CRITIC, _) => println!("  saved: {agent} on draft {iteration}, {}", score(&council)),
            (_, None) => println!("  saved: {agent}, draft {iteration}"),
            (_, Some(_)) => println!("  saved: {agent}, the document"),
        }
    }
}

fn score(council: &Council) -> String {
    council.score.map_or("not scored yet".to_owned(), |score| format!("{score} of 10"))
}
