//! The compiled graph and its parts.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use smallvec::SmallVec;

use super::migration::Migrate;
use crate::drawing::LinkKind;
use crate::journal::format::program::StoredProgram;
use crate::node::cache::ErasedCache;
use crate::node::codec::ItemCodec;
use crate::node::command::Command;
use crate::node::erased::{AnyChoice, ErasedNode, NodeKind};
use crate::node::failure::Failure;
use crate::node::goto::Goto;
use crate::node::items::Item;
use crate::node::policy::Policy;
use crate::state::State;
use crate::types::node_id::NodeList;
use crate::types::node_names::NodeNames;
use crate::types::permits::Permits;
use crate::types::raw_json::RawJson;

/// A compiled graph: checked, immutable, and cheap to clone.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// graph.start(write).end(write);
/// let graph: Graph<Essay> = graph.compile()?;
/// let (one, other) = (graph.run(Essay::default()).await?, graph.run(Essay::default()).await?);
/// assert_eq!(one.state().draft, other.state().draft);
/// # Ok(()) }
/// ```
pub struct Graph<S: State> {
    pub(crate) inner: Arc<Inner<S>>,
}

impl<S: State> Graph<S> {
    /// The name of the graph.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// assert_eq!(graph.name(), "essay");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn name(&self) -> &str {
        &self.inner.name
    }

    /// The names of the nodes, in the order in which they were declared.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # async fn judge(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().notes("too short")) }
    /// # let mut graph = StateGraph::<Essay>::new("essay");
    /// # let (write, judge) = (graph.node("write", write), graph.node("judge", judge));
    /// # graph.start(write).edge(write, judge).end(judge); let graph = graph.compile()?;
    /// assert_eq!(graph.nodes().collect::<Vec<_>>(), ["write", "judge"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn nodes(&self) -> impl Iterator<Item = &str> {
        self.inner.names.iter().map(|name| &**name)
    }
}

impl<S: State> Clone for Graph<S> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

impl<S: State> fmt::Debug for Graph<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Graph").field("name", &self.name()).field("nodes", &self.inner.names).finish()
    }
}

/// The parts of a compiled graph. Nodes are numbers from here on.
#[expect(clippy::struct_excessive_bools, reason = "each saves most graphs a search")]
pub(crate) struct Inner<S: State> {
    pub(crate) name: String,
    /// The number of the graph in its handles.
    pub(crate) id: u32,
    pub(crate) names: Arc<NodeNames>,
    pub(crate) nodes: Vec<Declared<S>>,
    pub(crate) joins: Vec<Join>,
    pub(crate) guards: Vec<Guard<S>>,
    pub(crate) starts: NodeList,
    /// The routes from the start, called with the input.
    pub(crate) start_routes: SmallVec<[Route<S>; 1]>,
    /// The description of the program in the first record of a run.
    pub(crate) program: StoredProgram,
    /// Reads what older versions of the graph have stored.
    pub(crate) migrate: Option<Migrate>,
    /// Whether any node has a visit limit. Most graphs have none and skip the check.
    pub(crate) has_limits: bool,
    pub(crate) has_deferred: bool,
    /// The nesting depth, this graph included.
    pub(crate) depth: u32,
    /// Whether any node is spawned, in subgraphs too.
    pub(crate) has_spawned: bool,
    /// Whether any node has a timeout or retries, which need a runtime with a timer.
    pub(crate) needs_timer: bool,
}

impl<S: State> Inner<S> {
    /// The nodes at which a run may begin.
    pub(crate) fn start_nodes(&self) -> impl Iterator<Item = u32> {
        self.starts.iter().chain(self.start_routes.iter().flat_map(|route| &route.targets)).copied()
    }

    /// Adds to `all` the parts that a journal cannot store, each with the method that makes it storable.
    pub(crate) fn unstorable(&self, all: &mut Vec<String>) {
        for (node, name) in self.nodes.iter().zip(self.names.iter()) {
            if let NodeKind::Subgraph(subgraph) = &node.erased.0 {
                subgraph.unstorable(name, all);
            }
            if node.erased.takes_items() && node.extras.items.is_none() {
                all.push(format!("the items of `{name}` (`StateGraph::store_items`)"));
            }
        }
    }
}

