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
//! plan::fold(&graph, &mut position, Record::TaskDone { task: 0, update });
//! assert!(matches!(plan::advance(&graph, &limits, &mut position).next, Next::Finish));
//! assert_eq!(position.state().text, "written by hand");
//! # Ok::<(), council_core::BuildError>(())
//! ```

use std::sync::Arc;

use crate::graph::{END, Graph, Inner, Pick, VisitLimit};
use crate::position::Calling;
use crate::record::{NodeList, Record};
use crate::{Failure, Limits, Position, State, StopReason};

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

/// A visit limit that sent the run elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedValve {
    /// The node that has no visit left.
    pub node: Arc<str>,
    /// How many visits it was allowed.
    pub visits: u32,
    /// Where the run goes instead; `None` is the end.
    pub to: Option<Arc<str>>,
}

/// The position of a run that has not begun.
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
pub fn fold<S: State>(graph: &Graph<S>, position: &mut Position<S>, record: Record<S>) {
    let (next, end) = match record {
        Record::TaskDone { task, update } => return position.tasks.tasks[task].end(update),
        Record::TaskFailed { task } => return position.tasks.tasks[task].fail(),
        Record::Committed { next, end } => (next, end),
    };
    // A superstep that cannot be merged was never recorded as committed.
    let merged = position.merge(&graph.inner);
    debug_assert!(merged.is_ok(), "a superstep was committed that could not be merged");
    position.end_reached |= end;
    position.commit(&graph.inner, &next);
}

/// Completes the superstep: merges its updates, and makes what comes next the tasks.
fn complete<S: State>(graph: &Inner<S>, position: &mut Position<S>) -> Result<(), Box<Failure>> {
    position.opened.clear();
    position.merge(graph)?;
    let mut list = NodeList::new();
    let next = match position.tasks.tasks.as_slice() {
        [task] if graph.nodes[task.node as usize].straight.is_some() => {
            graph.nodes[task.node as usize].straight.as_slice()
        }
        _ => {
            successors(graph, position, &mut list)?;
            list.as_slice()
        }
    };
    position.commit(graph, next);
    Ok(())
}

/// Where the tasks of the superstep lead: ascending, each once; nothing where all that is left is the end.
fn successors<S: State>(graph: &Inner<S>, position: &mut Position<S>, next: &mut NodeList) -> Result<(), Box<Failure>> {
    for place in 0..position.tasks.tasks.len() {
        let declared = &graph.nodes[position.tasks.tasks[place].node as usize];
        for &target in &declared.edges {
            next.push(target);
        }
        for route in &declared.routes {
            next.push(choose(graph, position, place, &route.pick)?);
        }
        for &(join, _) in &declared.feeds {
            if position.is_full(join) {
                next.push(graph.joins[join as usize].target);
            }
        }
    }
    sort(next);
    if graph.has_limits {
        open_valves(graph, position, next);
    }
    // The end sorts behind all nodes.
    if next.last() == Some(&END) {
        next.pop();
        position.end_reached = true;
    }
    if next.is_empty() && !position.end_reached {
        return Err(join_waits(graph, position).into());
    }
    Ok(())
}

fn choose<S: State>(
    graph: &Inner<S>,
    position: &mut Position<S>,
    place: usize,
    pick: &Pick<S>,
) -> Result<u32, Box<Failure>> {
    position.calling = Calling::Route(place);
    pick(position.state()).ok_or_else(|| {
        let node = graph.names[position.tasks.tasks[place].node as usize].to_string();
        Failure::UndeclaredTarget { node, superstep: position.supersteps + 1 }.into()
    })
}

/// Sends the run elsewhere where a node has had its visits. `compile` has seen that this comes to an end.
fn open_valves<S: State>(graph: &Inner<S>, position: &mut Position<S>, next: &mut NodeList) {
    for target in next.iter_mut() {
        while let Some(limit) = spent(graph, position, *target) {
            let to = (limit.otherwise != END).then(|| Arc::clone(&graph.names[limit.otherwise as usize]));
            let node = Arc::clone(&graph.names[*target as usize]);
            position.opened.push(OpenedValve { node, visits: limit.visits, to });
            *target = limit.otherwise;
        }
    }
    if !position.opened.is_empty() {
        sort(next);
    }
}

/// The visit limit of a node that has no visit left.
fn spent<S: State>(graph: &Inner<S>, position: &Position<S>, node: u32) -> Option<VisitLimit> {
    graph.nodes.get(node as usize)?.limit.filter(|limit| position.visits(node) >= limit.visits)
}

/// Ascending, each once.
#[inline]
fn sort(nodes: &mut NodeList) {
    if nodes.len() > 1 {
        nodes.sort_unstable();
        nodes.dedup();
    }
}

fn join_waits<S: State>(graph: &Inner<S>, position: &Position<S>) -> Failure {
    let (target, waits_for) = position.waiting().next().map_or_else(Default::default, |(join, missing)| {
        let join = &graph.joins[join];
        let name = |source: usize| format!("`{}`", graph.names[join.sources[source] as usize]);
        let missing: Vec<_> = missing.into_iter().map(name).collect();
        (graph.names[join.target as usize].to_string(), missing.join(", "))
    });
    Failure::JoinWaits { target, waits_for, superstep: position.supersteps + 1 }
}
