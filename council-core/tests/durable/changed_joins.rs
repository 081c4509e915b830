//! Runs that were stored when a join had other sources, and runs that were stored at a join.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use council_core::journal::{AppendRequest, Head, Journal, Memory, ReadFrom, Status};
use council_core::stored::At;
use council_core::{Graph, State, StateGraph, Subgraph};

use crate::{Doc, Lab, note, paused};

/// `first -> second -> third -> end`, and a join of some of them to `last`.
fn chain(joined: &[&str]) -> Graph<Doc> {
    let (lab, mut graph) = (Lab::default(), StateGraph::<Doc>::new("chain"));
    let names = ["first", "second", "third", "last"];
    let [first, second, third, last] = names.map(|name| note(&mut graph, name, &lab));
    graph.start(first).edge(first, second).edge(second, third).end(third).end(last);
    graph.join(
        [first, second, third].into_iter().zip(names).filter(|(_, name)| joined.contains(name)).map(|(node, _)| node),
        last,
    );
    graph.compile().unwrap()
}

/// The chain as a subgraph.
fn around(chain: Graph<Doc>) -> Graph<Doc> {
    let mut graph = StateGraph::<Doc>::new("outer");
    let inner = Subgraph::new(chain, Doc::clone, |doc| Doc::update().extend_notes(doc.notes));
    let part = graph.node("part", inner.stored());
    graph.start(part).end(part);
    graph.compile().unwrap()
}

/// A journal with a run of the graph that is paused before `third`, and a snapshot of its position.
async fn paused_before(graph: &Graph<Doc>, third: &str) -> Memory {
    let (journal, copy) = (Memory::default(), Memory::default());
    let run = graph.run(Doc::default()).id("r").journal(journal.clone()).pause_before([third]);
    let position = paused(run.await.unwrap());
    let entries = journal.read("r", ReadFrom::Record(0)).await.unwrap().entries;
    let mut append = AppendRequest::new("r", 0, entries).head(Head::new(graph.name(), Status::Paused));
    append.snapshot = Some(graph.snapshot(&position).unwrap());
    copy.append(append).await.unwrap();
    copy
}

/// The former graph has not counted `first`, so the sources that have run are counted in the records.
#[tokio::test]
async fn a_new_source_of_a_join_that_has_run_is_counted() {
    let (all, outer) = (["first", "second", "third"], around as fn(Graph<Doc>) -> Graph<Doc>);
    for (nested, third) in [(std::convert::identity as fn(_) -> _, "third"), (outer, "part/third")] {
        for former in [&all[1..], &all[2..]] {
            let journal = paused_before(&nested(chain(former)), third).await;
            let graph = nested(chain(&all));
            for position in [graph.load(&journal, "r").await, graph.load_at(&journal, "r", At::End).await] {
                let doc = graph.resume(position.unwrap()).await.unwrap().into_state();
                assert_eq!(doc.notes, ["first", "second", "third", "last"], "{former:?} {third}");
            }
        }
    }
}

/// The superstep is merged into the state, but its routes have failed: the join has all its sources, and has not fired yet.
#[tokio::test]
async fn a_run_that_fails_before_a_join_fires_is_read() {
    let (lab, journal, is_broken) = (Lab::default(), Memory::default(), Arc::new(AtomicBool::new(true)));
    let mut graph = StateGraph::<Doc>::new("g");
    let [left, right, both, other] = ["left", "right", "both", "other"].map(|name| note(&mut graph, name, &lab));
    graph.start(left).start(right).join([left, right], both).end(both).end(other);
    let broken = is_broken.clone();
    graph.route(right, [other], move |_, [other]| {
        assert!(!broken.load(Ordering::Relaxed), "broken");
        other
    });
    let graph = graph.compile().unwrap();
    let position = graph.run(Doc::default()).await.unwrap_err().into_position();
    // The first record of the stored run has this position.
    graph.resume(position).id("r").journal(journal.clone()).await.unwrap_err();
    is_broken.store(false, Ordering::Relaxed);
    let position = graph.load(&journal, "r").await.unwrap();
    let doc = graph.resume(position).journal(journal).await.unwrap().into_state();
    assert_eq!(doc.notes, ["left", "right", "both", "other"]);
}
