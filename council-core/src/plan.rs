//! The heart: what a run does next. Pure functions over a [`Position`]: no async, no clock, no randomness, no log line.
//!
//! A run is a loop of two questions. [`advance`] says what comes next; whatever then happens becomes a [`Record`], and
//! [`fold`] puts it into the position. The same fold rebuilds a position from its records, so the live position always equals
//! the fold of what was recorded.
//!
//! ```
//! use council_core::plan::{self, Next};
//! use council_core::{Limits, NodeResult, Record, State, StateGraph};
//!
//! #[derive(State, Default)]
//! struct Text {
//!     text: String,
//! }
//!
//! async fn write(_: &Text) -> NodeResult<Text> {
//!     Ok(Text::update().text("written by the node"))
//! }
//!
//! let mut graph = StateGraph::<Text>::new("by hand");
//! let write = graph.node("write", write);
//! graph.start(write);
//! graph.end(write);
//! let graph = graph.compile()?;
//!
//! // Driven by hand: this caller writes what the node would.
//! let limits = Limits::default();
//! let mut position = plan::begin(&graph, Text::default());
//! assert!(matches!(plan::advance(&graph, &limits, &mut position).next, Next::Run));
//! let update = Text::update().text("written by hand");
//! plan::fold(&graph, &mut position, Record::TaskDone { task: 0, update, goto: None })?;
//! assert!(matches!(plan::advance(&graph, &limits, &mut position).next, Next::Finish));
//! assert_eq!(position.state().text, "written by hand");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub(crate) mod redirect;
pub(crate) mod valves;

use crate::ahead::Ahead;
use crate::calling::Calling;
use crate::chair::Asked;
use crate::failure::Failure;
use crate::graph::compiled::{Graph, Inner, Pick};
use crate::graph::draw::ids::START_ID;
use crate::journal::replay_error::Misfit;
use crate::limits::{Limits, StopReason};
use crate::position::Position;
use crate::record::{Committed, Record};
use crate::state::State;

pub use crate::types::valve::{OpenedValve, Valve};

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

/// Puts a record into the position.
///
/// # Errors
///
/// The record does not fit the position: it names a task that is not open, or completes a superstep that cannot be completed.
pub fn fold<S: State>(graph: &Graph<S>, position: &mut Position<S>, record: Record<S>) -> Result<(), Misfit> {
    match record {
        Record::TaskDone { task, update, goto } => {
            let task = position.open_task(task)?;
            task.rest = None;
            task.go(goto);
            task.end(update);
        }
        Record::TaskFailed { task } => position.open_task(task)?.fail(),
        Record::Committed(committed) => return fold_committed(graph, position, committed),
        Record::Asked { task, question } => {
            position.remembered(task)?.asks.push(Asked::new(question, None));
        }
        Record::Answered { task, ask, answer } => {
            position.remembered(task)?.asks.get_mut(ask).ok_or(Misfit::Senseless)?.answer = Some(answer);
        }
        Record::Refused { task, ask } => {
            position.remembered(task)?.asks.get_mut(ask).ok_or(Misfit::Senseless)?.answer = None;
        }
        Record::Merged => return fold_merged(graph, position),
        Record::Once { task, name, value } => position.remembered(task)?.once.push((name, value)),
        Record::Edited { update, instead } => {
            position.state.get_mut().apply(update);
            if let Some(committed) = instead {
                redirect::fold_redirect(position, committed);
            }
        }
        Record::Paused => position.paused = true,
        Record::Resumed => position.go_on(),
    }
    Ok(())
}

fn fold_merged<S: State>(graph: &Graph<S>, position: &mut Position<S>) -> Result<(), Misfit> {
    if !position.is_complete() {
        return Err(Misfit::NotComplete { why: "a task has not ended".to_owned() });
    }
    position.merge(&graph.inner).map_err(|failure| Misfit::NotComplete { why: failure.to_string() })
}

fn fold_committed<S: State>(graph: &Graph<S>, position: &mut Position<S>, committed: Committed) -> Result<(), Misfit> {
    fold_merged(graph, position)?;
    position.follow(&committed);
    position.commit(&graph.inner, committed.next);
    Ok(())
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

/// Opens the valves on the way to what comes next, and holds back what is deferred.
fn settle<S: State>(graph: &Inner<S>, position: &mut Position<S>, next: &mut Ahead) {
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

/// Where the tasks of the superstep lead.
fn successors<S: State>(graph: &Inner<S>, position: &mut Position<S>, next: &mut Ahead) -> Result<(), Box<Failure>> {
    if !position.has_begun {
        next.nodes.extend_from_slice(&graph.starts);
        for entry in &graph.entries {
            let node = || START_ID.to_owned();
            choose(position, Calling::Entry, &entry.pick, node, next)?;
        }
        return Ok(());
    }
    let mut left = None;
    for place in 0..position.tasks.tasks.len() {
        let task = &position.tasks.tasks[place];
        if let Some(goto) = task.goto() {
            next.add(goto);
        }
        // All tasks of a worker leave it together.
        if left == Some(task.node) || !task.takes_usual_exits() {
            continue;
        }
        left = Some(task.node);
        let node = task.node;
        exits(graph, position, node, Calling::Route(place), next)?;
        for &(join, _) in &graph.nodes[node as usize].feeds {
            if position.is_full(join) {
                next.nodes.push(graph.joins[join as usize].target);
            }
        }
    }
    Ok(())
}

/// Where the edges and the routes of a node lead.
fn exits<S: State>(
    graph: &Inner<S>,
    position: &mut Position<S>,
    node: u32,
    calling: Calling,
    next: &mut Ahead,
) -> Result<(), Box<Failure>> {
    let declared = &graph.nodes[node as usize];
    next.nodes.extend_from_slice(&declared.edges);
    for route in &declared.routes {
        choose(position, calling, &route.pick, || graph.names[node as usize].to_string(), next)?;
    }
    Ok(())
}

fn choose<S: State>(
    position: &mut Position<S>,
    calling: Calling,
    pick: &Pick<S>,
    node: impl FnOnce() -> String,
    next: &mut Ahead,
) -> Result<(), Box<Failure>> {
    position.calling = calling;
    let Some(goto) = pick(position.state()) else {
        return Err(Failure::UndeclaredTarget { node: node(), superstep: position.completing() }.into());
    };
    next.add(&goto);
    Ok(())
}

/// Why nothing is left to run though the end was not reached.
fn stranded<S: State>(graph: &Inner<S>, position: &Position<S>) -> Failure {
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
