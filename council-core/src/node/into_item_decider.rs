//! Functions and closures as item deciders.

use std::future::Future;

use super::context::Context;
use super::erased::{AnyChoice, AnyItemDecider, DecisionFuture, ErasedNode, NodeKind};
use super::item_decider::DecideItem;
use super::items::{Item, OTHER_TYPE};
use super::kind;
use super::result::DeciderResult;
use crate::state::State;

/// An argument of [`StateGraph::item_decider`](crate::StateGraph::item_decider): an `async fn` with the state and an item, and with
/// the [`Context`] as an optional third parameter, that returns a [`DeciderResult`]; or a struct that implements [`DecideItem`]. For a
/// closure that captures values use [`item_decider!`](crate::item_decider!).
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn check(_: &Essay, word: &String) -> DeciderResult<Essay, Vec<String>> { Ok((Essay::update(), Vec::new())) }
/// /// Adds an item decider that sends itself the items that it chooses.
/// fn each<Kind>(graph: &mut StateGraph<Essay>, check: impl IntoItemDecider<Essay, String, Vec<String>, Kind>) -> NodeId<Essay> {
///     let check = graph.item_decider("each", check);
///     graph.end(check).decide(check, check, |words, check| check.send(words));
///     graph.fan_out(NodeId::START, check, |essay| essay.notes.clone());
///     check.id()
/// }
/// let mut graph = StateGraph::<Essay>::new("essay");
/// let check = each(&mut graph, check);
/// assert!(graph.compile().is_ok());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not decide for items in a graph over `{S}`",
    label = "not an item decider",
    note = "pass an `async fn(&{S}, &Item) -> DeciderResult<{S}, Choice>`, with `&Context<{S}>` as a third parameter if it needs one",
    note = "or a struct that implements `DecideItem<{S}, Item>`",
    note = "its future has to be `Send`: no `Rc`, `RefCell` borrow or `MutexGuard` across an `.await`",
    note = "a closure goes through the macro: `item_decider!(graph, \"name\", async move |state, item: &Item| ...)`"
)]
pub trait IntoItemDecider<S: State, T, C, Kind> {
    /// The item decider, boxed. [`StateGraph::item_decider`](crate::StateGraph::item_decider) calls it.
    fn into_item_decider(self) -> ErasedNode<S>;
}

impl<S, T, C, F> IntoItemDecider<S, T, C, kind::OfState> for F
where
    S: State,
    T: Send + Sync + 'static,
    C: Send + 'static,
    F: for<'a> DecidesOnItem<'a, S, T, C>,
{
    fn into_item_decider(self) -> ErasedNode<S> {
        boxed(self, |function: &F, state, item, _| Box::pin(function.call(state, item)))
    }
}

impl<S, T, C, F> IntoItemDecider<S, T, C, kind::OfStateAndContext> for F
where
    S: State,
    T: Send + Sync + 'static,
    C: Send + 'static,
    F: for<'a> DecidesOnItemAndContext<'a, S, T, C>,
{
    fn into_item_decider(self) -> ErasedNode<S> {
        boxed(self, |function: &F, state, item, context| Box::pin(function.call(state, item, context)))
    }
}

impl<S: State, T: Send + Sync + 'static, D: DecideItem<S, T>> IntoItemDecider<S, T, D::Choice, kind::Struct> for D {
    fn into_item_decider(self) -> ErasedNode<S> {
        boxed(self, |decider: &D, state, item, context| decider.run(state, item, context))
    }
}

/// An `async fn` of the state and an item, for all lifetimes of the borrows.
#[doc(hidden)]
pub trait DecidesOnItem<'a, S: State, T: 'a, C>: Send + Sync + 'static {
    type Future: Future<Output = DeciderResult<S, C>> + Send + 'a;
    fn call(&self, state: &'a S, item: &'a T) -> Self::Future;
}

impl<'a, S: State, T: 'a, C, F, Fut> DecidesOnItem<'a, S, T, C> for F
where
    F: Fn(&'a S, &'a T) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = DeciderResult<S, C>> + Send + 'a,
{
    type Future = Fut;

    fn call(&self, state: &'a S, item: &'a T) -> Fut {
        self(state, item)
    }
}

/// An `async fn` of the state, an item and the context, for all lifetimes of the borrows.
#[doc(hidden)]
pub trait DecidesOnItemAndContext<'a, S: State, T: 'a, C>: Send + Sync + 'static {
    type Future: Future<Output = DeciderResult<S, C>> + Send + 'a;
    fn call(&self, state: &'a S, item: &'a T, context: &'a Context<S>) -> Self::Future;
}

