//! `NodeRef`: a node of a compiled graph, given by its handle or by its name.

use std::fmt;
use std::marker::PhantomData;

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
pub struct NodeRef<S> {
    pub(crate) node: GivenNode,
    state: PhantomData<fn() -> S>,
}

/// How a node is given.
#[derive(Clone)]
pub(crate) enum GivenNode {
    /// The index and the graph of a handle.
    Handle {
        index: u32,
        graph: u32,
    },
    Name(String),
}

impl From<&str> for GivenNode {
    fn from(name: &str) -> Self {
        Self::Name(name.to_owned())
    }
}

impl GivenNode {
    pub(crate) fn of<S>(node: NodeId<S>) -> Self {
        Self::Handle { index: node.index, graph: node.graph }
    }
}

impl<S> From<NodeId<S>> for NodeRef<S> {
    fn from(node: NodeId<S>) -> Self {
        Self { node: GivenNode::of(node), state: PhantomData }
    }
}

impl<S> From<String> for NodeRef<S> {
    fn from(name: String) -> Self {
        Self { node: GivenNode::Name(name), state: PhantomData }
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
        self.node.fmt(formatter)
    }
}

impl fmt::Debug for GivenNode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Handle { index, graph } => NodeId::<()>::new(*index, *graph).fmt(formatter),
            Self::Name(name) => name.fmt(formatter),
        }
    }
}
