//! Edits of a run that are not in the journal yet, and the error of a refused edit.

use super::record::Committed;
use crate::node::failure::Failure;
use crate::state::State;
use crate::types::near_name::did_you_mean;

/// An edit that is not in a journal yet.
#[derive(Clone)]
pub(crate) struct Edit<S: State> {
    /// The author of the edit.
    pub(crate) by: String,
    pub(crate) update: S::Update,
    /// The new successors, and the node that they follow, if the edit replaces the next tasks.
    pub(crate) instead: Option<(u32, Committed)>,
}

/// Why an edit in the name of a node was refused.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// # graph.start(write).end(write); let graph = graph.compile()?;
/// let mut position = plan::begin(&graph, Essay::default());
/// let error = graph.edit_as(&mut position, "nobody", "an editor", Essay::update()).unwrap_err();
/// assert_eq!(error.to_string(), "the graph has no node `nobody`");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// The graph has no such node.
    #[error("the graph has no node `{node}`{}", did_you_mean(near.as_deref()))]
    UnknownNode {
        /// The name that no node has.
        node: String,
        /// The most similar name of a node.
        near: Option<String>,
    },
    /// The handle is of another graph, or is the start or the end.
    #[error("the handle is not of a node of the graph `{graph}`: use the handles of this graph")]
    ForeignNode {
        /// The graph.
        graph: String,
    },
    /// The position is of another graph.
    #[error("the position belongs to another graph than `{graph}`: the nodes or joins differ")]
    OtherGraph {
        /// The graph.
        graph: String,
    },
    /// The run does not stand right after this node alone.
    #[error("the run does not stand right after `{node}`: {why}")]
    NotThere {
        /// The node.
        node: String,
        /// The reason.
        why: &'static str,
    },
    /// The node has no valid successor.
    #[error("the successors of `{node}` cannot be computed again")]
    Nowhere {
        /// The node.
        node: String,
        /// The cause.
        #[source]
        source: Box<Failure>,
    },
}
