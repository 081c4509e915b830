//! Handles: how nodes are named while a graph is built.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

use smallvec::SmallVec;

use crate::state::State;

/// A handle to a node of a graph over the state `S`, given by [`StateGraph::node`](crate::StateGraph::node); or
/// [`START`](Self::START) or [`END`](Self::END).
pub struct NodeId<S> {
    pub(crate) index: u32,
    /// Which graph it belongs to; `0` for `START` and `END`, which belong to all.
    pub(crate) graph: u32,
    state: PhantomData<fn() -> S>,
}

impl<S> NodeId<S> {
    /// The start of the graph, as what edges, routes and fan-outs leave: a run may begin with a choice, made on its input.
    pub const START: Self = Self { index: START, graph: 0, state: PhantomData };

    /// The end of the graph, as a target of edges, routes and valves.
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

/// A handle of any kind: what an edge, a route or a join may leave, and what a policy is for.
pub trait Handle<S>: Copy + Send + Sync + 'static {
    /// The node.
    fn id(self) -> NodeId<S>;
}

/// What an edge or a join may lead to: a node, or a decider.
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

/// Nodes of one superstep, by their place in the graph's declaration. They are few, as a rule, and need no allocation then.
pub(crate) type NodeList = SmallVec<[u32; 4]>;

/// The number of the start.
pub(crate) const START: u32 = u32::MAX - 1;

/// The number of the end.
pub(crate) const END: u32 = u32::MAX;
