//! The records of a run in a journal.

use std::fmt::Write;

use council_core::journal::{Envelope, Journal, Memory, ReadFrom};
use council_core::stored::At;
use council_core::{Graph, NodeResult, State, StateGraph, Subgraph};
use expect_test::{Expect, expect};
use serde::{Deserialize, Serialize};

#[derive(State, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Text {
    text: String,
    #[state(append)]
    notes: Vec<String>,
}

async fn write(_: &Text) -> NodeResult<Text> {
    Ok(Text::update().text("a text"))
}

async fn note(text: &Text) -> NodeResult<Text> {
    Ok(Text::update().notes(text.text.clone()))
}

async fn fail(_: &Text) -> NodeResult<Text> {
    Err("no paper".into())
}

async fn records(graph: &Graph<Text>) -> (Memory, String) {
    let journal = Memory::default();
    let _ = graph.run(Text::default()).id("r").journal(journal.clone()).await;
    let mut lines = String::new();
    for entry in journal.read("r", ReadFrom::Record(0)).await.unwrap().entries {
        assert_eq!(Envelope::read(&entry.json).unwrap().to_json(), entry.json);
        writeln!(lines, "{}", entry.json).unwrap();
    }
    (journal, lines)
}

async fn check(graph: StateGraph<Text>, expected: Expect) -> (Graph<Text>, Memory) {
    let graph = graph.compile().unwrap();
    let (journal, lines) = records(&graph).await;
    expected.assert_eq(&lines);
    (graph, journal)
}

#[tokio::test]
async fn a_single_task_has_one_record_with_its_successors() {
    let mut graph = StateGraph::new("g");
    let (write, note) = (graph.node("write", write), graph.node("note", note));
    graph.start(write).end(note);
    graph.route(write, [note], |_, [note]| note);
    let (graph, journal) = check(
        graph,
        expect![[r#"
            {"v":3,"record":{"started":{"graph":"g","program":{"fields":{"append":["notes"],"replace":["text"]}},"input":{"text":"","notes":[]},"next":["write"]}}}
            {"v":3,"record":{"task_done":{"node":"write","update":{"text":"a text"},"committed":{"next":["note"]}}}}
            {"v":3,"record":{"task_done":{"node":"note","update":{"notes":["a text"]},"committed":{"next":[],"end":true}}}}
            {"v":3,"record":{"finished":{}}}
        "#]],
    )
    .await;
    let position = graph.load_at(&journal, "r", At::Record(2)).await.unwrap();
    assert_eq!((position.supersteps(), &*position.state().text), (1, "a text"), "the superstep is complete");
    assert_eq!(position.open_tasks().next().unwrap().node, "note");
    let history = graph.history(&journal, "r").await.unwrap();
    let changes: Vec<_> =
        history.iter().map(|change| (change.record, change.superstep, change.by.to_string())).collect();
    assert_eq!(changes, [(2, 1, "write".to_owned()), (3, 2, "note".to_owned())]);
}

#[tokio::test]
async fn the_tasks_of_one_superstep_have_records_of_their_own() {
    let mut graph = StateGraph::new("g");
    let (write, note) = (graph.node("write", write), graph.node("note", note));
    graph.start(write).start(note).end(write).end(note);
    let expected = expect![[r#"
        {"v":3,"record":{"started":{"graph":"g","program":{"fields":{"append":["notes"],"replace":["text"]}},"input":{"text":"","notes":[]},"next":["write","note"]}}}
        {"v":3,"record":{"task_done":{"node":"write","update":{"text":"a text"}}}}
        {"v":3,"record":{"task_done":{"node":"note","update":{"notes":[""]}}}}
        {"v":3,"record":{"committed":{"next":[],"end":true}}}
        {"v":3,"record":{"finished":{}}}
    "#]];
    check(graph, expected).await;
}

#[tokio::test]
async fn a_superstep_that_fails_at_its_barrier_keeps_its_tasks() {
    let mut graph = StateGraph::new("g");
    let (write, note) = (graph.node("write", write), graph.node("note", note));
    graph.start(write).end(note);
    graph.route(write, [note], |_, [note]| if true { panic!("lost") } else { note });
    let expected = expect![[r#"
        {"v":3,"record":{"started":{"graph":"g","program":{"fields":{"append":["notes"],"replace":["text"]}},"input":{"text":"","notes":[]},"next":["write"]}}}
        {"v":3,"record":{"task_done":{"node":"write","update":{"text":"a text"}}}}
        {"v":3,"record":{"merged":{}}}
        {"v":3,"record":{"failed":{"error":"the route from `write` panicked after superstep 1: lost"}}}
    "#]];
    let (graph, journal) = check(graph, expected).await;
    let position = graph.load(&journal, "r").await.unwrap();
    assert_eq!(position.supersteps(), 0, "the superstep is not complete");
    assert_eq!(position.open_tasks().count(), 0, "its task is not run again");
}

#[tokio::test]
async fn a_failed_subgraph_keeps_its_ended_tasks() {
    let mut inner = StateGraph::new("inner");
    let (write, fail) = (inner.node("write", write), inner.node("fail", fail));
    inner.start(write).edge(write, fail).end(fail);
    let inner = inner.compile().unwrap();
    let mut graph = StateGraph::new("g");
    let part = Subgraph::new(inner, Text::clone, |text| Text::update().text(text.text)).stored();
    let part = graph.node("part", part);
    graph.start(part).end(part);
    let expected = expect![[r#"
        {"v":3,"record":{"started":{"graph":"g","program":{"fields":{"append":["notes"],"replace":["text"]},"subgraphs":{"part":{"fields":{"append":["notes"],"replace":["text"]}}}},"input":{"text":"","notes":[]},"next":["part"]}}}
        {"v":3,"in":[{"node":"part"}],"record":{"started":{"graph":"inner","input":{"text":"","notes":[]},"next":["write"]}}}
        {"v":3,"in":[{"node":"part"}],"record":{"task_done":{"node":"write","update":{"text":"a text"},"committed":{"next":["fail"]}}}}
        {"v":3,"in":[{"node":"part"}],"record":{"task_failed":{"node":"fail","error":"no paper"}}}
        {"v":3,"record":{"task_failed":{"node":"part","error":"node `fail` failed in superstep 2, attempt 1: no paper"}}}
        {"v":3,"record":{"failed":{"error":"node `part` failed in superstep 1, attempt 1: node `fail` failed in superstep 2, attempt 1: no paper"}}}
    "#]];
    check(graph, expected).await;
}
