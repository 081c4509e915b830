//! Reducers: how each field of a state combines the writes of two nodes of one superstep.
//!
//! `cargo run --example reducers`

use std::collections::BTreeMap;
use std::error::Error;

use council_core::{Graph, IdList, Identified, NodeResult, State, StateGraph};
use serde::Serialize;

#[derive(State, Default)]
struct Trip {
    /// A plain field, without an attribute: a write replaces it. At most one node of a superstep may write it.
    booked: &'static str,
    #[state(append)]
    log: Vec<String>,
    #[state(add)]
    requests: u32,
    #[state(max)]
    slowest: u32,
    #[state(min)]
    cheapest: u32,
    #[state(merge)]
    prices: BTreeMap<&'static str, u32>,
    /// Items with an id: an item with a known id replaces the old one in its place. For short lists a `Vec` is enough.
    #[state(by_id)]
    messages: IdList<Message>,
    /// Combined by a function of your own.
    #[state(first)]
    answer: String,
    /// Nodes see it like any other field. No journal stores it.
    #[state(append, untracked)]
    pages: Vec<Vec<u8>>,
}

#[derive(Clone, Serialize)]
struct Message {
    id: &'static str,
    text: &'static str,
}

impl Identified for Message {
    type Id = str;

    fn id(&self) -> &str {
        self.id
    }
}

/// Keeps the first answer. Updates are applied in the order in which nodes are declared, so the result is always the same.
fn first(answer: &mut String, another: String) {
    if answer.is_empty() {
        *answer = another;
    }
}

async fn train(_: &Trip) -> NodeResult<Trip> {
    Ok(Trip::update()
        .log("asked the railway")
        .requests(3)
        .slowest(120)
        .cheapest(89)
        .prices("train", 89)
        .messages(Message { id: "progress", text: "The railway has answered" })
        .answer("The train takes 4 hours")
        .pages(vec![0; 40_000]))
}

async fn bus(_: &Trip) -> NodeResult<Trip> {
    Ok(Trip::update()
        .log("asked two bus lines")
        .requests(2)
        .slowest(700)
        .cheapest(35)
        .extend_prices([("bus", 35), ("night bus", 49)])
        .messages(Message { id: "progress", text: "All have answered" }) // replaces the message of `train`
        .messages(Message { id: "warning", text: "The night bus is full" })
        .answer("The bus takes 9"))
}

async fn book(trip: &Trip) -> NodeResult<Trip> {
    let (vehicle, _) = trip.prices.iter().min_by_key(|(_, price)| **price).ok_or("no offers")?;
    Ok(Trip::update()
        .booked(*vehicle)
        .remove_messages("progress")
        .messages(Message { id: "ticket", text: "One seat" })
        .overwrite_log([format!("{} before this", trip.log.len())])) // replaces the whole list
}

fn agency(clerks: &[&str]) -> Result<Graph<Trip>, council_core::BuildError> {
    let mut graph = StateGraph::<Trip>::new("agency");
    let train = graph.node("train", train);
    let bus = graph.node("bus", bus);
    graph.start(train).start(bus);
    for clerk in clerks {
        let book = graph.node(*clerk, book);
        graph.join([train, bus], book).end(book);
    }
    graph.compile()
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let trip = agency(&["Ada"])?.run(Trip { cheapest: u32::MAX, ..Trip::default() }).await?.into_state();
    println!("replace    booked the {}", trip.booked);
    println!("append     {:?}, after an overwrite", trip.log);
    println!("add        {} requests", trip.requests);
    println!("max        {} ms at most", trip.slowest);
    println!("min        from {} euros", trip.cheapest);
    println!("merge      {:?}", trip.prices);
    for Message { id, text } in &trip.messages {
        println!("by_id      {id}: {text}");
    }
    println!("function   {}", trip.answer);

    let stored = serde_json::to_string(&Trip::update().requests(1).pages(vec![0; 40_000]))?;
    println!("untracked  {} bytes in the state; a journal stores the update {stored}", trip.pages.concat().len());

    // Two nodes of one superstep set the same plain field: that is an error.
    let run = agency(&["Ada", "Bo"])?.run(Trip::default()).id("hasty");
    let Err(conflict) = run.await else { return Err("the conflict was not found".into()) };
    println!("\n{conflict}");
    Ok(())
}
