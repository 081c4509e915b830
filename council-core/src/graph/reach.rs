//! Reachability: the nodes that a run may visit.

use super::compiled::{Declared, Inner};
use crate::state::State;
use crate::types::node_id::END;

/// The nodes that a run may visit if a join fires with any of its sources. This is an upper bound.
pub(super) fn any_source<S: State>(graph: &Inner<S>) -> Vec<bool> {
    from_start(graph, Joins::FireWithAny, &[], None)
}

/// The nodes that a run may visit if a join fires only with all its sources, and the visit limits of the `unlimited` nodes never open.
pub(super) fn all_sources<S: State>(graph: &Inner<S>, unlimited: &[bool]) -> Vec<bool> {
    from_start(graph, Joins::FireWithAll, unlimited, None)
}

/// Like [`all_sources`], if this happens each time.
pub(super) fn if_it_happens<S: State>(graph: &Inner<S>, unlimited: &[bool], event: Happens) -> Vec<bool> {
    from_start(graph, Joins::FireWithAll, unlimited, Some(event))
}

/// The nodes from which a path leads to this one, itself included.
pub(super) fn before<S: State>(graph: &Inner<S>, node: u32) -> Vec<bool> {
    let mut sources: Vec<Vec<u32>> = vec![Vec::new(); graph.nodes.len()];
    for (from, _) in (0..).zip(&graph.nodes) {
        for to in exits(graph, from as usize).filter(|to| *to != END) {
            sources[to as usize].push(from);
        }
    }
    let mut reached = vec![false; graph.nodes.len()];
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        if !std::mem::replace(&mut reached[node as usize], true) {
            open.extend(&sources[node as usize]);
        }
    }
    reached
}

/// What happens in a run.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Happens {
    /// The function chooses this target.
    Chosen(Chooser, u32),
    /// The node ends without an error, or its error handler returns only an update.
    Succeeds(u32),
    /// The node fails, and its error handler sends the run elsewhere.
    Fails(u32),
}

/// A function that chooses targets.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Chooser {
    /// A route from the start, by its place.
    StartRoute(usize),
    /// A route of a node, by its place.
    Route(u32, usize),
    /// The decision of a node.
    Decision(u32),
}

#[derive(Clone, Copy, PartialEq)]
enum Joins {
    FireWithAny,
    FireWithAll,
}

fn from_start<S: State>(graph: &Inner<S>, rule: Joins, unlimited: &[bool], event: Option<Happens>) -> Vec<bool> {
    let mut reached = vec![false; graph.nodes.len()];
    let mut waiting: Vec<usize> = graph.joins.iter().map(|join| join.sources.len()).collect();
    let follow = |open: &mut Vec<u32>, by: Chooser, targets: &[u32]| match event {
        Some(Happens::Chosen(chooser, target)) if chooser == by => open.push(target),
        _ => open.extend(targets),
    };
    let mut open: Vec<u32> = graph.starts.to_vec();
    for (place, route) in graph.start_routes.iter().enumerate() {
        follow(&mut open, Chooser::StartRoute(place), &route.targets);
    }
    open.extend(graph.guards.iter().map(|guard| guard.otherwise));
    while let Some(node) = open.pop() {
        if node == END || std::mem::replace(&mut reached[node as usize], true) {
            continue;
        }
        let declared = &graph.nodes[node as usize];
        if !unlimited.get(node as usize).is_some_and(|unlimited| *unlimited) {
            open.extend(declared.limit.map(|limit| limit.otherwise));
        }
        if event != Some(Happens::Succeeds(node)) {
            open.extend(handler_targets(declared));
        }
        if event == Some(Happens::Fails(node)) {
            continue;
        }
        open.extend(&declared.edges);
        for (place, route) in declared.routes.iter().enumerate() {
            follow(&mut open, Chooser::Route(node, place), &route.targets);
        }
        if let Some(decision) = &declared.extras.decision {
            follow(&mut open, Chooser::Decision(node), &decision.targets);
        }
        for &(join, _) in &declared.join_inputs {
            waiting[join as usize] -= 1;
            if rule == Joins::FireWithAny || waiting[join as usize] == 0 {
                open.push(graph.joins[join as usize].target);
            }
        }
    }
    // A join does not count a node that fails.
    if let Some(Happens::Fails(node)) = event {
        reached[node as usize] = false;
    }
    reached
}

fn handler_targets<S: State>(declared: &Declared<S>) -> impl Iterator<Item = u32> {
    declared.extras.handler.iter().flat_map(|handler| &handler.targets).copied()
}

/// The possible successors of a node, including the targets of visit limits.
pub(super) fn exits<S: State>(graph: &Inner<S>, node: usize) -> impl Iterator<Item = u32> {
    let declared = &graph.nodes[node];
    let direct = declared.edges.iter().chain(declared.routes.iter().flat_map(|route| &route.targets)).copied();
    let joined = declared.join_inputs.iter().map(|(join, _)| graph.joins[*join as usize].target);
    let decided = declared.extras.decision.iter().flat_map(|decision| &decision.targets).copied();
    let all = direct.chain(joined).chain(decided).chain(handler_targets(declared));
    all.flat_map(|target| by_limits(graph, target))
}

/// A node, then the target of its visit limit, then the target of that node's limit, and so on.
pub(super) fn by_limits<S: State>(graph: &Inner<S>, target: u32) -> impl Iterator<Item = u32> {
    let otherwise = |node: &u32| Some(graph.nodes.get(*node as usize)?.limit?.otherwise);
    // The bound stops at a cycle of limits. `check` refuses such a cycle.
    std::iter::successors(Some(target), otherwise).take(graph.nodes.len() + 1)
}
