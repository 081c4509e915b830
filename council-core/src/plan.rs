//! The heart: what a run does next. Pure functions over a [`Position`]: no async, no clock, no randomness, no log line.
//!
//! A run is a loop of two questions. [`advance`] says what comes next; whatever then happens becomes a [`Record`], and
//! [`fold`] puts it into the position. The same fold rebuilds a position from its records, so the live position always equals
//! the fold of what was recorded.
//!
//! ```
//! use council_core::plan::{self, Turn};
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
//! assert!(matches!(plan::advance(&graph, &limits, &mut position), Turn::Run));
//! let update = Text::update().text("written by hand");
//! plan::fold(&graph, &mut position, Record::TaskDone { task: 0, update });
//! assert!(matches!(plan::advance(&graph, &limits, &mut position), Turn::Finish));
//! assert_eq!(position.state().text, "written by hand");
//! # Ok::<(), council_core::BuildError>(())
//! ```

use std::sync::Arc;

use crate::graph::{END, Graph, Inner};
use crate::panic::catch;
use crate::record::{NodeList, Record};
use crate::{Failure, Limits, Position, State, StopReason};

/// What a run does next.
#[derive(Debug)]
pub enum Turn {
    /// Run the open tasks of the position; record each as it ends.
    Run,
    /// Record [`Record::Committed`] with these nodes, then ask again.
    Commit {
        /// The nodes of the next superstep.
        next: NodeList,
        /// The visit limits that decided where to go.
        opened: Vec<OpenedValve>,
    },
    /// Record [`Record::Finished`]; the run is over.
    Finish,
    /// A limit is reached; the run can go on with a higher one.
    Stop(StopReason),
    /// The run cannot go on from what its tasks returned.
    Fail(Failure),
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

/// Says what comes next. Where all tasks of the superstep have ended, it crosses the barrier first: their updates go into the
/// state, in the order in which nodes were declared, and routes are asked on the result.
pub fn advance<S: State>(graph: &Graph<S>, limits: &Limits, position: &mut Position<S>) -> Turn {
    if position.tasks.open > 0 {
        return if position.supersteps >= limits.supersteps && !position.tasks.has_begun() {
            Turn::Stop(StopReason::Supersteps(limits.supersteps))
        } else {
            Turn::Run
        };
    }
    let graph = &*graph.inner;
    if let Err(failure) = position.cross_barrier(graph) {
        return Turn::Fail(failure);
    }
    match Successors::of(graph, position) {
        Ok(Successors { next, opened, .. }) if !next.is_empty() => Turn::Commit { next, opened },
        Ok(Successors { end: true, .. }) => Turn::Finish,
        Ok(_) => Turn::Fail(join_waits(graph, position)),
        Err(failure) => Turn::Fail(failure),
    }
}

/// Puts a record into the position.
pub fn fold<S: State>(graph: &Graph<S>, position: &mut Position<S>, record: Record<S>) {
    match record {
        Record::TaskDone { task, update } => position.tasks.done(task, update),
        Record::TaskFailed { task } => position.tasks.failed(task),
        Record::Committed { next } => {
            // At recovery nobody has asked `advance`. A merge that failed was never committed.
            let crossed = position.cross_barrier(&graph.inner);
            debug_assert!(crossed.is_ok(), "a superstep was committed that could not be merged");
            position.commit(&graph.inner, &next);
        }
        Record::Finished => {
            let crossed = position.cross_barrier(&graph.inner);
            debug_assert!(crossed.is_ok(), "a run was finished that could not be merged");
            position.commit(&graph.inner, &[]);
        }
    }
}

/// Where the tasks of a superstep lead.
#[derive(Default)]
struct Successors {
    /// Ascending, each once.
    next: NodeList,
    /// Whether one of them leads to the end.
    end: bool,
    opened: Vec<OpenedValve>,
}

impl Successors {
    fn of<S: State>(graph: &Inner<S>, position: &Position<S>) -> Result<Self, Failure> {
        let mut found = Self::default();
        for task in &position.tasks.tasks {
            let declared = &graph.nodes[task.node as usize];
            for &target in &declared.edges {
                found.add(target);
            }
            for route in &declared.routes {
                let node = || graph.names[task.node as usize].to_string();
                let superstep = position.supersteps + 1;
                match catch(|| (route.pick)(position.state())) {
                    Ok(Some(target)) => found.add(target),
                    Ok(None) => {
                        return Err(Failure::UndeclaredTarget {
                            node: node(),
                            superstep,
                        });
                    }
                    Err(message) => {
                        return Err(Failure::RoutePanicked {
                            node: node(),
                            superstep,
                            message,
                        });
                    }
                }
            }
            for &(join, _) in &declared.feeds {
                if position.is_full(join) {
                    found.add(graph.joins[join as usize].target);
                }
            }
        }
        found.in_order();
        found.open_valves(graph, position);
        Ok(found)
    }

    fn add(&mut self, target: u32) {
        if target == END {
            self.end = true;
        } else {
            self.next.push(target);
        }
    }

    fn in_order(&mut self) {
        if self.next.len() > 1 {
            self.next.sort_unstable();
            self.next.dedup();
        }
    }

    /// Sends the run elsewhere where a node has had its visits. `compile` has seen that this comes to an end.
    fn open_valves<S: State>(&mut self, graph: &Inner<S>, position: &Position<S>) {
        let mut place = 0;
        while place < self.next.len() {
            let node = self.next[place];
            match graph.nodes[node as usize].limit {
                Some(limit) if position.visits(node) >= limit.visits => {
                    let to = (limit.otherwise != END).then(|| Arc::clone(&graph.names[limit.otherwise as usize]));
                    let node = Arc::clone(&graph.names[node as usize]);
                    self.opened.push(OpenedValve {
                        node,
                        visits: limit.visits,
                        to,
                    });
                    self.next.remove(place);
                    self.add(limit.otherwise);
                }
                _ => place += 1,
            }
        }
        if !self.opened.is_empty() {
            self.in_order();
        }
    }
}

fn join_waits<S: State>(graph: &Inner<S>, position: &Position<S>) -> Failure {
    let (target, waits_for) = position
        .waiting()
        .next()
        .map_or_else(Default::default, |(join, missing)| {
            let join = &graph.joins[join];
            let name = |source: usize| format!("`{}`", graph.names[join.sources[source] as usize]);
            let missing: Vec<_> = missing.into_iter().map(name).collect();
            (graph.names[join.target as usize].to_string(), missing.join(", "))
        });
    Failure::JoinWaits {
        target,
        waits_for,
        superstep: position.supersteps + 1,
    }
}
