//! Why a run failed.

use std::time::Duration;

use super::result::NodeError;
use crate::journal::error::JournalError;
use crate::types::error_chain::error_chain;

/// Why a run failed. Supersteps are counted from 1.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Err("no idea".into()) }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// # graph.start(write).end(write); let graph = graph.compile()?;
/// let error = graph.run(Essay::default()).await.unwrap_err();
/// assert!(matches!(error.failure(), Failure::Node { node, superstep: 1, .. } if node == "write"));
/// # Ok(()) }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// A node returned an error.
    #[error("node `{node}`{} failed in superstep {superstep}, attempt {attempt}", of_item(*item))]
    Node {
        /// The node.
        node: String,
        /// Which item of a worker, from 0.
        item: Option<u32>,
        /// When.
        superstep: u64,
        /// How often the task has been tried.
        attempt: u32,
        /// What the node returned. A subgraph that failed has its own `Failure` here.
        #[source]
        source: NodeError,
    },
    /// A node panicked.
    #[error("node `{node}`{} panicked in superstep {superstep}, attempt {attempt}: {message}", of_item(*item))]
    NodePanicked {
        /// The node.
        node: String,
        /// Which item of a worker, from 0.
        item: Option<u32>,
        /// When.
        superstep: u64,
        /// How often the task has been tried.
        attempt: u32,
        /// What the panic said.
        message: String,
    },
    /// A node took longer than its [`Policy::timeout`](crate::Policy::timeout).
    #[error(
        "node `{node}`{} took longer than its {} s in superstep {superstep}, attempt {attempt}",
        of_item(*item), limit.as_secs_f64()
    )]
    NodeTimedOut {
        /// The node.
        node: String,
        /// Which item of a worker, from 0.
        item: Option<u32>,
        /// When.
        superstep: u64,
        /// How often the task has been tried.
        attempt: u32,
        /// How long it was allowed.
        limit: Duration,
    },
    /// Two nodes of one superstep set the same field, and nothing says who wins.
    #[error(
        "node `{second}` replaces `{field}`, which node `{first}` replaced in the same superstep, {superstep}; \
         give the field a reducer, or let the nodes run one after the other"
    )]
    Conflict {
        /// The field.
        field: &'static str,
        /// The node that was declared earlier.
        first: String,
        /// The node that was declared later.
        second: String,
        /// When.
        superstep: u64,
    },
    /// A route, a decision or an error handler chose a node that is not among its targets, or a worker for which it had no items.
    #[error(
        "what leaves `{node}` chose a node that it does not declare as a target, or a worker without items, in superstep {superstep}"
    )]
    UndeclaredTarget {
        /// The node that it leaves.
        node: String,
        /// When.
        superstep: u64,
    },
    /// The function of a route panicked.
    #[error("the route from `{node}` panicked after superstep {superstep}: {message}")]
    RoutePanicked {
        /// The node that the route leaves.
        node: String,
        /// When.
        superstep: u64,
        /// What the panic said.
        message: String,
    },
    /// The function of a guard panicked.
    #[error("the guard `{guard}` panicked after superstep {superstep}: {message}")]
    GuardPanicked {
        /// The guard.
        guard: String,
        /// When.
        superstep: u64,
        /// What the panic said.
        message: String,
    },
    /// The error handler of a node panicked.
    #[error("the error handler of `{node}` panicked in superstep {superstep}: {message}")]
    HandlerPanicked {
        /// The node that had failed.
        node: String,
        /// When.
        superstep: u64,
        /// What the panic said.
        message: String,
    },
    /// A reducer panicked. The state is half merged, so the run cannot go on.
    #[error("a reducer panicked on the update of node `{node}` in superstep {superstep}: {message}")]
    ReducerPanicked {
        /// The node whose update was applied.
        node: String,
        /// When.
        superstep: u64,
        /// What the panic said.
        message: String,
    },
    /// Nothing is left to run, the end was not reached, and a join still waits.
    #[error("nothing is left to run after superstep {superstep}, but the join into `{target}` waits for {waits_for}")]
    JoinWaits {
        /// The node that the join leads to.
        target: String,
        /// The sources that have not run, as a list for a person.
        waits_for: String,
        /// When.
        superstep: u64,
    },
    /// Something of the user's panicked between supersteps: a copy of the state for an observer, for one. Nothing is lost.
    #[error("a panic after superstep {superstep}, outside of nodes, routes, guards and reducers: {message}")]
    Panicked {
        /// How many supersteps were complete.
        superstep: u64,
        /// What the panic said.
        message: String,
    },
    /// The error handler of a node that decides did not say where to go.
    #[error("the error handler of `{node}`, which decides where the run goes, chose nothing, in superstep {superstep}")]
    HandlerWithoutChoice {
        /// The node.
        node: String,
        /// When.
        superstep: u64,
    },
    /// Nothing is left to run, the end was not reached, and no join waits: routes have led nowhere.
    #[error("nothing is left to run after superstep {superstep}, and the end was not reached: the routes led nowhere")]
    NowhereToGo {
        /// When.
        superstep: u64,
    },
    /// A limit of time is set, and the runtime has no timer.
    #[error("graph `{graph}` has limits of time, and the tokio runtime has no timer: build it with `enable_time`")]
    NoTimer {
        /// The graph that was to run.
        graph: String,
    },
    /// The journal could not be written. What was recorded before is in it; go on with
    /// [`Graph::load`](crate::Graph::load) once the cause is mended. After a conflict, another program has the run.
    #[error("the journal could not be written")]
    Journal {
        /// Why not.
        #[source]
        source: JournalError,
    },
    /// An update, or something else that has to be recorded, cannot be written as JSON.
    #[error("what `{what}` wrote cannot be stored as JSON")]
    Unwritable {
        /// Whose it is.
        what: String,
        /// Why not.
        #[source]
        source: serde_json::Error,
    },
    /// A run with a journal has parts that cannot be stored.
    #[error("the graph `{graph}` cannot be stored; call what stands in brackets: {parts}")]
    Unstorable {
        /// The graph.
        graph: String,
        /// The parts, each with what to call, as a list for a person.
        parts: String,
    },
    /// A field of the state is `untracked`, and its serde writes it nevertheless.
    #[error("the field `{field}` is `untracked`, so it must not be stored, and serde stores it: add `#[serde(skip)]`")]
    TrackedField {
        /// The field.
        field: &'static str,
    },
    /// The run was to pause at a node that is not there.
    #[error("the run was to pause at `{node}`, and the graph `{graph}` has no such node")]
    UnknownPause {
        /// The node.
        node: String,
        /// The graph.
        graph: String,
    },
    /// The answer to a question is not of the type that the node wants. It was not taken: the question is open still.
    #[error("the answer to `{node}` is not what it asked for, and was not taken: {error}")]
    WrongAnswer {
        /// The node.
        node: String,
        /// Why not.
        error: String,
    },
    /// The run was closed, so it does not go on; see [`close`](crate::journal::close).
    #[error("it was closed and does not go on; it can be forked")]
    Closed {
        /// The run.
        run: String,
    },
    /// The run was to go on from a position of another graph.
    #[error("the position does not fit the graph `{graph}`: its nodes or joins are others")]
    ForeignPosition {
        /// The graph that was to run.
        graph: String,
    },
}

