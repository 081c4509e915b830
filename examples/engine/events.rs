//! Events: four readers of one run, each with its own level of detail. One reader is too slow and loses events.
//!
//! `cargo run --example events`

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use council_core::{Context, Detail, EventKind, Graph, NodeResult, State, StateGraph};
use serde::Serialize;

#[derive(State, Clone, Default)]
struct Report {
    text: String,
    #[state(add)]
    words: usize,
}

#[derive(Serialize)]
struct Page {
    title: &'static str,
    bytes: u32,
}

async fn read(_: &Report, context: &Context<Report>) -> NodeResult<Report> {
    let pages = [Page { title: "Owls", bytes: 4_200 }, Page { title: "Bridges", bytes: 1_100 }];
    for (done, page) in (1..).zip(&pages) {
        context.emit("page", page)?; // a custom event: a name and a value that implements `Serialize`
        context.progress(done, 2);
    }
    Ok(Report::update())
}

async fn write(_: &Report, context: &Context<Report>) -> NodeResult<Report> {
    let text = "Owls sleep under bridges while the town above them is wide awake";
    for word in text.split(' ') {
        context.token(format!("{word} "));
    }
    Ok(Report::update().text(text).words(text.split(' ').count()))
}

async fn sign(report: &Report) -> NodeResult<Report> {
    Ok(Report::update().text(format!("{}. Yours, the desk", report.text)))
}

fn desk() -> Result<Graph<Report>, council_core::BuildError> {
    let mut graph = StateGraph::<Report>::new("desk");
    let read = graph.node("read", read);
    let write = graph.node("write", write);
    let sign = graph.node("sign", sign);
    graph.start(read).edge(read, write).edge(write, sign).end(sign);
    graph.compile()
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let graph = desk()?;
    let observed = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&observed);
    let run = graph
        .run(Report::default())
        .id("monday")
        .values() // also emit the whole state after each superstep
        .observe(move |_| _ = count.fetch_add(1, Ordering::Relaxed)) // called in the run for every event
        .detail(Detail::CUSTOM | Detail::UPDATES); // the detail of the stream below
    let (run, mut values) = run.channel(Detail::VALUES, 100); // a run can have any number of channels
    let (run, mut slow) = run.channel(Detail::TOKENS, 3); // this channel has room for three events

    println!("The stream of the run:");
    let mut run = run.start();
    while let Some(event) = run.next().await {
        match &event.kind {
            EventKind::Custom { name, value, .. } => println!("  {name}: {value}"),
            EventKind::NodeCompleted { task, update: Some(update), .. } => {
                println!("  {} returned {update:?}", task.node);
            }
            _ => println!("  {event}"),
        }
    }
    let report = run.await?.into_state();

    println!("\nThe state after each superstep:");
    while let Some(event) = values.next().await {
        if let EventKind::Values { state, .. } = &event.kind {
            println!("  {}: {} words, {:?}", event.superstep, state.words, state.text);
        }
    }

    println!("\nA reader that starts after the end:");
    while let Some(event) = slow.next().await {
        println!("  number {}: {event}", event.sequence);
    }

    println!("\nThe observer was called for {} events of run `monday`.", observed.load(Ordering::Relaxed));
    println!("The run waited for no reader: {}.", report.text);
    Ok(())
}
