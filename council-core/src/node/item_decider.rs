//! Item deciders: workers that return an update and a choice for each item. The graph maps each choice to nodes and items.

use std::fmt;
use std::marker::PhantomData;

use async_trait::async_trait;

use super::context::Context;
use super::decider::Chooses;
use super::goto::Goto;
use super::result::DeciderResult;
use super::targets::Targets;
use super::worker::{TakesItems, Worker};
use crate::state::State;
use crate::types::node_id::{Handle, NodeId};
use crate::types::node_ref::NodeRef;

/// A handle to a worker with items of type `T` and a choice of type `C` for each item, in a graph with the state `S`.
/// [`StateGraph::item_decider`](crate::StateGraph::item_decider) returns it, and [`StateGraph::decide`](crate::StateGraph::decide)
/// maps each choice to nodes and items.
///
/// ```
/// use council_core::{DeciderResult, ItemDecider, NodeId, State, StateGraph};
///
/// #[derive(State, Default)]
/// struct Crawl {
///     #[state(append)]
///     visited: Vec<String>,
/// }
///
/// async fn visit(_: &Crawl, page: &String) -> DeciderResult<Crawl, Vec<String>> {
///     let links = if page.len() < 3 { vec![format!("{page}a"), format!("{page}b")] } else { Vec::new() };
///     Ok((Crawl::update().visited(page), links))
/// }
///
/// let mut graph = StateGraph::<Crawl>::new("crawl");
/// let visit: ItemDecider<Crawl, String, Vec<String>> = graph.item_decider("visit", visit);
/// graph.fan_out(NodeId::START, visit, |_| ["/".to_owned()]).end(visit);
/// graph.decide(visit, visit, |links, visit| visit.send(links));
/// let graph = graph.compile()?;
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let outcome = graph.run(Crawl::default()).await?;
/// assert_eq!(outcome.state().visited, ["/", "/a", "/b", "/aa", "/ab", "/ba", "/bb"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Where the run goes
///
/// The choices of all items lead to one superstep, the next:
///
/// - A node runs once, however many items choose it.
/// - The items that are sent to a worker are ordered by the item that sent them, then by the order of its sends.
/// - Edges, routes and joins of the item decider are followed too, once, after all its items have ended. The items that its routes
///   send follow the items that its own items send.
/// - An item that chooses [`Goto::nowhere`] leads nowhere by itself. If no item chooses a target, as without items, the run goes on
///   by the edges, routes and joins. An edge to [`NodeId::END`] lets such a run end; without one it fails.
///
/// The result of an error handler and an edit take the place of one item. If they are only an update, the item chooses nothing; the
/// other items keep their choices.
pub struct ItemDecider<S, T, C> {
    worker: Worker<S, T>,
    choice: PhantomData<fn(C)>,
}

impl<S, T, C> ItemDecider<S, T, C> {
    pub(crate) fn new(id: NodeId<S>) -> Self {
        Self { worker: Worker::new(id), choice: PhantomData }
    }

    /// The item decider as a node, for settings of all its tasks: see [`Worker::id`].
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn check(_: &Essay, word: &String) -> DeciderResult<Essay, ()> { Ok((Essay::update(), ())) }
    /// # let mut graph = StateGraph::<Essay>::new("essay");
    /// let check = graph.item_decider("check", check);
    /// graph.visit_limit(check.id(), 3, NodeId::END);
    /// ```
    pub fn id(self) -> NodeId<S> {
        self.worker.id()
    }

    /// Sends the run to the item decider, with one task for each item: see [`Worker::send`].
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # async fn check(_: &Essay, word: &String) -> DeciderResult<Essay, ()> { Ok((Essay::update(), ())) }
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// let check = graph.item_decider("check", check);
    /// graph.route(write, check, |essay, check| check.send(essay.draft.split(' ').map(String::from)));
    /// ```
    pub fn send(self, items: impl IntoIterator<Item = T>) -> Goto<S>
    where
        T: Send + Sync + 'static,
    {
        self.worker.send(items)
    }
}

impl<S, T, C> Clone for ItemDecider<S, T, C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S, T, C> Copy for ItemDecider<S, T, C> {}

impl<S, T, C> fmt::Debug for ItemDecider<S, T, C> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ItemDecider({:?})", self.id())
    }
}

impl<S, T, C> From<ItemDecider<S, T, C>> for NodeRef<S> {
    fn from(decider: ItemDecider<S, T, C>) -> Self {
        decider.id().into()
    }
}

impl<S: State, T: 'static, C: 'static> Handle<S> for ItemDecider<S, T, C> {
    fn id(self) -> NodeId<S> {
        ItemDecider::id(self)
    }
}

impl<S: State, T: 'static, C: 'static> Targets<S> for ItemDecider<S, T, C> {
    type Labels<L> = [L; 1];

    fn list(self) -> Vec<NodeId<S>> {
        vec![self.id()]
    }
}

impl<S: State, T: Send + Sync + 'static, C: 'static> TakesItems<S> for ItemDecider<S, T, C> {
    type Item = T;

    fn worker(self) -> Worker<S, T> {
        self.worker
    }
}

impl<S: State, T: 'static, C: Send + 'static> Chooses<S> for ItemDecider<S, T, C> {
    type Choice = C;
}

/// An item decider that is a struct. Functions and closures need no impl.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// struct Check(usize);
///
/// #[async_trait]
/// impl DecideItem<Essay, String> for Check {
///     type Choice = bool;
///
///     async fn run(&self, _: &Essay, word: &String, _: &Context<Essay>) -> DeciderResult<Essay, bool> {
///         Ok((Essay::update(), word.len() > self.0))
///     }
/// }
/// let mut graph = StateGraph::<Essay>::new("essay");
/// let check: ItemDecider<Essay, String, bool> = graph.item_decider("check", Check(20));
/// ```
#[async_trait]
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not decide for items of type `{T}` in a graph over `{S}`",
    label = "not an item decider",
    note = "implement `DecideItem<{S}, {T}>` with `#[async_trait]`"
)]
pub trait DecideItem<S: State, T>: Send + Sync + 'static {
    /// The type of the choice. It does not depend on the graph.
    type Choice: Send + 'static;

    /// Reads the state and one item, and returns an update and a choice.
    async fn run(&self, state: &S, item: &T, context: &Context<S>) -> DeciderResult<S, Self::Choice>;
}
