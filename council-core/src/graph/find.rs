//! Finds the nodes of a compiled graph by their handles and names.

use super::compiled::{Graph, Inner};
use crate::state::State;
use crate::types::near_name::near_name;
use crate::types::node_id::Handle;
use crate::types::node_ref::GivenNode;

/// Why a graph does not have a node.
pub(crate) enum NotFound {
    /// No node has this name.
    Name { node: String, near: Option<String> },
    /// The handle is of another graph, or is the start or the end.
    Handle,
}

impl<S: State> Graph<S> {
    /// The name of a node, for comparisons with the names in events and tasks. `None` for a handle of another graph, for the start and
    /// for the end.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let position = plan::begin(&graph, Essay::default());
    /// assert_eq!(position.open_tasks().next().map(|task| task.node), graph.node_name(write));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn node_name(&self, node: impl Handle<S>) -> Option<&str> {
        let node = self.inner.find(&GivenNode::of(node.id())).ok()?;
        Some(&self.inner.names[node as usize])
    }
}

impl<S: State> Inner<S> {
    /// The number of a node.
    pub(crate) fn find(&self, node: &GivenNode) -> Result<u32, NotFound> {
        match node {
            GivenNode::Handle { index, graph } => (*graph == self.id).then_some(*index).ok_or(NotFound::Handle),
            GivenNode::Name(name) => self.names.number(name).ok_or_else(|| {
                let near = self.near_name(name).map(str::to_owned);
                NotFound::Name { node: name.clone(), near }
            }),
        }
    }

    pub(super) fn near_name(&self, misspelt: &str) -> Option<&str> {
        near_name(misspelt, self.names.iter().map(|name| &**name))
    }
}
