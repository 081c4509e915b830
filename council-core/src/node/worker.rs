//! Workers: nodes that run once for each item, concurrently.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use async_trait::async_trait;

use super::context::Context;
use super::goto::Goto;
use super::result::NodeResult;
use super::targets::Targets;
use crate::state::State;
use crate::types::node_id::{Handle, NodeId};
use crate::types::node_path::NodePath;
use crate::types::node_ref::NodeRef;

/// A handle to a worker with items of type `T`, in a graph with the state `S`. [`StateGraph::worker`](crate::StateGraph::worker)
/// returns it.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// async fn check(_: &Essay, word: &String) -> NodeResult<Essay> {
///     Ok(Essay::update().notes(format!("{word}: known")))
/// }
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// let check: Worker<Essay, String> = graph.worker("check", check);
/// graph.start(write).fan_out(write, check, |essay| essay.draft.split(' ').map(String::from).collect::<Vec<_>>()).end(check);
/// assert!(graph.compile().is_ok());
/// ```
pub struct Worker<S, T> {
    id: NodeId<S>,
    item: PhantomData<fn(T)>,
}

impl<S, T> Worker<S, T> {
    pub(crate) fn new(id: NodeId<S>) -> Self {
        Self { id, item: PhantomData }
    }

    /// The worker as a node, for settings of all its tasks, such as a join or a visit limit.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn check(_: &Essay, word: &String) -> NodeResult<Essay> { Ok(Essay::update()) }
    /// # let mut graph = StateGraph::<Essay>::new("essay");
    /// let check = graph.worker("check", check);
    /// graph.fan_out(NodeId::START, check, |essay| essay.notes.clone()).end(check);
    /// graph.visit_limit(check.id(), 3, NodeId::END);
    /// assert!(graph.compile().is_ok());
    /// ```
    pub fn id(self) -> NodeId<S> {
        self.id
    }

    /// The node inside the subgraph that this worker runs for each item. A breakpoint there is a breakpoint for every item.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// # let mut outer = StateGraph::<Essay>::new("outer");
    /// # let input = |_: &Essay, title: &String| Essay { notes: vec![title.clone()], ..Essay::default() };
    /// let essay = outer.worker("essay", Subgraph::per_item(graph, input, |inner| Essay::update().notes(inner.draft)));
    /// outer.fan_out(NodeId::START, essay, |essay| essay.notes.clone()).end(essay);
    /// let run = outer.compile()?.run(Essay::default()).pause_before([essay.inner(write)]);
    /// # let _ = run;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn inner<U>(self, node: impl Handle<U>) -> NodePath<S>
    where
        S: State,
    {
        self.id.inner(node)
    }

    /// Sends the run to the worker, with one task for each item. Without items, the successors of the worker run next.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # async fn check(_: &Essay, word: &String) -> NodeResult<Essay> { Ok(Essay::update()) }
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// let check = graph.worker("check", check);
    /// graph.route(write, check, |essay, check| check.send(essay.draft.split(' ').map(String::from)));
    /// ```
    pub fn send(self, items: impl IntoIterator<Item = T>) -> Goto<S>
    where
        T: Send + Sync + 'static,
    {
        Goto::sending(self.id, Arc::new(items.into_iter().collect::<Vec<T>>()))
    }
}

impl<S, T> Clone for Worker<S, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S, T> Copy for Worker<S, T> {}

impl<S, T> fmt::Debug for Worker<S, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Worker({:?})", self.id)
    }
}

impl<S, T> From<Worker<S, T>> for NodeRef<S> {
    fn from(worker: Worker<S, T>) -> Self {
        worker.id.into()
    }
}

impl<S: State, T: 'static> Handle<S> for Worker<S, T> {
    fn id(self) -> NodeId<S> {
        Worker::id(self)
    }
}

impl<S: State, T: 'static> Targets<S> for Worker<S, T> {
    type Labels<L> = [L; 1];

    fn list(self) -> Vec<NodeId<S>> {
        vec![self.id()]
    }
}

/// A handle of a node that takes items: a worker or an [`ItemDecider`](crate::ItemDecider).
/// [`StateGraph::fan_out`](crate::StateGraph::fan_out) and the settings of items take it.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn check(_: &Essay, word: &String) -> NodeResult<Essay> { Ok(Essay::update()) }
/// fn for_notes<W: TakesItems<Essay, Item = String>>(graph: &mut StateGraph<Essay>, worker: W) {
///     graph.fan_out(NodeId::START, worker, |essay| essay.notes.clone()).end(worker);
/// }
/// # let mut graph = StateGraph::<Essay>::new("essay"); let check = graph.worker("check", check);
/// for_notes(&mut graph, check);
/// assert!(graph.compile().is_ok());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` takes no items",
    label = "not a worker",
    note = "add a node that runs for items with `worker` or `item_decider`"
)]
pub trait TakesItems<S>: Handle<S> {
    /// The type of an item.
    type Item: Send + Sync + 'static;

    /// The handle as a [`Worker`].
    fn worker(self) -> Worker<S, Self::Item>;
}

impl<S: State, T: Send + Sync + 'static> TakesItems<S> for Worker<S, T> {
    type Item = T;

    fn worker(self) -> Self {
        self
    }
}

/// A worker that is a struct; functions and closures need no impl.
///
/// ```
/// use council_core::{Context, NodeResult, State, StateGraph, Work, async_trait};
///
/// #[derive(State, Default)]
/// struct Totals {
///     #[state(append)]
///     prices: Vec<u32>,
/// }
///
/// struct Discount(u32);
///
/// #[async_trait]
/// impl Work<Totals, u32> for Discount {
///     async fn run(&self, _: &Totals, price: &u32, _: &Context<Totals>) -> NodeResult<Totals> {
///         Ok(Totals::update().prices(price - self.0))
///     }
/// }
///
/// let mut graph = StateGraph::<Totals>::new("prices");
/// let discount = graph.worker("discount", Discount(2));
/// ```
#[async_trait]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a worker for items of type `{T}` in a graph over `{S}`",
    label = "not a worker",
    note = "implement `Work<{S}, {T}>` with `#[async_trait]`"
)]
pub trait Work<S: State, T>: Send + Sync + 'static {
    /// Reads the state and one item, and returns an update. Updates are applied in the order of the items.
    async fn run(&self, state: &S, item: &T, context: &Context<S>) -> NodeResult<S>;
}
