//! Graphs inside graphs, as deep as they may be.

use council_core::journal::{Journal, Memory, ReadFrom};
use council_core::projection::{RunProjection, TypedRecord};
use council_core::stored::At;
use council_core::{Graph, State, StateGraph, Subgraph, node};

use crate::{Doc, paused};

/// The largest depth.
const DEPTH: usize = 20;

/// Graphs of the largest nesting depth. A node of the innermost graph asks.
fn deep() -> Graph<Doc> {
    let mut graph = StateGraph::<Doc>::new("g");
    let ask = node!(graph, "node", async move |_, context| {
        assert_eq!(context.path().len(), DEPTH - 1);
        Ok(Doc::update().text(context.ask::<String>("What?").await?))
    });
    graph.start(ask).end(ask);
    let mut inner = graph.compile().unwrap();
    for _ in 1..DEPTH {
        let mut graph = StateGraph::<Doc>::new("g");
        let output = |doc: Doc| Doc::update().text(doc.text).notes("out");
        let inside = graph.node("node", Subgraph::new(inner, Doc::clone, output).stored());
        graph.start(inside).end(inside);
        inner = graph.compile().unwrap();
    }
    inner
}

#[tokio::test]
async fn a_deep_run_is_stored_loaded_and_resumed() {
    let (graph, journal) = (deep(), Memory::default());
    let run = graph.run(Doc::default()).id("r").journal(journal.clone());
    let position = paused(run.observe(|event| drop(event.to_string())).await.unwrap());
    let id = [["node:1"; DEPTH].join("/").as_str(), ".1"].concat();
    assert_eq!(position.asks()[0].id, id);
    // The records, a snapshot, a position in a record, and a projection of both.
    let loaded = graph.load(&journal, "r").await.unwrap();
    let json = graph.snapshot(&loaded).unwrap();
    let restored = graph.restore(&json).unwrap();
    assert_eq!(graph.snapshot(&restored).unwrap(), json);
    paused(graph.resume(restored.clone()).id("other").journal(journal.clone()).await.unwrap());
    for run in ["r", "other"] {
        let mut position = graph.load(&journal, run).await.unwrap();
        position.answer(&id, "That.").unwrap();
        let doc = graph.resume(position).journal(journal.clone()).await.unwrap().into_state();
        assert_eq!(doc, Doc { text: "That.".into(), notes: vec!["out".into()] });
        let mut projection = RunProjection::<Doc>::default();
        for entry in journal.read(run, ReadFrom::Record(0)).await.unwrap().entries {
            projection.apply(TypedRecord::read(&entry.json).unwrap()).unwrap();
        }
        assert_eq!(projection.state(), &doc);
        assert_eq!(graph.load_at(&journal, run, At::End).await.unwrap().state(), &doc);
    }
    assert!(graph.mermaid().contains("node") && graph.dot().contains("node"));
}
