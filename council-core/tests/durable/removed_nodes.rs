//! Snapshots and records of a program that had more nodes.

use council_core::journal::Memory;
use council_core::{Graph, StateGraph, error_chain};
use expect_test::expect;

use crate::{Doc, Lab, note};

/// `left` and `right` start, and `plan` if it is there; then `draft`, and `late` if it is there. `both` joins the last nodes.
fn joined(has_plan: bool, has_late: bool, lab: &Lab) -> Graph<Doc> {
    let mut graph = StateGraph::<Doc>::new("g");
    let [left, right, draft, both] = ["left", "right", "draft", "both"].map(|name| note(&mut graph, name, lab));
    graph.start(left).start(right);
    if has_plan {
        let plan = note(&mut graph, "plan", lab);
        graph.start(plan).edge(plan, draft);
    } else {
        graph.start(draft);
    }
    let mut sources = vec![left, right];
    if has_late {
        let late = note(&mut graph, "late", lab);
        graph.edge(draft, late);
        sources.push(late);
    } else {
        graph.end(draft);
    }
    graph.join(sources, both).end(both);
    graph.compile().unwrap()
}

/// `left` and `right` have run, `draft` has failed.
async fn before_late() -> String {
    let graph = joined(true, true, &Lab::failing(["draft"]));
    let position = graph.run(Doc::default()).await.unwrap_err().into_position();
    graph.snapshot(&position).unwrap()
}

#[tokio::test]
async fn a_snapshot_with_a_join_that_could_never_fire_is_refused() {
    let error = joined(true, false, &Lab::default()).restore(&before_late().await).unwrap_err();
    expect!["the run waits at the join to `both` for `late`, which is no longer a source of the join: add it again"]
        .assert_eq(&error.to_string());
}

#[tokio::test]
async fn records_with_a_join_that_could_never_fire_are_refused() {
    let journal = Memory::default();
    let run = joined(true, true, &Lab::failing(["draft"])).run(Doc::default()).id("r-1").journal(journal.clone());
    run.await.unwrap_err();
    let error = joined(true, false, &Lab::default()).load(&journal, "r-1").await.unwrap_err();
    expect!["record 4 of run `r-1` does not fit the graph `g`: all sources of the join to `both` have run, and the run has not continued with `both`: restore the former sources of the join"].assert_eq(&error_chain(&error));
    let same = joined(true, true, &Lab::default());
    let position = same.load(&journal, "r-1").await.unwrap();
    let doc = same.resume(position).journal(journal).await.unwrap().into_state();
    assert_eq!(doc.notes, ["left", "right", "plan", "draft", "late", "both"]);
}

#[tokio::test]
async fn a_snapshot_that_counts_the_visits_of_a_removed_node_is_read() {
    let graph = joined(false, true, &Lab::default());
    let position = graph.restore(&before_late().await).unwrap();
    let doc = graph.resume(position).await.unwrap().into_state();
    assert_eq!(doc.notes, ["left", "right", "plan", "draft", "late", "both"]);
}
