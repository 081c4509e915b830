//! Finds the successors of a superstep: edges, routes and joins, then valves and deferred nodes.

use super::blame::CalledCode;
use super::position::Position;
use super::successors::Successors;
use super::valves;
use crate::drawing::ids::START_ID;
use crate::graph::compiled::{Inner, Pick};
use crate::node::failure::Failure;
use crate::state::State;

/// Opens the valves that apply to the successors, and holds back deferred nodes.
pub(super) fn settle<S: State>(graph: &Inner<S>, position: &mut Position<S>, next: &mut Successors) {
    next.sort();
    if !graph.guards.is_empty() && position.has_begun {
        valves::open_guard(graph, position, next);
    }
    if graph.has_limits {
        valves::open_limits(graph, position, next);
    }
    position.end_reached |= next.take_end();
    if graph.has_deferred {
        next.defer(graph, &mut position.deferred);
    }
}

/// Collects the successors of the superstep's tasks.
pub(super) fn find_successors<S: State>(
    graph: &Inner<S>,
    position: &mut Position<S>,
    next: &mut Successors,
) -> Result<(), Box<Failure>> {
    if !position.has_begun {
        next.nodes.extend_from_slice(&graph.starts);
        for entry in &graph.start_routes {
            let node = || START_ID.to_owned();
            choose(position, CalledCode::StartRoute, &entry.pick, node, next)?;
        }
        return Ok(());
    }
    let mut leaves = false;
    for place in 0..position.tasks.tasks.len() {
        let tasks = &position.tasks.tasks;
        let task = &tasks[place];
        if let Some(goto) = task.goto() {
            next.add(goto);
        }
        leaves = leaves || task.takes_usual_exits();
        // All tasks of a worker leave it together, so its exits are followed once, after the choices of its items.
        let node = task.node;
        let is_last = tasks.get(place + 1).is_none_or(|later| later.node != node);
        if !is_last || !std::mem::take(&mut leaves) {
            continue;
        }
        exits(graph, position, node, CalledCode::Route(place), next)?;
        for &(join, _) in &graph.nodes[node as usize].join_inputs {
            if position.is_full(join) {
                next.nodes.push(graph.joins[join as usize].target);
            }
        }
    }
    Ok(())
}

/// Collects the targets of the edges and the routes of a node.
pub(super) fn exits<S: State>(
    graph: &Inner<S>,
    position: &mut Position<S>,
    node: u32,
    called: CalledCode,
    next: &mut Successors,
) -> Result<(), Box<Failure>> {
    let declared = &graph.nodes[node as usize];
    next.nodes.extend_from_slice(&declared.edges);
    for route in &declared.routes {
        choose(position, called, &route.pick, || graph.names[node as usize].to_string(), next)?;
    }
    Ok(())
}

pub(super) fn choose<S: State>(
    position: &mut Position<S>,
    called: CalledCode,
    pick: &Pick<S>,
    node: impl FnOnce() -> String,
    next: &mut Successors,
) -> Result<(), Box<Failure>> {
    position.called = called;
    let Some(goto) = pick(position.state()) else {
        return Err(Failure::UndeclaredTarget { node: node(), superstep: position.completing() }.into());
    };
    next.add(&goto);
    Ok(())
}

/// The failure of a run that has nothing left to run but has not reached the end.
pub(super) fn stranded<S: State>(graph: &Inner<S>, position: &Position<S>) -> Failure {
    let superstep = position.completing();
    let Some((join, missing)) = position.waiting().next() else {
        return Failure::NowhereToGo { superstep };
    };
    let join = &graph.joins[join];
    let name = |source: usize| format!("`{}`", graph.names[join.sources[source] as usize]);
    let missing: Vec<_> = missing.into_iter().map(name).collect();
    Failure::JoinWaits {
        target: graph.names[join.target as usize].to_string(),
        waits_for: missing.join(", "),
        superstep,
    }
}