/// A declared node: its code, its settings, and its outgoing edges and routes.
pub(crate) struct Declared<S: State> {
    pub(crate) erased: ErasedNode<S>,
    pub(crate) edges: SmallVec<[u32; 2]>,
    pub(crate) routes: SmallVec<[Route<S>; 1]>,
    /// The joins that this node is a source of: the join, and the index of the node among its sources.
    pub(crate) join_inputs: SmallVec<[(u32, u32); 1]>,
    pub(crate) limit: Option<VisitLimit>,
    /// The only possible successor, if there is one. Most steps of most runs use it.
    pub(crate) sole_successor: Option<u32>,
    /// Whether the node waits until no other task is left.
    pub(crate) deferred: bool,
    /// Whether the driver only has to run the node, without any special setting. Most nodes are plain.
    pub(crate) plain: bool,
    /// Settings that few nodes have.
    pub(crate) extras: Box<NodeExtras<S>>,
}

/// The special settings of a node.
pub(crate) struct NodeExtras<S: State> {
    pub(crate) policy: Policy,
    /// One permit for each task that may run at the same time.
    pub(crate) permits: Option<Permits>,
    pub(crate) cache: Option<Box<dyn ErasedCache<S>>>,
    pub(crate) decision: Option<DecisionTargets<S>>,
    pub(crate) handler: Option<Handler<S>>,
    /// The maximum time of an attempt at an item, instead of the timeout of the policy.
    pub(crate) item_timeout: Option<ItemTimeout<S>>,
    /// The codec of a worker's items, if they can be stored.
    pub(crate) items: Option<ItemCodec>,
    pub(crate) metadata: BTreeMap<String, RawJson<'static>>,
}

impl<S: State> Default for NodeExtras<S> {
    fn default() -> Self {
        Self {
            policy: Policy::default(),
            permits: None,
            cache: None,
            decision: None,
            handler: None,
            item_timeout: None,
            items: None,
            metadata: BTreeMap::new(),
        }
    }
}

/// Returns the maximum time of an attempt at an item, or `None` for an item that was sent in another graph.
pub(crate) type ItemTimeout<S> = Box<dyn Fn(&S, &Item) -> Option<Duration> + Send + Sync>;

/// Targets chosen by a function of the state.
pub(crate) struct Route<S: State> {
    pub(crate) targets: Vec<u32>,
    /// Whether the route always chooses one target, according to its return type.
    pub(crate) picks_one: bool,
    pub(crate) labels: Vec<String>,
    pub(crate) kind: LinkKind,
    pub(crate) pick: Pick<S>,
}

/// Returns where the run goes, or `None` if a chosen node is not a declared target.
pub(crate) type Pick<S> = Box<dyn Fn(&S) -> Option<Goto<S>> + Send + Sync>;

/// Targets chosen by the node itself.
pub(crate) struct DecisionTargets<S: State> {
    pub(crate) targets: Vec<u32>,
    /// Whether each choice leads to one target, according to the return type of the function.
    pub(crate) picks_one: bool,
    pub(crate) labels: Vec<String>,
    /// Returns where a choice leads, or `None` if a chosen node is not a declared target.
    pub(crate) pick: Box<dyn Fn(AnyChoice) -> Option<Goto<S>> + Send + Sync>,
}

/// The error handler of a node.
pub(crate) struct Handler<S: State> {
    pub(crate) targets: Vec<u32>,
    pub(crate) recover: Recover<S>,
}

/// Returns the command of the handler, if any, or `Err` if the handler chose an undeclared target.
pub(crate) type Recover<S> =
    Box<dyn Fn(&S, Option<&Item>, &Failure) -> Result<Option<Command<S>>, Undeclared> + Send + Sync>;

/// The error of a handler that chose an undeclared target.
pub(crate) struct Undeclared;

/// An edge that fires once all its sources have run.
pub(crate) struct Join {
    pub(crate) sources: Vec<u32>,
    pub(crate) target: u32,
}

/// After this number of visits to a node, the run goes to `otherwise` instead.
#[derive(Clone, Copy)]
pub(crate) struct VisitLimit {
    pub(crate) visits: u32,
    pub(crate) otherwise: u32,
}

/// Once `when` holds for the state, the run goes to `otherwise`.
pub(crate) struct Guard<S> {
    pub(crate) name: String,
    pub(crate) when: Box<dyn Fn(&S) -> bool + Send + Sync>,
    pub(crate) otherwise: u32,
}
