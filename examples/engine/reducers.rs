//! Reducers: how each field of a state takes the writes of two nodes that run side by side.
//!
//! `cargo run --example reducers`

use std::collections::BTreeMap;
use std::error::Error;

use council_core::{Graph, IdList, Identified, NodeResult, State, StateGraph};
use serde::Serialize;

#[derive(State, Default)]
struct Trip {
    /// Replaced, as every field without an attribute: by one node in a superstep at most.
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
    /// Items with an id: written again, they change in their place. A `Vec` does as well, for lists that stay short.
    #[state(by_id)]
    messages: IdList<Message>,
    /// By a function of one's own.
    #[state(first)]
    answer: String,
    /// Nodes see it as any other field; no journal will keep it.
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

/// The first answer stays: that of the node that was declared first, whichever has ended first.
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
        .prices([("train", 89)])
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
        .prices([("bus", 35), ("night bus", 49)])
        .messages(Message { id: "progress", text: "All have answered" }) // in the place of the train's
        .messages(Message { id: "warning", text: "The night bus is full" })
        .answer("The bus takes 9"))
}

async fn book(trip: &Trip) -> NodeResult<Trip> {
    let (vehicle, _) = trip.prices.iter().min_by_key(|(_, price)| **price).ok_or("no offers")?;
    Ok(Trip::update()
        .booked(*vehicle)
        .remove_messages("progress")
        .messages(Message { id: "ticket", text: "One seat" })
        .overwrite_log([format!("{} before this", trip.log.len())])) // whatever was in it, and whoever else writes to it
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
    println!("append     {:?}, overwritten in the end", trip.log);
    println!("add        {} requests", trip.requests);
    println!("max        {} ms at most", trip.slowest);
    println!("min        from {} euros", trip.cheapest);
    println!("merge      {:?}", trip.prices);
    for Message { id, text } in &trip.messages {
        println!("by_id      {id}: {text}");
    }
    println!("function   {}", trip.answer);

    let stored = serde_json::to_string(&Trip::update().requests(1).pages(vec![0; 40_000]))?;
    println!("untracked  {} bytes in the state; of an update a journal keeps {stored}", trip.pages.concat().len());

    // Two that set the same plain field side by side: nothing says who wins, so nobody does.
    let run = agency(&["Ada", "Bo"])?.run(Trip::default()).id("hasty");
    let Err(conflict) = run.await else { return Err("nobody noticed".into()) };
    println!("\n{conflict}");
    Ok(())
}
