//! Wide supersteps: thousands of questions and `once` blocks.

use council_core::journal::{Journal, Memory, ReadFrom};
use council_core::projection::{RunProjection, TypedRecord};
use council_core::{Graph, NodeId, State, StateGraph, worker};

use crate::{Doc, paused};

/// A worker that works once and asks, for each of these items.
fn census(items: u32) -> Graph<Doc> {
    let mut graph = StateGraph::<Doc>::new("census");
    let ask = worker!(graph, "ask", async move |_, item: &u32, context| {
        let name: String = context.once("look up", async { Ok(format!("name {item}")) }).await?;
        let age: u32 = context.ask(name.clone()).await?;
        Ok(Doc::update().notes(format!("{name} is {age}")))
    });
    graph.store_items(ask);
    graph.fan_out(NodeId::START, ask, move |_| 0..items).end(ask);
    graph.compile().unwrap()
}

#[tokio::test]
async fn thousands_of_questions_are_answered_in_any_order() {
    let (graph, journal) = (census(5_000), Memory::default());
    paused(graph.run(Doc::default()).id("r").journal(journal.clone()).await.unwrap());
    let mut position = graph.load(&journal, "r").await.unwrap();
    let asks = position.asks();
    assert_eq!((asks.len(), asks[4_999].id.as_str()), (5_000, "ask:1[4999].1"));
    for (place, ask) in (0_u32..5_000).zip(&asks).rev() {
        position.answer(&ask.id, &place).unwrap();
    }
    let doc = graph.resume(position).journal(journal.clone()).await.unwrap().into_state();
    assert_eq!((doc.notes.len(), doc.notes[4_999].as_str()), (5_000, "name 4999 is 4999"));
    let mut projection = RunProjection::<Doc>::default();
    for entry in journal.read("r", ReadFrom::Record(0)).await.unwrap().entries {
        projection.apply(TypedRecord::read(&entry.json).unwrap()).unwrap();
    }
    assert_eq!(projection.state(), &doc);
}
