//! `StateGraph`, the graph builder: its nodes, workers, deciders and item deciders.

use std::fmt;
use std::panic::Location;
use std::sync::atomic::{AtomicU32, Ordering};

use smallvec::SmallVec;

use super::compiled::{Declared, Guard, Join, NodeExtras, Route};
use super::fault::BuildFault;
use super::migration::Migrate;
use crate::node::decider::Decider;
use crate::node::erased::{ErasedNode, NodeKind};
use crate::node::into_decider::IntoDecider;
use crate::node::into_item_decider::IntoItemDecider;
use crate::node::into_node::IntoNode;
use crate::node::into_worker::IntoWorker;
use crate::node::item_decider::ItemDecider;
use crate::node::policy::Policy;
use crate::node::worker::Worker;
use crate::state::State;
use crate::types::node_id::{Handle, NodeId, NodeList, Target};

/// A graph that is being built: nodes over one state type, and the edges, routes, joins and limits between them.
///
/// [`node`](Self::node) returns a handle, and all other methods take handles, so a misspelt node does not compile.
/// [`compile`](Self::compile) checks the rest, and reports all faults at once.
///
/// ```
/// use council_core::{NodeId, NodeResult, State, StateGraph};
///
/// #[derive(State, Default)]
/// struct Guess {
///     low: u32,
///     high: u32,
///     #[state(add)]
///     tries: u32,
/// }
///
/// async fn halve(guess: &Guess) -> NodeResult<Guess> {
///     let middle = guess.low.midpoint(guess.high);
///     let update = if middle * middle <= 1_000 { Guess::update().low(middle) } else { Guess::update().high(middle) };
///     Ok(update.tries(1))
/// }
///
/// let mut graph = StateGraph::<Guess>::new("root of 1000");
/// let halve = graph.node("halve", halve);
/// graph.start(halve);
/// graph.route(halve, [halve, NodeId::END], |guess, [again, done]| {
///     if guess.high - guess.low > 1 { again } else { done }
/// });
/// let graph = graph.compile()?;
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let outcome = graph.run(Guess { low: 0, high: 1_000, ..Guess::default() }).await?;
/// assert_eq!(outcome.state().low, 31);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct StateGraph<S: State> {
    pub(super) name: String,
    /// Distinguishes the handles of this graph from the handles of another graph over the same state.
    pub(super) id: u32,
    pub(super) names: Vec<String>,
    pub(super) nodes: Vec<Declared<S>>,
    pub(super) joins: Vec<Join>,
    pub(super) guards: Vec<Guard<S>>,
    pub(super) policy: Policy,
    pub(super) starts: NodeList,
    pub(super) start_routes: SmallVec<[Route<S>; 1]>,
    pub(super) ends: Vec<u32>,
    pub(super) is_endless: bool,
    pub(super) version: u32,
    pub(super) migrate: Option<Migrate>,
    pub(super) faults: Vec<BuildFault>,
}

impl<S: State> StateGraph<S> {
    /// An empty graph.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// let graph = StateGraph::<Essay>::new("essay");
    /// assert!(graph.compile().is_err(), "a graph without nodes cannot run");
    /// ```
    pub fn new(name: impl Into<String>) -> Self {
        static GRAPHS: AtomicU32 = AtomicU32::new(1);
        Self {
            name: name.into(),
            id: GRAPHS.fetch_add(1, Ordering::Relaxed),
            names: Vec::new(),
            nodes: Vec::new(),
            joins: Vec::new(),
            guards: Vec::new(),
            policy: Policy::default(),
            starts: SmallVec::new(),
            start_routes: SmallVec::new(),
            ends: Vec::new(),
            is_endless: false,
            version: 1,
            migrate: None,
            faults: Vec::new(),
        }
    }

    /// Adds a node: an `async fn` with the state, or with the state and the context; a struct that implements
    /// [`Node`](crate::Node); or a [`Subgraph`](crate::Subgraph). For a closure that captures values use [`node!`](crate::node!).
    ///
    /// The order in which nodes are declared is the order in which the updates of a superstep are applied.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// async fn write(_: &Essay) -> NodeResult<Essay> {
    ///     Ok(Essay::update().draft("a draft"))
    /// }
    /// let mut graph = StateGraph::<Essay>::new("essay");
    /// let write: NodeId<Essay> = graph.node("write", write);
    /// graph.start(write).end(write);
    /// assert!(graph.compile().is_ok());
    /// ```
    #[doc(alias = "add_node")]
    pub fn node<Kind>(&mut self, name: impl Into<String>, node: impl IntoNode<S, Kind>) -> NodeId<S> {
        self.add(name.into(), node.into_node())
    }

