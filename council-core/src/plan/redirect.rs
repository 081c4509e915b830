//! Redirects: compute the successors of a node again after an edit.

use super::blame::CalledCode;
use super::edit::EditError;
use super::next_nodes::{exits, settle, stranded};
use super::position::Position;
use super::record::Committed;
use super::successors::Successors;
use super::tasks::SuperstepTask;
use crate::graph::compiled::{Graph, Inner};
use crate::state::State;

/// Checks that the run stands right after the node, so that its successors can be computed again.
pub(crate) fn can_redirect<S: State>(graph: &Graph<S>, position: &Position<S>, node: u32) -> Result<(), EditError> {
    let graph = &graph.inner;
    let declared = &graph.nodes[node as usize];
    let tasks = &position.tasks.tasks;
    let has_begun = |task: &SuperstepTask<S>| {
        !task.stands_for_nothing() && (task.has_ended() || task.extras.is_some() || task.attempt > 1)
    };
    let why = if position.is_over() {
        "it is over"
    } else if position.supersteps == 0 || !tasks.iter().all(|task| follows(graph, node, task.node)) {
        "it comes from another node"
    } else if position.merged || !position.memory.is_empty() || tasks.iter().any(has_begun) {
        "the next tasks have begun"
    } else if !declared.join_inputs.is_empty() || !position.deferred.is_empty() {
        "a join or a deferred node waits"
    } else if declared.extras.decision.is_some() {
        "the node decides by itself where the run goes"
    } else {
        return Ok(());
    };
    Err(EditError::NotThere { node: graph.names[node as usize].to_string(), why })
}

/// Whether the edges, routes and valves of a node can lead to the node `next`.
fn follows<S: State>(graph: &Inner<S>, node: u32, next: u32) -> bool {
    let declared = &graph.nodes[node as usize];
    let targets = || declared.edges.iter().chain(declared.routes.iter().flat_map(|route| &route.targets)).copied();
    let beyond = |target: u32| {
        let limit = |node: &u32| graph.nodes.get(*node as usize)?.limit.map(|limit| limit.otherwise);
        // `compile` has checked that chains of valves end.
        std::iter::successors(Some(target), limit).any(|target| target == next)
    };
    targets().any(beyond) || graph.guards.iter().any(|guard| guard.otherwise == next)
}

/// Computes the successors of the node again, and makes them the next tasks.
pub(crate) fn redirect<S: State>(
    graph: &Graph<S>,
    position: &mut Position<S>,
    node: u32,
) -> Result<Committed, EditError> {
    let graph = &graph.inner;
    let nowhere = |source| EditError::Nowhere { node: graph.names[node as usize].to_string(), source };
    withdraw(position);
    let mut next = Successors::default();
    exits(graph, position, node, CalledCode::Barrier, &mut next).map_err(nowhere)?;
    position.opened_valves.clear();
    settle(graph, position, &mut next);
    if next.is_empty() && !position.end_reached {
        return Err(nowhere(stranded(graph, position).into()));
    }
    position.schedule(next);
    Ok(position.committed_now())
}

/// Applies a recorded redirect to the position.
pub(super) fn fold_redirect<S: State>(position: &mut Position<S>, committed: Committed) {
    withdraw(position);
    position.follow(&committed);
    position.schedule(committed.next);
}

/// Removes the tasks, which have not begun, and takes back their visits.
fn withdraw<S: State>(position: &mut Position<S>) {
    let mut last = None;
    for task in std::mem::take(&mut position.tasks.tasks) {
        // All items of a worker count as one visit.
        if last != Some(task.node) {
            let visits = &mut position.visits[task.node as usize];
            *visits = visits.saturating_sub(1);
        }
        last = Some(task.node);
    }
}
