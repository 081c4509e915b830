//! `Failure`: the reasons for the failure of a run.

mod causes;
mod json;

use std::time::Duration;

use crate::journal::error::JournalError;
use crate::node::result::NodeError;
use crate::types::json_error::JsonError;
use crate::types::near_name::did_you_mean;

/// The reason for the failure of a run. Supersteps are counted from 1.
///
/// Its text does not contain the text of its source, as is usual in Rust. [`cause`](Self::cause) is the cause in one line, for a model or a list of
/// failed items, and [`error_chain`](crate::error_chain) is the whole chain.
///
/// As JSON it is an object such as
/// `{"kind":"node","node":"write","superstep":1,"attempt":1,"error":"node `write` failed in superstep 1, attempt 1: no idea"}`.
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
        /// The index of the worker's item, from 0; `None` in a node that is not a worker.
        item: Option<u32>,
        /// The superstep.
        superstep: u64,
        /// The number of the attempt, from 1.
        attempt: u32,
        /// The error that the node returned. For a subgraph it is the `Failure` of the inner run.
        #[source]
        source: NodeError,
    },
    /// A node panicked.
    #[error("node `{node}`{} panicked in superstep {superstep}, attempt {attempt}: {message}", of_item(*item))]
    NodePanicked {
        /// The node.
        node: String,
        /// The index of the worker's item, from 0; `None` in a node that is not a worker.
        item: Option<u32>,
        /// The superstep.
        superstep: u64,
        /// The number of the attempt, from 1.
        attempt: u32,
        /// The message of the panic.
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
        /// The index of the worker's item, from 0; `None` in a node that is not a worker.
        item: Option<u32>,
        /// The superstep.
        superstep: u64,
        /// The number of the attempt, from 1.
        attempt: u32,
        /// The timeout.
        limit: Duration,
    },
    /// Two nodes of one superstep replace the same field, and no rule says which one wins.
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
        /// The superstep.
        superstep: u64,
    },
    /// A route, a decision or an error handler chose a node that is not among its targets, or a worker without items.
    #[error(
        "the route, decision or error handler of `{node}` chose a node that is not among its targets, or a worker without items, in superstep {superstep}"
    )]
    UndeclaredTarget {
        /// The node whose route, decision or error handler chose.
        node: String,
        /// The superstep.
        superstep: u64,
    },
    /// The function of a route panicked.
    #[error("the route from `{node}` panicked after superstep {superstep}: {message}")]
    RoutePanicked {
        /// The node that the route leaves.
        node: String,
        /// The superstep.
        superstep: u64,
        /// The message of the panic.
        message: String,
    },
    /// The function of a guard panicked.
    #[error("the guard `{guard}` panicked after superstep {superstep}: {message}")]
    GuardPanicked {
        /// The guard.
        guard: String,
        /// The superstep.
        superstep: u64,
        /// The message of the panic.
        message: String,
    },
    /// The error handler of a node panicked.
    #[error("the error handler of `{node}` panicked in superstep {superstep}: {message}")]
    HandlerPanicked {
        /// The node that failed.
        node: String,
        /// The superstep.
        superstep: u64,
        /// The message of the panic.
        message: String,
    },
    /// A reducer panicked. The state is partly merged, so the run cannot continue.
    #[error("a reducer panicked on the update of node `{node}` in superstep {superstep}: {message}")]
    ReducerPanicked {
        /// The node whose update was applied.
        node: String,
        /// The superstep.
        superstep: u64,
        /// The message of the panic.
        message: String,
    },
    /// Nothing is left to run, the end was not reached, and a join still waits.
    #[error("nothing is left to run after superstep {superstep}, but the join into `{target}` waits for {waits_for}")]
    JoinWaits {
        /// The node that the join leads to.
        target: String,
        /// The sources that have not run, as readable text.
        waits_for: String,
        /// The superstep.
        superstep: u64,
    },
    /// Other user code panicked between supersteps, for example the clone of the state for an observer. No result is lost.
    #[error("a panic after superstep {superstep}, outside of nodes, routes, guards and reducers: {message}")]
    Panicked {
        /// The number of complete supersteps.
        superstep: u64,
        /// The message of the panic.
        message: String,
    },
    /// The error handler of a decider chose no targets, and the decider has no other successors.
    #[error("the error handler of `{node}` chose no target in superstep {superstep}")]
    HandlerWithoutChoice {
        /// The node.
        node: String,
        /// The superstep.
        superstep: u64,
    },
    /// Nothing is left to run, the end was not reached, and no join waits: the routes chose no target.
    #[error(
        "nothing is left to run after superstep {superstep}, and the end was not reached: the routes chose no target"
    )]
    NowhereToGo {
        /// The superstep.
        superstep: u64,
    },
    /// A time limit is set, and the runtime has no timer.
    #[error(
        "graph `{graph}` has time limits, and the tokio runtime has no timer: build the runtime with `enable_time`"
    )]
    NoTimer {
        /// The graph.
        graph: String,
    },
    /// The journal could not be written. It keeps the earlier records: continue with [`Graph::load`](crate::Graph::load)
    /// once the cause is fixed. After a conflict, another program has taken over the run.
    #[error("the journal could not be written")]
    Journal {
        /// The error of the journal.
        #[source]
        source: JournalError,
    },
    /// An update, or another value for the journal, cannot be written as JSON, or could not be read back equal: for example NaN. The
    /// journal keeps the earlier records: correct the program, and continue with [`Graph::load`](crate::Graph::load).
    #[error("{what} cannot be stored")]
    Unwritable {
        /// The value: the update with its node, the input, the state, or the items that are sent.
        what: String,
        /// Why it cannot be stored, with the place in the value, such as its field.
        #[source]
        source: JsonError,
    },
    /// A run with a journal has parts that cannot be stored.
    #[error("these parts of the graph `{graph}` cannot be stored: {parts}; add the call shown in brackets")]
    Unstorable {
        /// The graph.
        graph: String,
        /// The parts, each with the method that makes it storable, as readable text.
        parts: String,
    },
    /// A pause was requested at a node that the graph, or a subgraph, does not have.
    #[error("the run cannot pause at `{node}`: the graph `{graph}` has no such node{}", did_you_mean(near.as_deref()))]
    UnknownPause {
        /// The name that no node has. For a node inside a subgraph it is the path.
        node: String,
        /// The most similar name of a node, or its path.
        near: Option<String>,
        /// The graph that has no such node.
        graph: String,
    },
    /// A pause was requested inside a node that is not a subgraph.
    #[error("the run cannot pause inside `{node}`: this node is not a subgraph")]
    PauseInsideNode {
        /// The name of the node, or its path.
        node: String,
    },
    /// A pause was requested at a handle of another graph, at the start or at the end.
    #[error(
        "the run cannot pause at a handle that is not of a node of the graph `{graph}`: use the handles of this graph"
    )]
    ForeignPause {
        /// The graph.
        graph: String,
    },
    /// The answer to a question does not have the type that the node wants. It was refused, and the question is still open.
    #[error("the answer to `{node}` has the wrong type, and was refused: {error}")]
    WrongAnswer {
        /// The node.
        node: String,
        /// Why the answer was refused.
        error: String,
    },
    /// The run was closed, so it cannot be resumed; see [`close`](crate::journal::close).
    #[error("the run was closed and cannot be resumed: reopen or fork it")]
    Closed {
        /// The run.
        run: String,
    },
    /// The position to resume from belongs to another graph.
    #[error("the position belongs to another graph than `{graph}`: the nodes or joins differ")]
    ForeignPosition {
        /// The graph.
        graph: String,
    },
}

pub(crate) fn of_item(item: Option<u32>) -> String {
    item.map(|item| format!(", item {item},")).unwrap_or_default()
}
