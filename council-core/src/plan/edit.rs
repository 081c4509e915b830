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
    pub(crate) kind: EditKind,
}

/// What an edit changes.
#[derive(Clone)]
pub(crate) enum EditKind {
    /// The state.
    State,
    /// The state and the next tasks: they are the successors of this node, computed again.
    Redirect(u32, Committed),
    /// A task, given by its node and its item: it has ended, and the update is its result.
    Result(u32, Option<u32>),
}

/// Why an edit in the name or in the place of a node was refused.
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
    /// The node has no task that an edit can end.
    #[error("an edit cannot end the task of `{node}`{}: {why}", for_item(*item))]
    NotOpen {
        /// The node.
        node: String,
        /// The index of the item, if the edit names one.
        item: Option<u32>,
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

fn for_item(item: Option<u32>) -> String {
    item.map(|item| format!(" for item {item}")).unwrap_or_default()
}
