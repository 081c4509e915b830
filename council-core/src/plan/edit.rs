//! Changes of a run from outside, before they are in the journal, and why one is refused.

use super::record::Committed;
use crate::node::failure::Failure;
use crate::state::State;

/// A change from outside that is not in a journal yet.
#[derive(Clone)]
pub(crate) struct Edit<S: State> {
    /// Who made it.
    pub(crate) by: String,
    pub(crate) update: S::Update,
    /// What comes next instead, and after which node.
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
    #[error("the graph has no node `{node}`")]
    UnknownNode {
        /// The node.
        node: String,
    },
    /// The run has come from elsewhere too, or not from there at all.
    #[error("the run does not stand right after `{node}`: {why}")]
    NotThere {
        /// The node.
        node: String,
        /// What stands against it.
        why: &'static str,
    },
    /// A route of the node leads nowhere.
    #[error("where `{node}` leads cannot be chosen anew")]
    Nowhere {
        /// The node.
        node: String,
        /// Why not.
        #[source]
        source: Box<Failure>,
    },
}