    /// Adds a worker: a node that runs once for each item that [`fan_out`](Self::fan_out) or a route sends to it. It is an `async
    /// fn` with the state and an item, and with the context as an optional third parameter; a struct that implements
    /// [`Work`](crate::Work); or a [`Subgraph::per_item`](crate::Subgraph::per_item). For a closure that captures values use
    /// [`worker!`](crate::worker!).
    ///
    /// Its tasks run concurrently, and their updates are applied in the order of the items.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// async fn check(_: &Essay, word: &String) -> NodeResult<Essay> {
    ///     Ok(Essay::update().notes(format!("{word}: known")))
    /// }
    /// let mut graph = StateGraph::<Essay>::new("essay");
    /// let check: Worker<Essay, String> = graph.worker("check", check);
    /// graph.fan_out(NodeId::START, check, |essay| essay.notes.clone()).end(check);
    /// assert!(graph.compile().is_ok());
    /// ```
    #[doc(alias = "Send")]
    pub fn worker<T, Kind>(&mut self, name: impl Into<String>, worker: impl IntoWorker<S, T, Kind>) -> Worker<S, T> {
        Worker::new(self.add(name.into(), worker.into_worker()))
    }

    /// Adds a decider: a node that returns its update together with a choice. [`decide`](Self::decide) maps each choice to nodes.
    /// For a closure that captures values use [`decider!`](crate::decider!).
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// async fn judge(essay: &Essay) -> DeciderResult<Essay, bool> {
    ///     Ok((Essay::update(), essay.draft.len() > 500))
    /// }
    /// let mut graph = StateGraph::<Essay>::new("essay");
    /// let judge = graph.decider("judge", judge);
    /// ```
    #[doc(alias = "Command")]
    pub fn decider<C, Kind>(
        &mut self,
        name: impl Into<String>,
        decider: impl IntoDecider<S, C, Kind>,
    ) -> Decider<S, C> {
        Decider::new(self.add(name.into(), decider.into_decider()))
    }

    /// Adds an item decider: a [worker](Self::worker) that returns its update together with a choice, for each item.
    /// [`decide`](Self::decide) maps each choice to nodes and items. It is an `async fn` with the state and an item, and with the
    /// context as an optional third parameter; or a struct that implements [`DecideItem`](crate::DecideItem). For a closure that
    /// captures values use [`item_decider!`](crate::item_decider!).
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// async fn check(_: &Essay, word: &String) -> DeciderResult<Essay, bool> {
    ///     Ok((Essay::update().notes(format!("{word}: read")), word.len() > 20))
    /// }
    /// let mut graph = StateGraph::<Essay>::new("essay");
    /// let check: ItemDecider<Essay, String, bool> = graph.item_decider("check", check);
    /// ```
    #[doc(alias("Command", "Send"))]
    pub fn item_decider<T, C, Kind>(
        &mut self,
        name: impl Into<String>,
        decider: impl IntoItemDecider<S, T, C, Kind>,
    ) -> ItemDecider<S, T, C> {
        ItemDecider::new(self.add(name.into(), decider.into_item_decider()))
    }

    pub(crate) fn add(&mut self, name: String, erased: ErasedNode<S>) -> NodeId<S> {
        let index = u32::try_from(self.nodes.len()).expect("a graph has fewer than four thousand million nodes");
        if let NodeKind::Subgraph(subgraph) = &erased.0 {
            if let Some(deps) = subgraph.missing_deps() {
                self.faults.push(BuildFault::SubgraphWithoutDeps { node: name.clone(), deps });
            }
            let depth = subgraph.depth();
            if depth >= MOST_DEPTH {
                self.faults.push(BuildFault::TooDeep { node: name.clone(), depth, most: MOST_DEPTH });
            }
        }
        self.names.push(name);
        self.nodes.push(Declared {
            erased,
            edges: SmallVec::new(),
            routes: SmallVec::new(),
            join_inputs: SmallVec::new(),
            limit: None,
            sole_successor: None,
            deferred: false,
            plain: false,
            extras: Box::new(NodeExtras::default()),
        });
        NodeId::new(index, self.id)
    }

    /// The number of a node of this graph. A handle of another graph, the start or the end becomes a fault.
    #[track_caller]
    pub(super) fn known(&mut self, node: impl Handle<S>, call: &'static str) -> Option<u32> {
        let node = node.id();
        if node.graph == self.id {
            return Some(node.index);
        }
        let at = Location::caller();
        self.faults.push(if node == NodeId::END {
            BuildFault::EndIsNoNode { call, at }
        } else if node == NodeId::START {
            BuildFault::StartIsNoNode { call, at }
        } else {
            BuildFault::ForeignNode { call, at }
        });
        None
    }

    /// The number of a node that is reached without items. A worker becomes a fault.
    #[track_caller]
    pub(super) fn reached(&mut self, node: impl Target<S>, call: &'static str) -> Option<u32> {
        let node = self.known(node, call)?;
        if self.nodes[node as usize].erased.takes_items() {
            let at = Location::caller();
            self.faults.push(BuildFault::WorkerWithoutItems { node: self.names[node as usize].clone(), call, at });
            return None;
        }
        Some(node)
    }
}

impl<S: State> fmt::Debug for StateGraph<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("StateGraph")
            .field("name", &self.name)
            .field("nodes", &self.names)
            .finish_non_exhaustive()
    }
}

/// The largest nesting depth. The future of a subgraph is polled inside the future of its outer graph. This takes about 40 KB of the stack
/// for each level in a debug build, and the smallest stacks have 1 MB. A position is one JSON text, which is read to a depth of 128: each
/// graph takes three levels.
const MOST_DEPTH: u32 = 20;
