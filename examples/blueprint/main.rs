//! Reads a blueprint from a JSON file and runs its council.
//!
//! `cargo run --example blueprint` runs `panel.json`: a panel of two critics, and two editors that work in parallel when both
//! critics approve. `-- FILE "another topic"` runs another file.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use council_core::{Event, EventKind, State};
use council_llm::{Blueprint, ChatModel, Council, Environment, ModelSpec, Models, Rehearsal};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().unwrap_or(concat!(env!("CARGO_MANIFEST_DIR"), "/blueprint/panel.json").to_owned());
    let topic = arguments.next().unwrap_or("Rust for newcomers".to_owned());

    let blueprint: Blueprint = serde_json::from_str(&std::fs::read_to_string(&file)?)?;
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
