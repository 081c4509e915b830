//! The planner: decides the next step of a run.

use super::next_nodes::{find_successors, settle, stranded};
use super::position::Position;
use super::successors::Successors;
use crate::graph::compiled::{Graph, Inner};
use crate::node::failure::Failure;
use crate::state::State;
use crate::types::limits::{Limits, StopReason};

/// The result of [`advance`].
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// # graph.start(write).end(write); let graph = graph.compile()?;
/// let mut position = plan::begin(&graph, Essay::default());
/// let turn = plan::advance(&graph, &Limits::default(), &mut position);
/// assert!(!turn.committed, "no superstep is complete yet");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Turn {
    /// Whether this call completed a superstep. If so, [`Position::committed`] returns the record of the superstep, which is
    /// already applied to the position.
    pub committed: bool,
    /// The next step of the run.
    pub next: Next,
}

/// The next step of a run. Later versions add no variant: a loop must handle every step, and the compiler checks that it does.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// # graph.start(write).end(write); let graph = graph.compile()?;
/// let mut position = plan::begin(&graph, Essay::default());
/// match plan::advance(&graph, &Limits::default(), &mut position).next {
///     plan::Next::Run => println!("run {:?}", position.open_tasks().next()),
///     plan::Next::Finish => println!("finished"),
///     plan::Next::Stop(reason) => println!("stopped: {reason}"),
///     plan::Next::Fail(failure) => println!("failed: {failure}"),
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub enum Next {
    /// Run the open tasks of the position; record each as it ends.
    Run,
    /// The run is over.
    Finish,
    /// A limit is reached; the run can continue with a higher limit.
    Stop(StopReason),
    /// The run cannot continue from the results of its tasks. The superstep is not committed.
    Fail(Box<Failure>),
}

/// The position of a run that has not started. If the graph starts with a route, the position has no tasks until [`advance`] has
/// called the route. The targets of the route are recorded like the successors of a superstep.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// # graph.start(write).end(write); let graph = graph.compile()?;
/// let position = plan::begin(&graph, Essay::default());
/// assert_eq!(position.open_tasks().next().unwrap().node, "write");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn begin<S: State>(graph: &Graph<S>, input: S) -> Position<S> {
    Position::new(&graph.inner, input)
}

/// Returns the next step of a run.
///
/// If all tasks of the superstep have ended, it completes the superstep first. It applies their updates in the order of the tasks, which the
/// superstep fixed when it began. Then it calls the routes with the new state. Their targets are the new tasks.
/// [`fold`](crate::plan::fold) takes the same step from the record of the superstep. A panic of a route or a reducer passes through this
/// function; a run turns it into the [`Failure`] of the node. A position of another graph is the failure
/// [`ForeignPosition`](Failure::ForeignPosition).
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// # graph.start(write).end(write); let graph = graph.compile()?;
/// let mut position = plan::begin(&graph, Essay::default());
/// let limits = Limits { supersteps: 0, ..Limits::default() };
/// let turn = plan::advance(&graph, &limits, &mut position);
/// assert!(matches!(turn.next, plan::Next::Stop(StopReason::Supersteps(0))));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[inline]
pub fn advance<S: State>(graph: &Graph<S>, limits: &Limits, position: &mut Position<S>) -> Turn {
    let mut committed = false;
    if !position.fits(&graph.inner) {
        let failure = Failure::ForeignPosition { graph: graph.name().to_owned() };
        return Turn { committed, next: Next::Fail(Box::new(failure)) };
    }
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

/// Completes the superstep: merges its updates, and makes its successors the new tasks.
fn complete<S: State>(graph: &Inner<S>, position: &mut Position<S>) -> Result<(), Box<Failure>> {
    position.merge(graph)?;
    if let [task] = position.tasks.tasks.as_slice()
        && let Some(next) = graph.nodes[task.node as usize].sole_successor
    {
        position.commit_sole_successor(graph, next);
        return Ok(());
    }
    let mut next = Successors::default();
    find_successors(graph, position, &mut next)?;
    settle(graph, position, &mut next);
    if next.is_empty() && !position.end_reached {
        return Err(stranded(graph, position).into());
    }
    position.commit(graph, next);
    Ok(())
}
