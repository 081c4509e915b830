//! `NodeRef`: a node of a compiled graph, given by its handle or by its name.

use std::fmt;

use super::node_id::NodeId;

/// A node of a compiled graph, given by its handle or by its name. Prefer the handle: a misspelt handle does not compile. A name is for
/// nodes that are known at run time only.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// fn pausing(run: RunBuilder<Essay>, node: impl Into<NodeRef<Essay>>) -> RunBuilder<Essay> {
///     run.pause_before([node])
/// }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// # graph.start(write).end(write); let graph = graph.compile()?;
/// assert!(matches!(pausing(graph.run(Essay::default()), write).await?, Outcome::Paused { .. }));
/// assert!(matches!(pausing(graph.run(Essay::default()), "write").await?, Outcome::Paused { .. }));
/// # Ok(()) }
/// ```
pub struct NodeRef<S>(pub(crate) GivenNode<S>);

/// How a node is given.
pub(crate) enum GivenNode<S> {
    Handle(NodeId<S>),
    Name(String),
}

impl<S> From<NodeId<S>> for NodeRef<S> {
    fn from(node: NodeId<S>) -> Self {
        Self(GivenNode::Handle(node))
    }
}

impl<S> From<String> for NodeRef<S> {
    fn from(name: String) -> Self {
        Self(GivenNode::Name(name))
    }
}

impl<S> From<&str> for NodeRef<S> {
    fn from(name: &str) -> Self {
        name.to_owned().into()
    }
}

impl<S> From<&String> for NodeRef<S> {
    fn from(name: &String) -> Self {
        name.to_owned().into()
    }
}

impl<S> fmt::Debug for NodeRef<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            GivenNode::Handle(node) => node.fmt(formatter),
            GivenNode::Name(name) => name.fmt(formatter),
        }
    }
}
