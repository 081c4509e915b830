//! `Goto`: where a route, a decider or an error handler sends the run.

use std::sync::Arc;

use super::items::Items;
use crate::types::node_id::NodeId;

/// Where a route or a decider sends the run: to one node, to several nodes of one superstep, to a worker with items, or nowhere.
///
/// A route may return anything that converts into a `Goto`: a [`NodeId`], an array or a `Vec` of node ids, or the result of
/// [`Worker::send`](crate::Worker::send). [`and`](Self::and) combines two.
///
/// ```
/// # use council_core::{Goto, NodeId, NodeResult, State, StateGraph};
/// # #[derive(State, Default)]
/// # struct Batch { urgent: bool, orders: Vec<u32> }
/// # async fn pass(_: &Batch) -> NodeResult<Batch> { Ok(Batch::update()) }
/// # async fn pack(_: &Batch, order: &u32) -> NodeResult<Batch> { Ok(Batch::update()) }
/// # let mut graph = StateGraph::<Batch>::new("batch");
/// # let (read, alarm) = (graph.node("read", pass), graph.node("alarm", pass));
/// # let pack = graph.worker("pack", pack);
/// graph.route(read, (alarm, pack), |batch, (alarm, pack)| {
///     let orders = pack.send(batch.orders.clone());
///     if batch.urgent { orders.and(alarm) } else { orders }
/// });
/// ```
#[doc(alias = "Command")]
#[must_use = "it leads nowhere until a route or a node returns it"]
pub struct Goto<S> {
    pub(crate) destinations: Destinations<S>,
    /// Whether these targets replace the node's edges, routes and joins.
    pub(crate) instead: bool,
}

/// The chosen targets, stored inline in the common case of one node.
pub(crate) enum Destinations<S> {
    One(NodeId<S>),
    Many { nodes: Vec<NodeId<S>>, sends: Vec<Sending<S>> },
}

/// A worker and the items for it.
type Sending<S> = (NodeId<S>, Arc<dyn Items>);

impl<S> Goto<S> {
    /// No target. The run continues with the other targets of the node, and fails if no task is left.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// graph.route(write, [write], |essay, [write]| if essay.draft.is_empty() { write.into() } else { Goto::nowhere() });
    /// ```
    pub fn nowhere() -> Self {
        Destinations::Many { nodes: Vec::new(), sends: Vec::new() }.into()
    }

    /// Adds targets. All of them run in the same superstep.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # async fn judge(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().notes("too short")) }
    /// # let mut graph = StateGraph::<Essay>::new("essay");
    /// # let (write, judge) = (graph.node("write", write), graph.node("judge", judge));
    /// graph.route(NodeId::START, [write, judge], |_, [write, judge]| Goto::from(write).and(judge));
    /// ```
    pub fn and(self, other: impl Into<Self>) -> Self {
        let (mut nodes, mut sends) = self.into_lists();
        let (more_nodes, more_sends) = other.into().into_lists();
        nodes.extend(more_nodes);
        sends.extend(more_sends);
        Destinations::Many { nodes, sends }.into()
    }

    pub(crate) fn sending(worker: NodeId<S>, items: Arc<dyn Items>) -> Self {
        Destinations::Many { nodes: Vec::new(), sends: vec![(worker, items)] }.into()
    }

    /// Whether every target is among `choices`: a worker with items, any other node without.
    pub(crate) fn is_among(&self, choices: &[Choice<S>]) -> bool {
        let has = |node: NodeId<S>, takes_items| choices.contains(&Choice { node, takes_items });
        match &self.destinations {
            Destinations::One(node) => has(*node, false),
            Destinations::Many { nodes, sends } => {
                nodes.iter().all(|node| has(*node, false)) && sends.iter().all(|(worker, _)| has(*worker, true))
            }
        }
    }

    fn into_lists(self) -> (Vec<NodeId<S>>, Vec<Sending<S>>) {
        match self.destinations {
            Destinations::One(node) => (vec![node], Vec::new()),
            Destinations::Many { nodes, sends } => (nodes, sends),
        }
    }
}

/// A target that may be chosen.
pub(crate) struct Choice<S> {
    pub(crate) node: NodeId<S>,
    /// Whether the target is a worker, which is reached with items only.
    pub(crate) takes_items: bool,
}

impl<S> PartialEq for Choice<S> {
    fn eq(&self, other: &Self) -> bool {
        (self.node, self.takes_items) == (other.node, other.takes_items)
    }
}

impl<S> Clone for Goto<S> {
    fn clone(&self) -> Self {
        let destinations = match &self.destinations {
            Destinations::One(node) => Destinations::One(*node),
            Destinations::Many { nodes, sends } => Destinations::Many { nodes: nodes.clone(), sends: sends.clone() },
        };
        Self { destinations, instead: self.instead }
    }
}

impl<S> std::fmt::Debug for Goto<S> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { destinations, instead } = self;
        let mut goto = formatter.debug_struct("Goto");
        match destinations {
            Destinations::One(node) => goto.field("node", node),
            Destinations::Many { nodes, sends } => {
                let items: Vec<_> = sends.iter().map(|(worker, items)| (worker, items.len())).collect();
                goto.field("nodes", nodes).field("items", &items)
            }
        };
        goto.field("instead", instead).finish()
    }
}

impl<S> From<Destinations<S>> for Goto<S> {
    fn from(destinations: Destinations<S>) -> Self {
        Self { destinations, instead: false }
    }
}

impl<S> From<NodeId<S>> for Goto<S> {
    fn from(node: NodeId<S>) -> Self {
        Destinations::One(node).into()
    }
}

impl<S, const N: usize> From<[NodeId<S>; N]> for Goto<S> {
    fn from(nodes: [NodeId<S>; N]) -> Self {
        Vec::from(nodes).into()
    }
}

impl<S> From<Vec<NodeId<S>>> for Goto<S> {
    fn from(nodes: Vec<NodeId<S>>) -> Self {
        Destinations::Many { nodes, sends: Vec::new() }.into()
    }
}
