//! Graphs that `compile()` refuses, with its messages.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use council_core::{BuildFault, NodeId, NodeResult, State, StateGraph};
use expect_test::{Expect, expect};

#[derive(State, Default)]
struct Doc {
    round: u32,
}

async fn pass(_: &Doc) -> NodeResult<Doc> {
    Ok(Doc::update())
}

fn refused(build: impl FnOnce(&mut StateGraph<Doc>), picture: &Expect) -> Vec<BuildFault> {
    let mut graph = StateGraph::new("g");
    build(&mut graph);
    let error = graph.compile().unwrap_err();
    picture.assert_eq(&error.to_string());
    error.faults
}

#[test]
fn all_faults_are_reported_at_once() {
    refused(
        |graph| {
            let a = graph.node("a", pass);
            let b = graph.node("b", pass);
            let twin = graph.node("b", pass);
            let nameless = graph.node("", pass);
            let start = graph.node("__start__", pass);
            let guard = graph.node("__guard__:budget", pass);
            graph.edge(a, b);
            graph.edge(nameless, start).end(guard);
            graph.visit_limit(a, 0, twin);
        },
        &expect![[r#"
            graph `g` cannot run, 9 faults:
              - the visit limit of `a` is 0: a node needs at least one visit
              - two nodes are named `b`
              - node number 4 has an empty name
              - `__start__` is a reserved name; give the node another
              - `__guard__:budget` is a reserved name; give the node another
              - it has no start: call `start` with the node that runs first
              - node `b` is a dead end: give it an edge, a route or a join, or call `end` with it
              - node `b` is a dead end: give it an edge, a route or a join, or call `end` with it
              - node `__start__` is a dead end: give it an edge, a route or a join, or call `end` with it"#]],
    );
}

#[test]
fn unreachable_nodes_and_loops_without_an_exit_are_refused() {
    refused(
        |graph| {
            let a = graph.node("a", pass);
            let b = graph.node("b", pass);
            let c = graph.node("c", pass);
            let lost = graph.node("lost", pass);
            graph.start(a);
            graph.edge(a, b).edge(b, c).edge(c, b);
            graph.end(lost);
        },
        &expect![[r#"
            graph `g` cannot run, 4 faults:
              - node `lost` cannot be reached from the start
              - no path leads from node `a` to the end
              - no path leads from node `b` to the end
              - no path leads from node `c` to the end"#]],
    );
}

#[test]
fn a_loop_without_an_exit_can_be_allowed() {
    refused(
        |graph| {
            let a = graph.node("a", pass);
            let b = graph.node("b", pass);
            let dead_end = graph.node("dead end", pass);
            graph.start(a);
            graph.edge(a, b).edge(b, a).edge(a, dead_end).endless();
        },
        &expect![
            "graph `g` cannot run: node `dead end` is a dead end: give it an edge, a route or a join, or call `end` with it"
        ],
    );
}

#[test]
fn joins_that_can_never_fire_are_refused() {
    refused(
        |graph| {
            let a = graph.node("a", pass);
            let b = graph.node("b", pass);
            let joined = graph.node("joined", pass);
            let after = graph.node("after", pass);
            graph.start(a);
            graph.edge(a, b);
            graph.join([b, after], joined);
            graph.edge(joined, after);
            graph.join([] as [NodeId<Doc>; 0], after);
            graph.end(after);
        },
        &expect![[r#"
            graph `g` cannot run, 2 faults:
              - the join into `after` has no sources
              - the join into `joined` can never fire: `after` cannot run before it"#]],
    );
}

/// `fork` chooses `left` or `right`, and `left` leads to `further`. A join waits for two of these three nodes.
fn chosen(graph: &mut StateGraph<Doc>, sources: [usize; 2], loop_back: bool) {
    let fork = graph.node("fork", pass);
    let left = graph.node("left", pass);
    let right = graph.node("right", pass);
    let further = graph.node("further", pass);
    let joined = graph.node("joined", pass);
    graph.start(fork);
    graph.route(fork, [left, right], |_, [left, _]| left);
    graph.edge(left, further);
    for node in [left, right, further, joined] {
        graph.end(node);
    }
    let nodes = [left, right, further];
    graph.join(sources.map(|source| nodes[source]), joined);
    if loop_back {
        graph.route(right, [fork, NodeId::END], |_, [again, _]| again);
    }
}

#[test]
fn a_join_of_alternatives_of_one_route_is_refused() {
    refused(
        |graph| chosen(graph, [1, 2], false),
        &expect![[r#"
            graph `g` cannot run: the join into `joined` can never fire: no choice of `fork` leads to all of `right`, `further`; use edges if one of these nodes is enough"#]],
    );
    // The join can fire if both sources follow one target, or if a loop leads back to the route.
    for (sources, loop_back) in [([0, 2], false), ([1, 2], true)] {
        let mut graph = StateGraph::new("g");
        chosen(&mut graph, sources, loop_back);
        graph.compile().unwrap();
    }
}

#[test]
fn impossible_visit_limits_are_refused() {
    refused(
        |graph| {
            let a = graph.node("a", pass);
            let b = graph.node("b", pass);
            graph.start(a);
            graph.edge(a, b).end(b);
            graph.visit_limit(a, 1, b).visit_limit(b, 1, a).visit_limit(b, 2, a);
        },
        &expect![[r#"
            graph `g` cannot run, 3 faults:
              - node `b` has two visit limits
              - the visit limit of `a` leads back to `a`
              - the visit limit of `b` leads back to `b`"#]],
    );
}

#[test]
fn handles_of_another_graph_and_a_misplaced_end_are_refused() {
    let mut other = StateGraph::<Doc>::new("other");
    let foreign = other.node("a", pass);
    let mut graph = StateGraph::<Doc>::new("g");
    let a = graph.node("a", pass);
    graph.start(a).end(a);
    graph.edge(a, foreign);
    graph.start(NodeId::END);
    let error = graph.compile().unwrap_err();
    let [BuildFault::ForeignNode { call: "edge", at }, BuildFault::EndIsNoNode { call: "start", .. }] =
        error.faults.as_slice()
    else {
        panic!("{error}");
    };
    assert!(at.file().ends_with("build.rs"), "the fault names the line of the call: {at}");
}

#[test]
fn a_node_behind_a_valve_is_reachable() {
    let mut graph = StateGraph::<Doc>::new("valve");
    let turn = graph.node("turn", pass);
    let rescue = graph.node("rescue", pass);
    graph.start(turn).edge(turn, turn).visit_limit(turn, 3, rescue).end(rescue);
    graph.compile().unwrap();
}

#[test]
fn a_join_of_targets_that_a_route_may_choose_together() {
    let mut graph = StateGraph::<Doc>::new("g");
    let fork = graph.node("fork", pass);
    let left = graph.node("left", pass);
    let right = graph.node("right", pass);
    let joined = graph.node("joined", pass);
    graph.start(fork).route(fork, [left, right], |_, both| both);
    graph.join([left, right], joined).end(joined);
    graph.compile().unwrap();
}