impl Failure {
    /// The error of the node, or one of its sources, if it is of this type.
    ///
    /// ```
    /// use council_core::Retry;
    ///
    /// let when_busy = Retry {
    ///     when: |failure| failure.error::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::WouldBlock),
    ///     ..Retry::default()
    /// };
    /// # let _ = when_busy;
    /// ```
    pub fn error<E: std::error::Error + 'static>(&self) -> Option<&E> {
        let mut source = std::error::Error::source(self);
        while let Some(error) = source {
            if let Some(found) = error.downcast_ref() {
                return Some(found);
            }
            source = error.source();
        }
        None
    }

    /// Whether it is no node's, though it may come to light in a subgraph.
    pub(crate) fn is_of_the_run(&self) -> bool {
        matches!(self, Self::Journal { .. } | Self::Unwritable { .. } | Self::WrongAnswer { .. })
    }

    /// Whether another attempt may help: not after a panic, and not after a fault of the graph or of an update, also inside a
    /// subgraph. It is the default of [`Retry::when`](crate::Retry::when).
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Err("busy".into()) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let error = graph.run(Essay::default()).await.unwrap_err();
    /// assert!(error.failure().is_retryable());
    /// # Ok(()) }
    /// ```
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Node { source, .. } => source.downcast_ref::<Self>().is_none_or(Self::is_retryable),
            Self::NodeTimedOut { .. } => true,
            _ => false,
        }
    }

    /// Why a task failed, in one line, without the place that its event names.
    pub(crate) fn cause(&self) -> String {
        match self {
            Self::Node { source, .. } => error_chain(&**source),
            Self::NodePanicked { message, .. } => format!("panicked: {message}"),
            Self::NodeTimedOut { limit, .. } => format!("took longer than its {} s", limit.as_secs_f64()),
            other => error_chain(other),
        }
    }
}

fn of_item(item: Option<u32>) -> String {
    item.map(|item| format!(", item {item},")).unwrap_or_default()
}
