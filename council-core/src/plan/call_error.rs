//! Why a task cannot be called.

/// Why a task was not called.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The superstep has no task in this place, or the task has ended.
    #[error("the superstep has no open task in place {place}")]
    NotOpen {
        /// The place.
        place: usize,
    },
    /// The task runs a subgraph.
    #[error("`{node}` is a subgraph, which needs a driver of its own")]
    Subgraph {
        /// The node.
        node: String,
    },
    /// The position is of another graph.
    #[error("the position is of another graph than `{graph}`")]
    OtherGraph {
        /// The graph of the caller.
        graph: String,
    },
}
