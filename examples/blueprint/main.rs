//! Reads a blueprint from a JSON file and runs its council.
//!
//! `cargo run --example blueprint` runs `panel.json`: a panel of two critics, and two editors that work in parallel when both
//! critics approve. `-- FILE "another topic"` runs another file.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use council_core::{Event, EventKind, State, error_chain};
use council_llm::{Blueprint, ChatModel, Council, Environment, ModelSpec, Models, Rehearsal};

/// Runs the council of a blueprint.
#[derive(Parser)]
struct Arguments {
    /// The blueprint as JSON
    #[arg(default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/blueprint/panel.json"), hide_default_value = true)]
    file: PathBuf,
    /// The topic of the document
    #[arg(default_value = "Rust for newcomers")]
    topic: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Arguments { file, topic } = Arguments::parse();
    match run(&file, topic).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Error: {}", error_chain(&*error));
            ExitCode::FAILURE
        }
    }
}

async fn run(file: &Path, topic: String) -> Result<(), Box<dyn Error>> {
    let text = std::fs::read_to_string(file).map_err(|cause| format!("{} cannot be read: {cause}", file.display()))?;
    let blueprint: Blueprint =
        serde_json::from_str(&text).map_err(|cause| format!("{} is no blueprint: {cause}", file.display()))?;
    if let Some(migration) = &blueprint.migrated {
        eprintln!("Note: {migration}");
    }
    let environment = Environment::from_env();
    let models = Models::new(move |spec| match spec {
        ModelSpec::Rehearsal => Ok(Arc::new(Rehearsal::new().pace(Duration::ZERO)) as Arc<dyn ChatModel>),
        spec => environment.model(spec),
    });
    // Reports all faults of the blueprint and all missing keys at once.
    let graph = blueprint.graph(&models)?;
    println!("{} on “{topic}”", blueprint.name);

    let council = graph.run(Council::of(blueprint, topic)).observe(print_event).await?.finished()?;
    let end = if council.valve_opened { "not approved, ended" } else { "approved" };
    let words = council.draft.split_whitespace().count();
    println!("{end} in round {}, {words} words", council.iteration);
    Ok(())
}

/// Prints a line when an agent starts and when it ends.
fn print_event(event: &Event<Council>) {
    match &event.kind {
        EventKind::NodeStarted { task, .. } => println!("{:3} {:10} starts", event.superstep, task.node),
        EventKind::NodeCompleted { task, update: Some(update), .. } => {
            let mut part = Council::default();
            part.apply(update.clone());
            let result = match part.score {
                Some(score) => format!("{score} of 10"),
                None => format!("a draft of {} words", part.draft.split_whitespace().count()),
            };
            println!("{:3} {:10} {result}", event.superstep, task.node);
        }
        _ => {}
    }
}
