//! Events: one run, watched by four readers at once, each in its own detail; one of them far too slow.
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
        context.emit("page", page)?; // an event of the node's own: a name, and anything that serialises
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
    let told = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&told);
    let run = graph
        .run(Report::default())
        .id("monday")
        .values() // the whole state after each superstep as well, for those who want it
        .observe(move |_| _ = count.fetch_add(1, Ordering::Relaxed)) // called in the run, of everything, without loss
        .detail(Detail::CUSTOM | Detail::UPDATES); // what the stream of the run has
    let (run, mut values) = run.channel(Detail::VALUES, 100); // as many channels as are wanted
    let (run, mut slow) = run.channel(Detail::TOKENS, 3); // with room for three events

    println!("The stream, as it comes:");
    let mut run = run.start();
    while let Some(event) = run.next().await {
        match &event.kind {
            EventKind::Custom { name, value, .. } => println!("  {name}: {value}"),
            EventKind::NodeCompleted { task, update: Some(update), .. } => println!("  {} wants {update:?}", task.node),
            _ => println!("  {event}"),
        }
    }
    let report = run.await?.into_state();

    println!("\nThe state after each superstep:");
    while let Some(event) = values.next().await {
        if let EventKind::Values { state } = &event.kind {
            println!("  {}: {} words, {:?}", event.superstep, state.words, state.text);
        }
    }

    println!("\nA reader that came only after the end:");
    while let Some(event) = slow.next().await {
        println!("  number {}: {event}", event.sequence);
    }

    println!("\nThe observer was told {} events of run `monday`.", told.load(Ordering::Relaxed));
    println!("The run did not wait for anybody: {}.", report.text);
    Ok(())
}
