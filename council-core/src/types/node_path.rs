//! `NodePath`: a node of a compiled graph or of its subgraphs.

use std::fmt;
use std::marker::PhantomData;

use super::node_id::{Handle, NodeId};
use super::node_ref::{GivenNode, NodeRef};
use crate::state::State;

/// A node of a compiled graph, or a node inside its subgraphs, given by handles or by a path of names.
///
/// [`NodeId::inner`](crate::NodeId::inner) and [`Worker::inner`](crate::Worker::inner) lead into a subgraph. As text, the path has a slash
/// before each inner node: `greet/upper`. In the name of a node, a slash is written `~1` and a tilde `~0`, as in JSON Pointer. A text
/// that is the name of a node of the graph is that node, also if it contains a slash.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// fn pausing(run: RunBuilder<Essay>, node: impl Into<NodePath<Essay>>) -> RunBuilder<Essay> {
///     run.pause_before([node])
/// }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// # graph.start(write).end(write); let graph = graph.compile()?;
/// # let mut outer = StateGraph::<Essay>::new("outer");
/// # let essay = outer.node("essay", Subgraph::new(graph, Essay::clone, |inner: Essay| Essay::update().draft(inner.draft)));
/// # outer.start(essay).end(essay); let outer = outer.compile()?;
/// assert!(matches!(pausing(outer.run(Essay::default()), essay).await?, Outcome::Paused { .. }));
/// assert!(matches!(pausing(outer.run(Essay::default()), essay.inner(write)).await?, Outcome::Paused { .. }));
/// assert!(matches!(pausing(outer.run(Essay::default()), "essay/write").await?, Outcome::Paused { .. }));
/// # Ok(()) }
/// ```
pub struct NodePath<S> {
    /// The nodes that lead to the node, outermost first, and the node. A name may contain more than one step of the path.
    pub(crate) nodes: Vec<GivenNode>,
    state: PhantomData<fn() -> S>,
}

impl<S> NodePath<S> {
    /// The node inside the subgraph that this node runs.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)] struct Essay { draft: String }
    /// fn third_level(book: NodeId<Essay>, chapter: NodeId<Essay>, page: NodeId<Essay>) -> NodePath<Essay> {
    ///     book.inner(chapter).inner(page)
    /// }
    /// ```
    #[must_use]
    pub fn inner<T>(mut self, node: impl Handle<T>) -> Self {
        self.nodes.push(GivenNode::of(node.id()));
        self
    }
}

impl<S: State> NodeId<S> {
    /// The node inside the subgraph that this node runs.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// # let mut outer = StateGraph::<Essay>::new("outer");
    /// let essay = outer.node("essay", Subgraph::new(graph, Essay::clone, |inner: Essay| Essay::update().draft(inner.draft)));
    /// # outer.start(essay).end(essay); let outer = outer.compile()?;
    /// let outcome = outer.run(Essay::default()).pause_after([essay.inner(write)]).await?;
    /// assert!(matches!(outcome, Outcome::Paused { .. }));
    /// # Ok(()) }
    /// ```
    pub fn inner<T>(self, node: impl Handle<T>) -> NodePath<S> {
        NodePath::from(self).inner(node)
    }
}

impl<S, N: Into<NodeRef<S>>> From<N> for NodePath<S> {
    fn from(node: N) -> Self {
        Self { nodes: vec![node.into().node], state: PhantomData }
    }
}

impl<S> fmt::Debug for NodePath<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("NodePath").field(&self.nodes).finish()
    }
}
