//! The error of a task that cannot be called.

/// Why a task was not called. The position is unchanged.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// # graph.start(write).end(write); let graph = graph.compile()?;
/// let position = plan::begin(&graph, Essay::default());
/// let error = plan::Caller::new(&graph, "r-1", ()).call(&position, 7).await.unwrap_err();
/// assert_eq!(error.to_string(), "the superstep has no open task in place 7");
/// # Ok(()) }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The superstep has no task in this place, or the task has ended.
    #[error("the superstep has no open task in place {place}")]
    NotOpen {
        /// The place.
        place: usize,
    },
    /// The task runs a subgraph. [`Caller`](crate::plan::Caller#subgraphs) shows how a loop drives it.
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
