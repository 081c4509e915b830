//! Spans: every log line of a node names its run, node and attempt, also inside subgraphs.
//!
//! `cargo run --example spans`

use std::error::Error;
use std::time::Duration;

use council_core::{Context, Graph, NodeResult, Policy, Retry, State, StateGraph, Subgraph, node};
use tracing::{Level, info, warn};

#[derive(State, Clone, Default)]
struct Invoice {
    customer: &'static str,
    paid: bool,
}

async fn charge(invoice: &Invoice, context: &Context<Invoice>) -> NodeResult<Invoice> {
    if context.attempt() == 1 {
        warn!("the bank is busy");
        return Err("busy".into());
    }
    info!(customer = invoice.customer, "charged");
    Ok(Invoice::update().paid(true))
}

fn payment() -> Result<Graph<Invoice>, council_core::BuildError> {
    let mut graph = StateGraph::<Invoice>::new("payment");
    let charge = graph.node("charge", charge);
    let retry = Retry::default().pause(Duration::from_millis(1));
    graph.policy(charge, Policy::default().retry(retry));
    graph.start(charge).end(charge);
    graph.compile()
}

fn month_end() -> Result<Graph<Invoice>, council_core::BuildError> {
    let mut graph = StateGraph::<Invoice>::new("month end");
    let pay = graph.node("pay", Subgraph::new(payment()?, Invoice::clone, |paid| Invoice::update().paid(paid.paid)));
    let mail = node!(graph, "mail", async |_| {
        info!("the receipt is out");
        Ok(Invoice::update())
    });
    graph.start(pay).edge(pay, mail).end(mail);
    graph.compile()
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // Any `tracing` subscriber works. This one writes lines; others send the spans to a collector.
    tracing_subscriber::fmt()
        .with_max_level(Level::INFO) // with `DEBUG`, supersteps have spans too
        .without_time()
        .with_target(false)
        .with_level(false)
        .with_ansi(false)
        .init();
    month_end()?.run(Invoice { customer: "Ada", ..Invoice::default() }).id("r-1").await?;
    Ok(())
}
