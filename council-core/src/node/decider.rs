//! Deciders: nodes that return an update and a choice. The graph maps each choice to nodes.

use std::fmt;
use std::marker::PhantomData;

use async_trait::async_trait;

use super::context::Context;
use super::goto::{Destinations, Goto};
use super::result::DeciderResult;
use super::targets::Targets;
use crate::state::State;
use crate::types::node_id::{Handle, NodeId, Target};
use crate::types::node_ref::NodeRef;

/// A handle to a node with a choice of type `C`, in a graph with the state `S`.
/// [`StateGraph::decider`](crate::StateGraph::decider) returns it, and [`StateGraph::decide`](crate::StateGraph::decide) maps
/// each choice to nodes.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// async fn judge(essay: &Essay) -> DeciderResult<Essay, bool> {
///     Ok((Essay::update(), essay.draft.is_empty()))
/// }
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// let judge: Decider<Essay, bool> = graph.decider("judge", judge);
/// graph.start(judge).edge(write, judge);
/// graph.decide(judge, [write, NodeId::END], |is_empty, [write, end]| if is_empty { write } else { end });
/// assert!(graph.compile().is_ok());
/// ```
pub struct Decider<S, C> {
    id: NodeId<S>,
    choice: PhantomData<fn(C)>,
}

impl<S, C> Decider<S, C> {
    pub(crate) fn new(id: NodeId<S>) -> Self {
        Self { id, choice: PhantomData }
    }

    /// The decider as a node.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # async fn judge(_: &Essay) -> DeciderResult<Essay, ()> { Ok((Essay::update(), ())) }
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// let judge = graph.decider("judge", judge);
    /// graph.join([write, judge.id()], write);
    /// ```
    pub fn id(self) -> NodeId<S> {
        self.id
    }
}

impl<S, C> Clone for Decider<S, C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S, C> Copy for Decider<S, C> {}

impl<S, C> fmt::Debug for Decider<S, C> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Decider({:?})", self.id)
    }
}

impl<S, C> From<Decider<S, C>> for NodeRef<S> {
    fn from(decider: Decider<S, C>) -> Self {
        decider.id.into()
    }
}

impl<S: State, C: 'static> Handle<S> for Decider<S, C> {
    fn id(self) -> NodeId<S> {
        Decider::id(self)
    }
}

impl<S: State, C: 'static> Target<S> for Decider<S, C> {}

impl<S: State, C: 'static> Targets<S> for Decider<S, C> {
    type Labels<L> = [L; 1];

    fn list(self) -> Vec<NodeId<S>> {
        vec![self.id()]
    }
}

impl<S, C> From<Decider<S, C>> for Goto<S> {
    fn from(decider: Decider<S, C>) -> Self {
        Destinations::One(decider.id()).into()
    }
}

/// A handle of a node that returns a choice: a decider or an [`ItemDecider`](crate::ItemDecider).
/// [`StateGraph::decide`](crate::StateGraph::decide) takes it.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn judge(_: &Essay) -> DeciderResult<Essay, bool> { Ok((Essay::update(), true)) }
/// /// The run ends if the choice is `true`.
/// fn end_if<D: Chooses<Essay, Choice = bool>>(graph: &mut StateGraph<Essay>, decider: D) {
///     graph.decide(decider, [NodeId::END], |ends, [end]| if ends { end.into() } else { Goto::nowhere() });
/// }
/// # let mut graph = StateGraph::<Essay>::new("essay"); let judge = graph.decider("judge", judge); graph.start(judge);
/// end_if(&mut graph, judge);
/// assert!(graph.compile().is_ok());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` makes no choice",
    label = "not a decider",
    note = "add a node that chooses with `decider`, or with `item_decider` if it chooses for each item"
)]
pub trait Chooses<S>: Handle<S> {
    /// The type of the choice.
    type Choice: Send + 'static;
}

impl<S: State, C: Send + 'static> Chooses<S> for Decider<S, C> {
    type Choice = C;
}

/// A decider that is a struct. Functions and closures need no impl.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// struct Judge(usize);
///
/// #[async_trait]
/// impl Decide<Essay> for Judge {
///     type Choice = bool;
///
///     async fn run(&self, essay: &Essay, _: &Context<Essay>) -> DeciderResult<Essay, bool> {
///         Ok((Essay::update(), essay.draft.len() >= self.0))
///     }
/// }
/// let mut graph = StateGraph::<Essay>::new("essay");
/// let judge: Decider<Essay, bool> = graph.decider("judge", Judge(500));
/// ```
#[async_trait]
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not decide in a graph over `{S}`",
    label = "not a decider",
    note = "implement `Decide<{S}>` with `#[async_trait]`"
)]
pub trait Decide<S: State>: Send + Sync + 'static {
    /// The type of the choice, usually an enum. It does not depend on the graph.
    type Choice: Send + 'static;

    /// Reads the state, and returns an update and a choice.
    async fn run(&self, state: &S, context: &Context<S>) -> DeciderResult<S, Self::Choice>;
}
