//! The order in which a program declares its nodes is not part of the past of a run.

use council_core::journal::{Journal, Memory, ReadFrom};
use council_core::projection::{RunProjection, TypedRecord};
use council_core::{Graph, StateGraph};

use crate::{Doc, Lab, note};

/// `plan -> left and right, side by side -> end`, with the nodes declared in this order.
fn graph(order: [&str; 3], lab: &Lab) -> Graph<Doc> {
    let mut graph = StateGraph::<Doc>::new("g");
    let nodes = order.map(|name| (name, note(&mut graph, name, lab)));
    let node = |name| nodes.iter().find(|(known, _)| *known == name).unwrap().1;
    graph.start(node("plan")).edge(node("plan"), node("left")).edge(node("plan"), node("right"));
    graph.end(node("left")).end(node("right"));
    graph.compile().unwrap()
}

#[tokio::test]
async fn a_run_goes_on_after_its_nodes_were_declared_in_another_order() {
    let (lab, journal) = (Lab::failing(["right"]), Memory::default());
    let run = graph(["plan", "left", "right"], &lab).run(Doc::default()).id("r").journal(journal.clone());
    run.await.unwrap_err();
    let other = graph(["right", "left", "plan"], &lab);
    let position = other.load(&journal, "r").await.unwrap();
    assert_eq!(position.open_tasks().map(|task| task.node).collect::<Vec<_>>(), ["right"]);
    let doc = other.resume(position).journal(journal.clone()).await.unwrap().into_state();
    assert_eq!(lab.take(), "plan, left, right, right");
    let mut projection = RunProjection::<Doc>::default();
    for entry in journal.read("r", ReadFrom::Record(0)).await.unwrap().entries {
        projection.apply(TypedRecord::read(&entry.json).unwrap()).unwrap();
    }
    // The superstep began when `left` came before `right`, and ends so.
    assert_eq!(doc.notes, projection.state().notes);
    assert_eq!(other.load(&journal, "r").await.unwrap().state(), &doc);
}
