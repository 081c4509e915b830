//! Valves: guards and visit limits that redirect a run.

use std::sync::Arc;

use super::blame::CalledCode;
use super::position::Position;
use super::successors::Successors;
use crate::graph::compiled::{Inner, VisitLimit};
use crate::state::State;
use crate::types::node_id::{END, NodeList};
use crate::types::valve::{OpenedValve, Valve};

/// Opens the first guard whose rule holds: its target replaces all other successors. A guard opens once in a run. If its target
/// is the only successor anyway, it redirects nothing.
pub(super) fn open_guard<S: State>(graph: &Inner<S>, position: &mut Position<S>, next: &mut Successors) {
    let is_idle = next.sends.is_empty() && position.deferred.is_empty();
    let leads_only_to =
        |next: &Successors, there: u32| is_idle && next.nodes.iter().all(|node| *node == there || *node == END);
    if leads_only_to(next, END) {
        return;
    }
    for (place, guard) in graph.guards.iter().enumerate() {
        position.called = CalledCode::Guard(place);
        if position.guards[place] || !(guard.when)(position.state()) {
            continue;
        }
        position.guards[place] = true;
        if !leads_only_to(next, guard.otherwise) {
            position.deferred = Successors::default();
            *next = Successors { nodes: NodeList::from_slice(&[guard.otherwise]), sends: Vec::new() };
            let valve = Valve::Guard { name: guard.name.as_str().into() };
            position.opened_valves.push(OpenedValve { valve, to: name(graph, guard.otherwise) });
        }
        return;
    }
}

/// Redirects the run where a node has used up its visits. `compile` has checked that these redirects end.
pub(super) fn open_limits<S: State>(graph: &Inner<S>, position: &mut Position<S>, next: &mut Successors) {
    let opened = position.opened_valves.len();
    let mut nodes = std::mem::take(&mut next.nodes);
    nodes.iter_mut().for_each(|node| *node = beyond_limits(graph, position, *node));
    next.nodes = nodes;
    if position.opened_valves.len() > opened {
        next.sends.retain(|sent| spent(graph, position, sent.worker).is_none());
        next.sort();
    }
}

/// The node itself while it has visits left, otherwise the target of its limit.
fn beyond_limits<S: State>(graph: &Inner<S>, position: &mut Position<S>, mut node: u32) -> u32 {
    while let Some(limit) = spent(graph, position, node) {
        let valve = Valve::Visits { node: Arc::clone(&graph.names[node as usize]), visits: limit.visits };
        let opened = OpenedValve { valve, to: name(graph, limit.otherwise) };
        // The limits of several nodes may lead to this node.
        if !position.opened_valves.contains(&opened) {
            position.opened_valves.push(opened);
        }
        node = limit.otherwise;
    }
    node
}

/// The visit limit of a node that has no visit left.
fn spent<S: State>(graph: &Inner<S>, position: &Position<S>, node: u32) -> Option<VisitLimit> {
    graph.nodes.get(node as usize)?.limit.filter(|limit| position.visits(node) >= limit.visits)
}

/// The name of a node, `None` for the end.
fn name<S: State>(graph: &Inner<S>, node: u32) -> Option<Arc<str>> {
    (node != END).then(|| Arc::clone(&graph.names[node as usize]))
}
