//! Calls of the builder whose argument is no node of the graph.

use council_core::{Cache, NodeId, StateGraph};
use expect_test::expect;

use super::{Doc, built, pass, work};

/// The faults, each with the line of its call as `LINE`.
#[test]
fn handles_that_are_no_nodes_of_the_graph_are_refused() {
    let foreign = StateGraph::<Doc>::new("other").node("a", pass);
    let error = built(|graph| {
        let node = graph.node("node", pass);
        let pack = graph.worker("pack", work);
        graph.start(node).fan_out(node, pack, |_| [1]).end(pack);
        graph.edge(node, foreign).defer(NodeId::START).start(NodeId::END).edge(node, pack.id());
        graph.cache(pack.id(), Cache::default(), |doc| doc.round);
    });
    let text = error.unwrap_err().to_string();
    let lines = text.lines().map(|line| {
        let Some((before, after)) = line.split_once("calls.rs:") else { return line.to_owned() };
        let (before, _) = before.rsplit_once(" at ").unwrap();
        format!("{before} at LINE{}", after.trim_start_matches(|c: char| c == ':' || c.is_ascii_digit()))
    });
    expect![[r#"
        graph `g` cannot run, 5 faults:
          - `edge` at LINE was given a node of another graph
          - `defer` at LINE was given the start where it needs a node
          - `start` at LINE was given the end where it needs a node
          - node `pack` is a worker and needs items: `edge` at LINE leads to it without any
          - node `pack` is a worker, and its cache key ignores the items: use `cache_items`"#]]
    .assert_eq(&lines.collect::<Vec<_>>().join("\n"));
}
