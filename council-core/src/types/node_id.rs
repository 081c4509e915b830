//! Handles of nodes, for building a graph.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

use smallvec::SmallVec;

use crate::state::State;

/// A handle to a node of a graph with the state `S`. [`StateGraph::node`](crate::StateGraph::node) returns it; two handles are
/// constants: [`START`](Self::START) and [`END`](Self::END).
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// let mut graph = StateGraph::<Essay>::new("essay");
/// let write: NodeId<Essay> = graph.node("write", write);
/// graph.edge(NodeId::START, write).edge(write, NodeId::END);
/// assert!(graph.compile().is_ok());
/// ```
pub struct NodeId<S> {
    pub(crate) index: u32,
    /// The number of its graph; `0` for `START` and `END`, which belong to every graph.
    pub(crate) graph: u32,
    state: PhantomData<fn() -> S>,
}

impl<S> NodeId<S> {
    /// The start of the graph, as the source of edges, routes and fan-outs. With a route from it, a run can begin with a choice
    /// on its input.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// graph.route(NodeId::START, [write, NodeId::END], |essay, [write, end]| if essay.draft.is_empty() { write } else { end });
    /// ```
    pub const START: Self = Self { index: START, graph: 0, state: PhantomData };

    /// The end of the graph, as the target of edges, routes and valves.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// graph.visit_limit(write, 3, NodeId::END);
    /// ```
    pub const END: Self = Self { index: END, graph: 0, state: PhantomData };

    pub(crate) fn new(index: u32, graph: u32) -> Self {
        Self { index, graph, state: PhantomData }
    }
}

impl<S> Clone for NodeId<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for NodeId<S> {}

impl<S> PartialEq for NodeId<S> {
    fn eq(&self, other: &Self) -> bool {
        (self.index, self.graph) == (other.index, other.graph)
    }
}

impl<S> Eq for NodeId<S> {}

impl<S> Hash for NodeId<S> {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        (self.index, self.graph).hash(hasher);
    }
}

impl<S> fmt::Debug for NodeId<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.index {
            START => formatter.write_str("NodeId(START)"),
            END => formatter.write_str("NodeId(END)"),
            index => write!(formatter, "NodeId({index})"),
        }
    }
}

/// A handle of any kind: a node, a worker, a decider or an item decider. Edges, routes and joins start at a handle, and policies are set for it.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// fn limit<H: Handle<Essay>>(graph: &mut StateGraph<Essay>, node: H) {
///     graph.visit_limit(node, 5, NodeId::END);
/// }
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// limit(&mut graph, write);
/// ```
pub trait Handle<S>: Copy + Send + Sync + 'static {
    /// The handle as a [`NodeId`].
    fn id(self) -> NodeId<S>;
}

/// A target of an edge or a join: a node or a decider. Workers and item deciders are not targets, because they need items.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// fn start_with<T: Target<Essay>>(graph: &mut StateGraph<Essay>, node: T) {
///     graph.start(node);
/// }
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// start_with(&mut graph, write);
/// ```
#[diagnostic::on_unimplemented(
    message = "an edge cannot lead to `{Self}`",
    label = "not a node that an edge can lead to",
    note = "a worker runs for items: send them with `fan_out`, or from a route"
)]
pub trait Target<S>: Handle<S> {}

impl<S: State> Handle<S> for NodeId<S> {
    fn id(self) -> Self {
        self
    }
}

impl<S: State> Target<S> for NodeId<S> {}

/// Nodes of one superstep, as indices in the order of declaration. Up to four need no allocation.
pub(crate) type NodeList = SmallVec<[u32; 4]>;

/// The index of the start.
pub(crate) const START: u32 = u32::MAX - 1;

/// The index of the end.
pub(crate) const END: u32 = u32::MAX;
