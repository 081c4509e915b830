//! Nodes that fail: retry, timeout, error handlers and a cache.
//!
//! `cargo run --example resilience`

use std::error::Error;
use std::time::Duration;

use council_core::{
    Cache, Command, Context, Detail, EventKind, Failure, Graph, NodeResult, Policy, Retry, State, StateGraph,
};

#[derive(State, Default)]
struct Order {
    city: &'static str,
    /// In cents.
    rate: u32,
    forecast: String,
    receipt: String,
}

#[derive(Debug)]
enum PaymentError {
    Busy,
    Declined,
}

impl std::fmt::Display for PaymentError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Busy => "the bank is busy",
            Self::Declined => "the card is declined",
        })
    }
}

impl Error for PaymentError {}

/// Looks up the rate of a city. Its result is cached.
async fn rate(order: &Order) -> NodeResult<Order> {
    Ok(Order::update().rate(if order.city == "Oslo" { 900 } else { 450 }))
}

/// A service that never answers.
async fn forecast(_: &Order) -> NodeResult<Order> {
    std::future::pending().await
}

/// Is busy at the first attempt, and declines a large sum at every attempt.
async fn charge(order: &Order, context: &Context<Order>) -> NodeResult<Order> {
    match context.attempt() {
        1 => Err(PaymentError::Busy.into()),
        _ if order.rate > 500 => Err(PaymentError::Declined.into()),
        attempt => Ok(Order::update().receipt(format!("paid {} at attempt {attempt}", order.rate))),
    }
}

async fn invoice(order: &Order) -> NodeResult<Order> {
    Ok(Order::update().receipt(format!("an invoice over {}, by mail", order.rate)))
}

/// Whether another attempt makes sense. The error of the node is the source of the failure.
fn is_busy(failure: &Failure) -> bool {
    let error = failure.source().and_then(|error| error.downcast_ref());
    matches!(error, Some(PaymentError::Busy))
}

fn shop() -> Result<Graph<Order>, council_core::BuildError> {
    let mut graph = StateGraph::<Order>::new("shop");
    let rate = graph.node("rate", rate);
    let forecast = graph.node("forecast", forecast);
    let charge = graph.node("charge", charge);
    let invoice = graph.node("invoice", invoice);
    graph.start(rate).edge(rate, forecast).edge(forecast, charge).end(charge).end(invoice);

    // The policy of all nodes that have none of their own.
    graph.default_policy(Policy::default().timeout(Duration::from_millis(30)));
    // By default pauses have a random part; without jitter they are the same in every run.
    let retry = Retry::default().attempts(4).pause(Duration::from_millis(2)).jitter(false).when(is_busy);
    graph.policy(charge, Policy::default().retry(retry));
    // All runs of this graph use the result for one minute; the key is the city.
    graph.cache(rate, Cache::default().lifetime(Duration::from_secs(60)), |order| order.city);
    // An error handler is called when no attempt is left. It can supply the update of the node ...
    graph.on_error(forecast, [], |_, failure, []| match failure {
        Failure::NodeTimedOut { .. } => Some(Command::update(Order::update().forecast("unknown"))),
        _ => None, // not handled: the failure ends the run
    });
    // ... or continue with another node.
    graph.on_error(charge, [invoice], |_, _, [invoice]| Some(Command::goto(invoice)));
    graph.compile()
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let graph = shop()?;
    for city in ["Rome", "Rome", "Oslo"] {
        println!("A parcel to {city}");
        let mut run = graph.run(Order { city, ..Order::default() }).detail(Detail::TASKS).start();
        while let Some(event) = run.next().await {
            match event.kind {
                EventKind::NodeFailed { error, retry_in, .. } => {
                    let next = retry_in.map_or("given up".to_owned(), |pause| format!("again in {pause:?}"));
                    println!("  {error}; {next}");
                }
                EventKind::NodeCompleted { task, cached: true, .. } => println!("  {}: from the cache", task.node),
                _ => {}
            }
        }
        let order = run.await?.into_state();
        println!("  weather {}, {}", order.forecast, order.receipt);
    }
    Ok(())
}