impl<'a, S: State, T: 'a, C, F, Fut> DecidesOnItemAndContext<'a, S, T, C> for F
where
    F: Fn(&'a S, &'a T, &'a Context<S>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = DeciderResult<S, C>> + Send + 'a,
{
    type Future = Fut;

    fn call(&self, state: &'a S, item: &'a T, context: &'a Context<S>) -> Fut {
        self(state, item, context)
    }
}

/// Calls an erased item decider and boxes its future.
pub(crate) type CallToDecideItem<S, T, C, F> =
    for<'a> fn(&'a F, &'a S, &'a T, &'a Context<S>) -> DecisionFuture<'a, S, C>;

pub(crate) fn boxed<S: State, T: Send + Sync + 'static, C: Send + 'static, F: Send + Sync + 'static>(
    function: F,
    call: CallToDecideItem<S, T, C, F>,
) -> ErasedNode<S> {
    ErasedNode(NodeKind::ItemDecider(Box::new(ItemDeciderFunction { function, call })))
}

struct ItemDeciderFunction<S: State, T, C, F> {
    function: F,
    call: CallToDecideItem<S, T, C, F>,
}

impl<S, T, C, F> AnyItemDecider<S> for ItemDeciderFunction<S, T, C, F>
where
    S: State,
    T: Send + Sync + 'static,
    C: Send + 'static,
    F: Send + Sync + 'static,
{
    fn run<'a>(&'a self, state: &'a S, item: &'a Item, context: &'a Context<S>) -> DecisionFuture<'a, S, AnyChoice> {
        Box::pin(async move {
            let item = item.get::<T>().ok_or(OTHER_TYPE)?;
            let (update, choice) = (self.call)(&self.function, state, item, context).await?;
            Ok((update, Box::new(choice) as AnyChoice))
        })
    }
}

/// Adds an async closure to a graph as an item decider: `item_decider!(graph, "name", async move |state, item: &Item| ...)`, or
/// `|state, item: &Item, context|`. The closure has to name the type of the item, and returns `Ok((update, choice))`.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn print(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update()) }
/// # let mut graph = StateGraph::<Essay>::new("essay"); let alarm = graph.node("alarm", print);
/// let longest = 20;
/// let check = item_decider!(graph, "check", async move |_, word: &String| Ok((Essay::update(), word.len() > longest)));
/// graph.fan_out(NodeId::START, check, |essay| essay.draft.split(' ').map(String::from).collect::<Vec<_>>());
/// graph.decide(check, [alarm], |is_too_long, [alarm]| if is_too_long { alarm.into() } else { Goto::nowhere() });
/// graph.end(check).end(alarm);
/// assert!(graph.compile().is_ok());
/// ```
#[macro_export]
macro_rules! item_decider {
    ($graph:expr, $name:expr, async move |$state:pat_param, $item:tt: &$type:ty $(,)?| $erased:expr $(,)?) => {
        $graph.__add_item_decider::<$type, _, _>(
            $name,
            async move |$state, $item: &$type| $erased,
            |function, state, item, _| ::std::boxed::Box::pin(function(state, item)),
        )
    };
    ($graph:expr, $name:expr, async move |$state:pat_param, $item:tt: &$type:ty, $context:pat_param $(,)?| $erased:expr $(,)?) => {
        $graph.__add_item_decider_with_context::<$type, _, _>(
            $name,
            async move |$state, $item: &$type, $context| $erased,
            |function, state, item, context| ::std::boxed::Box::pin(function(state, item, context)),
        )
    };
    ($graph:expr, $name:expr, async |$state:pat_param, $item:tt: &$type:ty $(,)?| $erased:expr $(,)?) => {
        $graph.__add_item_decider::<$type, _, _>(
            $name,
            async |$state, $item: &$type| $erased,
            |function, state, item, _| ::std::boxed::Box::pin(function(state, item)),
        )
    };
    ($graph:expr, $name:expr, async |$state:pat_param, $item:tt: &$type:ty, $context:pat_param $(,)?| $erased:expr $(,)?) => {
        $graph.__add_item_decider_with_context::<$type, _, _>(
            $name,
            async |$state, $item: &$type, $context| $erased,
            |function, state, item, context| ::std::boxed::Box::pin(function(state, item, context)),
        )
    };
    ($graph:expr, $name:expr, $($other:tt)*) => {
        ::core::compile_error!(
            "an item decider is an async closure that says the type of its item: `async move |state, item: &Item| ...`"
        )
    };
}
