//! The order in which a program declares its nodes is not part of the past of a run.

use council_core::journal::{Journal, Memory, ReadFrom};
use council_core::projection::{RunProjection, TypedRecord};
use council_core::stored::At;
use council_core::{Graph, NodeId, State, StateGraph, Subgraph, worker};

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

/// `left`, `right` and two items of `work` start side by side, declared in this order; then comes `both`.
fn starts(order: [&str; 3], lab: &Lab) -> Graph<Doc> {
    let mut graph = StateGraph::<Doc>::new("g");
    let mut nodes = Vec::new();
    for name in order {
        if name == "work" {
            let lab = lab.clone();
            let work = worker!(graph, "work", async move |_, item: &u32, context| {
                lab.run(context.node())?;
                Ok(Doc::update().notes(format!("work {item}")))
            });
            graph.store_items(work);
            graph.fan_out(NodeId::START, work, |_| [1, 2]);
            nodes.push(work.id());
        } else {
            let node = note(&mut graph, name, lab);
            graph.start(node);
            nodes.push(node);
        }
    }
    let both = note(&mut graph, "both", lab);
    graph.join(nodes, both).end(both);
    graph.compile().unwrap()
}

#[tokio::test]
async fn a_worker_keeps_its_place_among_the_nodes() {
    let journal = Memory::default();
    let run = starts(["left", "work", "right"], &Lab::failing(["right"])).run(Doc::default());
    run.id("r").journal(journal.clone()).await.unwrap_err();
    let lab = Lab::default();
    let other = starts(["work", "right", "left"], &lab);
    let position = other.load(&journal, "r").await.unwrap();
    let restored = other.restore(&other.snapshot(&position).unwrap()).unwrap();
    let doc = other.resume(position).journal(journal.clone()).await.unwrap().into_state();
    assert_eq!(doc.notes, ["left", "work 1", "work 2", "right", "both"]);
    assert_eq!(other.resume(restored).await.unwrap().into_state().notes, doc.notes);
    assert_eq!(lab.take(), "right, both, right, both");
}

#[tokio::test]
async fn the_first_superstep_has_the_order_of_its_record() {
    let (lab, journal) = (Lab::default(), Memory::default());
    let start = |order: [&str; 2]| {
        let mut graph = StateGraph::<Doc>::new("g");
        for node in order.map(|name| note(&mut graph, name, &lab)) {
            graph.start(node).end(node);
        }
        graph.compile().unwrap()
    };
    start(["left", "right"]).run(Doc::default()).id("r").journal(journal.clone()).await.unwrap();
    let other = start(["right", "left"]);
    assert_eq!(other.load(&journal, "r").await.unwrap().state().notes, ["left", "right"]);
    let history = other.history(&journal, "r").await.unwrap();
    assert_eq!(history.iter().map(|change| change.by.to_string()).collect::<Vec<_>>(), ["left", "right"]);
    let open = other.load_at(&journal, "r", At::Superstep(0)).await.unwrap();
    assert_eq!(open.open_tasks().map(|task| task.node).collect::<Vec<_>>(), ["left", "right"]);
}

#[tokio::test]
async fn the_first_superstep_of_a_subgraph_has_the_order_of_its_record() {
    let journal = Memory::default();
    let outer = |order: [&str; 2], lab: &Lab| {
        let mut inner = StateGraph::<Doc>::new("inner");
        for node in order.map(|name| note(&mut inner, name, lab)) {
            inner.start(node).end(node);
        }
        let mut graph = StateGraph::<Doc>::new("outer");
        let inner =
            Subgraph::new(inner.compile().unwrap(), Doc::clone, |doc| Doc::update().notes(doc.notes.join(" and ")));
        let inner = graph.node("inner", inner.stored());
        graph.start(inner).end(inner);
        graph.compile().unwrap()
    };
    let run = outer(["left", "right"], &Lab::failing(["right"])).run(Doc::default()).id("r").journal(journal.clone());
    run.await.unwrap_err();
    let other = outer(["right", "left"], &Lab::default());
    let position = other.load(&journal, "r").await.unwrap();
    let doc = other.resume(position).journal(journal.clone()).await.unwrap().into_state();
    assert_eq!(doc.notes, ["left and right"]);
}

/// `one`, `two` and `three` start; `both` has two joins, of `one` and `two`, and of `one` and `three`, declared in this order.
fn two_joins(order: [usize; 2], lab: &Lab) -> Graph<Doc> {
    let mut graph = StateGraph::<Doc>::new("g");
    let [one, two, three, both] = ["one", "two", "three", "both"].map(|name| note(&mut graph, name, lab));
    let late = note(&mut graph, "late", lab);
    graph.start(one).start(two).start(late).edge(late, three);
    for join in order {
        graph.join([one, [two, three][join]], both);
    }
    graph.end(both);
    graph.compile().unwrap()
}

#[tokio::test]
async fn joins_are_known_by_their_sources() {
    let lab = Lab::failing(["three"]);
    let graph = two_joins([0, 1], &lab);
    let position = graph.run(Doc::default()).await.unwrap_err().into_position();
    // The join of `one` and `three` still waits for `three`.
    let json = graph.snapshot(&position).unwrap();
    lab.take();
    for order in [[0, 1], [1, 0]] {
        let other = two_joins(order, &lab);
        let position = other.restore(&json).unwrap();
        assert_eq!(other.snapshot(&position).unwrap(), json);
        let doc = other.resume(position).await.unwrap().into_state();
        assert_eq!(doc.notes, ["one", "two", "late", "three", "both", "both"]);
    }
}
