//! Ids of questions and of runs. Each question has a unique id, whatever the names of the nodes are.

use std::collections::BTreeSet;

use council_core::journal::{Journal, Memory, RunFilter};
use council_core::{Graph, Position, State, StateGraph, Subgraph, node};

use crate::{Doc, paused};

/// Names that have the characters of ids and paths in them.
const NAMES: [&str; 12] =
    ["a", "b", "a:1/b", "a:1~1b", "a~1b", "~", "/", "//b", "a:1", "a:1.1/b:1", "a:1[0", "ä \"b\" %2F"];

/// Nodes with these names that ask for a word.
fn askers<'n>(graph: &mut StateGraph<Doc>, names: impl IntoIterator<Item = &'n &'n str>) {
    for name in names {
        let node = node!(graph, *name, async move |_, context| {
            let path = context.path().to_string();
            let word: String = context.ask(format!("{path}|{}", context.node())).await?;
            Ok(Doc::update().notes(word))
        });
        graph.start(node).end(node);
    }
}

/// A question of each name, and of each name in the subgraph `a`.
fn asking() -> Graph<Doc> {
    let mut inner = StateGraph::<Doc>::new("inner");
    askers(&mut inner, &NAMES);
    let mut graph = StateGraph::<Doc>::new("outer");
    let output = |doc: Doc| Doc::update().notes(doc.notes.join("; "));
    let inner = Subgraph::new(inner.compile().unwrap(), |_: &Doc| Doc::default(), output).stored();
    let inner = graph.node("a", inner);
    graph.start(inner).end(inner);
    askers(&mut graph, &NAMES[1..]);
    graph.compile().unwrap()
}

#[tokio::test]
async fn each_question_has_its_own_id() {
    let (graph, journal) = (asking(), Memory::default());
    paused(graph.run(Doc::default()).id("r").journal(journal.clone()).await.unwrap());
    let mut position: Position<Doc> = graph.load(&journal, "r").await.unwrap();
    let asks = position.asks();
    assert_eq!(asks.iter().map(|ask| &ask.id).collect::<BTreeSet<_>>().len(), 2 * NAMES.len() - 1);
    assert!(asks.iter().any(|ask| ask.id == "a:1/b:1.1") && asks.iter().any(|ask| ask.id == "a:1~1b:1.1"));
    for ask in asks.iter().rev() {
        position.answer(&ask.id, &ask.question::<String>().unwrap()).unwrap();
        assert!(position.answer(&ask.id, "twice").is_err());
    }
    let doc = graph.resume(position).journal(journal.clone()).await.unwrap().into_state();
    let inside = NAMES.map(|name| format!("a|{name}")).join("; ");
    let outside = NAMES[1..].iter().map(|name| format!("|{name}"));
    assert_eq!(doc.notes, [inside].into_iter().chain(outside).collect::<Vec<_>>());
}

#[tokio::test]
async fn unknown_ids_are_refused() {
    let graph = asking();
    let mut position = paused(graph.run(Doc::default()).await.unwrap());
    for id in [
        "",
        ".",
        "/",
        "a",
        "a:1",
        "a:1.1",
        "a:1.0",
        "b:1.0",
        "b:1.2",
        "b:2.1",
        "b:1[0].1",
        "a:1/",
        "a:1/b",
        "c:1.1",
        "a:1/b:1.1/b:1.1",
    ] {
        let error = position.answer(id, "yes").unwrap_err().to_string();
        assert!(error.starts_with(&format!("no question `{id}` is open")), "{error}");
    }
}

/// The id of a stored run is a UUID of version 7, so it is unique across processes too.
#[tokio::test]
async fn a_stored_run_has_a_unique_id() {
    let mut graph = StateGraph::<Doc>::new("g");
    let node = node!(graph, "node", async move |_, context| Ok(Doc::update().text(context.run())));
    graph.start(node).end(node);
    let (graph, journal) = (graph.compile().unwrap(), Memory::default());
    let mut ids = BTreeSet::new();
    for _ in 0..100 {
        ids.insert(graph.run(Doc::default()).journal(journal.clone()).await.unwrap().into_state().text);
    }
    assert_eq!(ids.len(), 100);
    for id in &ids {
        let parts: Vec<_> = id.split('-').collect();
        assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [8, 4, 4, 4, 12], "{id}");
        assert!(parts[2].starts_with('7') && parts[3].starts_with(['8', '9', 'a', 'b']), "{id}");
        let milliseconds = u64::from_str_radix(&parts[..2].concat(), 16).unwrap();
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
        assert!(now.abs_diff(milliseconds.into()) < 60_000, "{id}");
    }
    let listed = journal.runs(&RunFilter::default()).await.unwrap();
    assert_eq!(listed.into_iter().map(|entry| entry.run).collect::<BTreeSet<_>>(), ids);
    // Without a journal, an id need not be unique.
    assert!(graph.run(Doc::default()).await.unwrap().into_state().text.starts_with("run-"));
}
