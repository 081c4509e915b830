//! Why a record does not fit the run that it is put into.

use super::format::error::FormatError;

/// Why a record does not fit the graph or the position. Nothing was changed in what is stored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// It cannot be read.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// It names a node that the graph does not have.
    #[error("the graph has no node `{node}`: give it back, or the name that it had")]
    NoNode {
        /// The node.
        node: String,
    },
    /// It names a guard that the graph does not have.
    #[error("the graph has no guard `{guard}`: give it back, or the name that it had")]
    NoGuard {
        /// The guard.
        guard: String,
    },
    /// The task is none of those that are open.
    #[error("no task of `{node}` was open")]
    NoTask {
        /// The node.
        node: String,
    },
    /// There is no task in this place of the superstep.
    #[error("the superstep has no open task in place {place}")]
    NoPlace {
        /// The place.
        place: usize,
    },
    /// A superstep cannot be completed that was.
    #[error("the superstep cannot be completed: {why}")]
    NotComplete {
        /// Why not.
        why: String,
    },
    /// What it holds is no longer what the state, its update or an item of a worker can be.
    #[error("{what} does not parse: did the type change?")]
    Unreadable {
        /// What does not parse.
        what: String,
        /// Why not.
        #[source]
        source: serde_json::Error,
    },
    /// A worker has become a plain node, or the other way round.
    #[error("`{node}` is {now} in the graph, and was {then} when the run went there: give it another name")]
    OtherKind {
        /// The node.
        node: String,
        /// What it is in the graph.
        now: &'static str,
        /// What it was.
        then: &'static str,
    },
    /// It says how a graph began that has begun already.
    #[error("it begins a graph that has begun already")]
    AlreadyStarted,
    /// The first record of a run does not say how the run began.
    #[error("the first record of a run says how the run began, and this one does not")]
    NotStarted,
    /// It names a question that its task has not asked.
    #[error("the task has not asked question {ask}, counted from 0")]
    NoQuestion {
        /// Which question of the task.
        ask: usize,
    },
    /// It names a join that the graph does not have.
    #[error("the graph has no such join to `{target}`: give it back")]
    NoJoin {
        /// The node that the join leads to.
        target: String,
    },
    /// The node is no subgraph whose insides are stored.
    #[error("`{node}` is no subgraph that is stored")]
    NoSubgraph {
        /// The node.
        node: String,
    },
    /// The items of the worker cannot be stored.
    #[error("the items of `{node}` cannot be stored: call `StateGraph::store_items` for it")]
    NoItems {
        /// The worker.
        node: String,
    },
}
