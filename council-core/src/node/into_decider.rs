//! Functions and closures as deciders.

use std::future::Future;

use super::context::Context;
use super::decider::Decide;
use super::erased::{AnyChoice, AnyDecider, DecisionFuture, ErasedNode, NodeKind};
use super::kind;
use super::result::DeciderResult;
use crate::state::State;

/// An argument of [`StateGraph::decider`](crate::StateGraph::decider): an `async fn` with the state, or with the state and the
/// [`Context`], that returns a [`DeciderResult`]; or a struct that implements [`Decide`]. For a closure that captures values use
/// [`decider!`](crate::decider!).
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn judge(essay: &Essay) -> DeciderResult<Essay, bool> { Ok((Essay::update(), essay.draft.is_empty())) }
/// /// Adds a decider that runs again until its choice is `true`.
/// fn until<Kind>(graph: &mut StateGraph<Essay>, decider: impl IntoDecider<Essay, bool, Kind>) -> NodeId<Essay> {
///     let decider = graph.decider("until", decider);
///     graph.decide(decider, [decider.id(), NodeId::END], |done, [again, end]| if done { end } else { again });
///     decider.id()
/// }
/// let mut graph = StateGraph::<Essay>::new("essay");
/// let judge = until(&mut graph, judge);
/// graph.start(judge);
/// assert!(graph.compile().is_ok());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not decide in a graph over `{S}`",
    label = "not a decider",
    note = "pass an `async fn(&{S}) -> DeciderResult<{S}, Choice>`, with `&Context<{S}>` as a second parameter if it needs one",
    note = "or a struct that implements `Decide<{S}>`",
    note = "its future has to be `Send`: no `Rc`, `RefCell` borrow or `MutexGuard` across an `.await`",
    note = "a closure goes through the macro: `decider!(graph, \"name\", async move |state| ...)`"
)]
pub trait IntoDecider<S: State, C, Kind> {
    /// The decider, boxed. [`StateGraph::decider`](crate::StateGraph::decider) calls it.
    fn into_decider(self) -> ErasedNode<S>;
}

impl<S, C, F> IntoDecider<S, C, kind::OfState> for F
where
    S: State,
    C: Send + 'static,
    F: for<'a> DecidesOnState<'a, S, C>,
{
    fn into_decider(self) -> ErasedNode<S> {
        boxed(self, |function: &F, state, _| Box::pin(function.call(state)))
    }
}

impl<S, C, F> IntoDecider<S, C, kind::OfStateAndContext> for F
where
    S: State,
    C: Send + 'static,
    F: for<'a> DecidesOnStateAndContext<'a, S, C>,
{
    fn into_decider(self) -> ErasedNode<S> {
        boxed(self, |function: &F, state, context| Box::pin(function.call(state, context)))
    }
}

impl<S: State, D: Decide<S>> IntoDecider<S, D::Choice, kind::Struct> for D {
    fn into_decider(self) -> ErasedNode<S> {
        boxed(self, |decider: &D, state, context| decider.run(state, context))
    }
}

/// An `async fn` of the state, for every lifetime of the borrow.
#[doc(hidden)]
pub trait DecidesOnState<'a, S: State, C>: Send + Sync + 'static {
    type Future: Future<Output = DeciderResult<S, C>> + Send + 'a;
    fn call(&self, state: &'a S) -> Self::Future;
}

impl<'a, S: State, C, F, Fut> DecidesOnState<'a, S, C> for F
where
    F: Fn(&'a S) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = DeciderResult<S, C>> + Send + 'a,
{
    type Future = Fut;

    fn call(&self, state: &'a S) -> Fut {
        self(state)
    }
}

/// An `async fn` of the state and the context, for all lifetimes of the borrows.
#[doc(hidden)]
pub trait DecidesOnStateAndContext<'a, S: State, C>: Send + Sync + 'static {
    type Future: Future<Output = DeciderResult<S, C>> + Send + 'a;
    fn call(&self, state: &'a S, context: &'a Context<S>) -> Self::Future;
}

impl<'a, S: State, C, F, Fut> DecidesOnStateAndContext<'a, S, C> for F
where
    F: Fn(&'a S, &'a Context<S>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = DeciderResult<S, C>> + Send + 'a,
{
    type Future = Fut;

    fn call(&self, state: &'a S, context: &'a Context<S>) -> Fut {
        self(state, context)
    }
}

/// Calls an erased decider and boxes its future.
pub(crate) type CallToDecide<S, C, F> = for<'a> fn(&'a F, &'a S, &'a Context<S>) -> DecisionFuture<'a, S, C>;

pub(crate) fn boxed<S: State, C: Send + 'static, F: Send + Sync + 'static>(
    function: F,
    call: CallToDecide<S, C, F>,
) -> ErasedNode<S> {
    ErasedNode(NodeKind::Decider(Box::new(DeciderFunction { function, call })))
}

struct DeciderFunction<S: State, C, F> {
    function: F,
    call: CallToDecide<S, C, F>,
}

impl<S: State, C: Send + 'static, F: Send + Sync + 'static> AnyDecider<S> for DeciderFunction<S, C, F> {
    fn run<'a>(&'a self, state: &'a S, context: &'a Context<S>) -> DecisionFuture<'a, S, AnyChoice> {
        Box::pin(async move {
            let (update, choice) = (self.call)(&self.function, state, context).await?;
            Ok((update, Box::new(choice) as AnyChoice))
        })
    }
}

/// Adds an async closure to a graph as a decider: `decider!(graph, "name", async move |state| ...)`, or `|state, context|`. The
/// closure returns `Ok((update, choice))`.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// let enough = 500;
/// let judge = decider!(graph, "judge", async move |essay| Ok((Essay::update(), essay.draft.len() >= enough)));
/// graph.start(write).edge(write, judge);
/// graph.decide(judge, [write, NodeId::END], |done, [write, end]| if done { end } else { write });
/// assert!(graph.compile().is_ok());
/// ```
#[macro_export]
macro_rules! decider {
    ($graph:expr, $name:expr, async move |$state:pat_param, $context:pat_param $(,)?| $erased:expr $(,)?) => {
        $graph.__add_decider_with_context(
            $name,
            async move |$state, $context| $erased,
            |function, state, context| ::std::boxed::Box::pin(function(state, context)),
        )
    };
    ($graph:expr, $name:expr, async |$state:pat_param, $context:pat_param $(,)?| $erased:expr $(,)?) => {
        $graph.__add_decider_with_context(
            $name,
            async |$state, $context| $erased,
            |function, state, context| ::std::boxed::Box::pin(function(state, context)),
        )
    };
    ($graph:expr, $name:expr, $function:expr $(,)?) => {
        $graph.__add_decider($name, $function, |function, state, _| ::std::boxed::Box::pin(function(state)))
    };
}
