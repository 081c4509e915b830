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

/// Why a run was not changed as if a node had done it.
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
