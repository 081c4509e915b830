//! A journal behind a pointer: each function that reads or writes runs takes it.

use std::sync::Arc;

use council_core::journal::{Journal, Memory, close, reopen};
use council_core::stored::At;
use council_core::{Outcome, State, StateGraph, node};
use serde::{Deserialize, Serialize};

#[derive(State, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Text {
    text: String,
}

#[tokio::test]
async fn a_journal_may_be_a_trait_object() {
    let mut graph = StateGraph::<Text>::new("g");
    let write = node!(graph, "write", async move |_| Ok(Text::update().text("a text")));
    graph.start(write).end(write);
    let graph = graph.compile().unwrap();
    let shared: Arc<dyn Journal> = Arc::new(Memory::default());
    let run = graph.run(Text::default()).id("r").journal(Arc::clone(&shared)).pause_before(["write"]);
    assert!(matches!(run.await.unwrap(), Outcome::Paused { .. }));
    let journal: &dyn Journal = &*shared;
    assert_eq!(graph.load(journal, "r").await.unwrap().supersteps(), 0);
    assert_eq!(graph.load_at(journal, "r", At::Superstep(0)).await.unwrap().state(), &Text::default());
    graph.fork(journal, "r", At::End, "fork").await.unwrap();
    assert_eq!(graph.history(journal, "fork").await.unwrap().len(), 0);
    close(journal, "r", "not needed", None).await.unwrap();
    reopen(journal, "r", None).await.unwrap();
}
