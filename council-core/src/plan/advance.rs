//! What a run does next.

use super::position::Position;
use super::routing::{settle, stranded, successors};
use super::successors::Ahead;
use crate::graph::compiled::{Graph, Inner};
use crate::node::failure::Failure;
use crate::state::State;
use crate::types::limits::{Limits, StopReason};

/// What the planner says.
#[derive(Debug)]
pub struct Turn {
    /// Whether a superstep was completed on the way here: then [`Position::committed`] is the record of it, and it is in the
    /// position already.
    pub committed: bool,
    /// What a run does next.
    pub next: Next,
}

/// What a run does next.
#[derive(Debug)]
pub enum Next {
    /// Run the open tasks of the position; record each as it ends.
    Run,
    /// The run is over.
    Finish,
    /// A limit is reached; the run can go on with a higher one.
    Stop(StopReason),
    /// The run cannot go on from what its tasks returned. The superstep is not committed.
    Fail(Box<Failure>),
}

/// The position of a run that has not begun. Where the graph begins with a route, there are no tasks before [`advance`] has asked
/// it; what it led to is recorded like what follows a superstep.
pub fn begin<S: State>(graph: &Graph<S>, input: S) -> Position<S> {
    Position::new(&graph.inner, input)
}

/// Says what comes next.
///
/// Where all tasks of the superstep have ended, it completes the superstep first: their updates go into the state, in the order
/// in which nodes were declared; routes are asked on the result; and what they lead to are the new tasks, by the same step that
/// [`fold`] takes for the record of it. A route or a reducer that panics does so through this function; a run makes it the
/// [`Failure`] of its node.
#[inline]
pub fn advance<S: State>(graph: &Graph<S>, limits: &Limits, position: &mut Position<S>) -> Turn {
    let mut committed = false;
    if position.is_complete() && !position.is_over() {
        if let Err(failure) = complete(&graph.inner, position) {
            return Turn { committed, next: Next::Fail(failure) };
        }
        committed = true;
    }
    let next = if position.is_over() {
        Next::Finish
    } else if position.supersteps >= limits.supersteps {
        Next::Stop(StopReason::Supersteps(limits.supersteps))
    } else {
        Next::Run
    };
    Turn { committed, next }
}

/// Completes the superstep: merges its updates, and makes what comes next the tasks.
fn complete<S: State>(graph: &Inner<S>, position: &mut Position<S>) -> Result<(), Box<Failure>> {
    position.merge(graph)?;
    if let [task] = position.tasks.tasks.as_slice()
        && let Some(next) = graph.nodes[task.node as usize].straight
    {
        position.commit_straight(graph, next);
        return Ok(());
    }
    let mut next = Ahead::default();
    successors(graph, position, &mut next)?;
    settle(graph, position, &mut next);
    if next.is_empty() && !position.end_reached {
        return Err(stranded(graph, position).into());
    }
    position.commit(graph, next);
    Ok(())
}
