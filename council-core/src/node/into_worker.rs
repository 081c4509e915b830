//! Functions and closures as workers.

use std::future::Future;

use super::context::Context;
use super::erased::{AnyWorker, ErasedNode, NodeKind};
use super::items::{Item, OTHER_TYPE};
use super::kind;
use super::result::{NodeFuture, NodeResult};
use super::worker::Work;
use crate::state::State;

/// An argument of [`StateGraph::worker`](crate::StateGraph::worker): an `async fn` with the state and an item, and with the
/// [`Context`] as an optional third parameter; a struct that implements [`Work`]; or a
/// [`Subgraph::per_item`](crate::Subgraph::per_item). For a closure that captures values use [`worker!`](crate::worker!).
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn check(_: &Essay, word: &String) -> NodeResult<Essay> { Ok(Essay::update()) }
/// /// Adds a worker that gets all notes of the essay.
/// fn for_notes<Kind>(graph: &mut StateGraph<Essay>, worker: impl IntoWorker<Essay, String, Kind>) -> Worker<Essay, String> {
///     let worker = graph.worker("for notes", worker);
///     graph.fan_out(NodeId::START, worker, |essay| essay.notes.clone());
///     worker
/// }
/// let mut graph = StateGraph::<Essay>::new("essay");
/// let check = for_notes(&mut graph, check);
/// graph.end(check);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a worker of a graph over `{S}`",
    label = "not a worker",
    note = "pass an `async fn(&{S}, &Item) -> NodeResult<{S}>`, with `&Context<{S}>` as a third parameter if it needs one",
    note = "or a struct that implements `Work<{S}, Item>`",
    note = "its future has to be `Send`: no `Rc`, `RefCell` borrow or `MutexGuard` across an `.await`",
    note = "add a worker that chooses where the run goes with `item_decider`",
    note = "a closure goes through the macro: `worker!(graph, \"name\", async move |state, item: &Item| ...)`"
)]
pub trait IntoWorker<S: State, T, Kind> {
    /// The worker, boxed. [`StateGraph::worker`](crate::StateGraph::worker) calls it.
    fn into_worker(self) -> ErasedNode<S>;
}

impl<S, T, F> IntoWorker<S, T, kind::OfState> for F
where
    S: State,
    T: Send + Sync + 'static,
    F: for<'a> OfStateAndItem<'a, S, T>,
{
    fn into_worker(self) -> ErasedNode<S> {
        boxed(self, |function: &F, state, item, _| Box::pin(function.call(state, item)))
    }
}

impl<S, T, F> IntoWorker<S, T, kind::OfStateAndContext> for F
where
    S: State,
    T: Send + Sync + 'static,
    F: for<'a> OfStateItemAndContext<'a, S, T>,
{
    fn into_worker(self) -> ErasedNode<S> {
        boxed(self, |function: &F, state, item, context| Box::pin(function.call(state, item, context)))
    }
}

impl<S: State, T: Send + Sync + 'static, W: Work<S, T>> IntoWorker<S, T, kind::Struct> for W {
    fn into_worker(self) -> ErasedNode<S> {
        boxed(self, |worker: &W, state, item, context| worker.run(state, item, context))
    }
}

/// An `async fn` of the state and an item, for all lifetimes of the borrows.
#[doc(hidden)]
pub trait OfStateAndItem<'a, S: State, T: 'a>: Send + Sync + 'static {
    type Future: Future<Output = NodeResult<S>> + Send + 'a;
    fn call(&self, state: &'a S, item: &'a T) -> Self::Future;
}

impl<'a, S: State, T: 'a, F, Fut> OfStateAndItem<'a, S, T> for F
where
    F: Fn(&'a S, &'a T) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = NodeResult<S>> + Send + 'a,
{
    type Future = Fut;

    fn call(&self, state: &'a S, item: &'a T) -> Fut {
        self(state, item)
    }
}

/// An `async fn` of the state, an item and the context, for all lifetimes of the borrows.
#[doc(hidden)]
pub trait OfStateItemAndContext<'a, S: State, T: 'a>: Send + Sync + 'static {
    type Future: Future<Output = NodeResult<S>> + Send + 'a;
    fn call(&self, state: &'a S, item: &'a T, context: &'a Context<S>) -> Self::Future;
}

impl<'a, S: State, T: 'a, F, Fut> OfStateItemAndContext<'a, S, T> for F
where
    F: Fn(&'a S, &'a T, &'a Context<S>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = NodeResult<S>> + Send + 'a,
{
    type Future = Fut;

    fn call(&self, state: &'a S, item: &'a T, context: &'a Context<S>) -> Fut {
        self(state, item, context)
    }
}

/// Calls an erased worker and boxes its future.
pub(crate) type CallWithItem<S, T, F> = for<'a> fn(&'a F, &'a S, &'a T, &'a Context<S>) -> NodeFuture<'a, S>;

pub(crate) fn boxed<S: State, T: Send + Sync + 'static, F: Send + Sync + 'static>(
    function: F,
    call: CallWithItem<S, T, F>,
) -> ErasedNode<S> {
    ErasedNode(NodeKind::Worker(Box::new(WorkerFunction { function, call })))
}

struct WorkerFunction<S: State, T, F> {
    function: F,
    call: CallWithItem<S, T, F>,
}

impl<S: State, T: Send + Sync + 'static, F: Send + Sync + 'static> AnyWorker<S> for WorkerFunction<S, T, F> {
    fn run<'a>(&'a self, state: &'a S, item: &'a Item, context: &'a Context<S>) -> NodeFuture<'a, S> {
        match item.get::<T>() {
            Some(item) => (self.call)(&self.function, state, item, context),
            None => Box::pin(async { Err(OTHER_TYPE.into()) }),
        }
    }
}

/// Adds an async closure to a graph as a worker: `worker!(graph, "name", async move |state, item: &Item| ...)`, or
/// `|state, item: &Item, context|`. The closure has to name the type of the item.
///
/// ```
/// use council_core::{State, StateGraph, worker};
///
/// #[derive(State, Default)]
/// struct Words {
///     text: String,
///     #[state(append)]
///     shouted: Vec<String>,
/// }
///
/// let suffix = String::from("!");
/// let mut graph = StateGraph::<Words>::new("shout");
/// let split = council_core::node!(graph, "split", async move |_| Ok(Words::update()));
/// let shout = worker!(graph, "shout", async move |_, word: &String| {
///     Ok(Words::update().shouted(word.to_uppercase() + &suffix))
/// });
/// graph.start(split);
/// graph.fan_out(split, shout, |words| words.text.split(' ').map(String::from).collect::<Vec<_>>());
/// graph.end(shout);
/// let graph = graph.compile()?;
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let outcome = graph.run(Words { text: "to be".into(), ..Words::default() }).await?;
/// assert_eq!(outcome.state().shouted, ["TO!", "BE!"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[macro_export]
macro_rules! worker {
    ($graph:expr, $name:expr, async move |$state:pat_param, $item:tt: &$type:ty $(,)?| $erased:expr $(,)?) => {
        $graph.__add_worker::<$type, _>(
            $name,
            async move |$state, $item: &$type| $erased,
            |function, state, item, _| ::std::boxed::Box::pin(function(state, item)),
        )
    };
    ($graph:expr, $name:expr, async move |$state:pat_param, $item:tt: &$type:ty, $context:pat_param $(,)?| $erased:expr $(,)?) => {
        $graph.__add_worker_with_context::<$type, _>(
            $name,
            async move |$state, $item: &$type, $context| $erased,
            |function, state, item, context| ::std::boxed::Box::pin(function(state, item, context)),
        )
    };
    ($graph:expr, $name:expr, async |$state:pat_param, $item:tt: &$type:ty $(,)?| $erased:expr $(,)?) => {
        $graph.__add_worker::<$type, _>(
            $name,
            async |$state, $item: &$type| $erased,
            |function, state, item, _| ::std::boxed::Box::pin(function(state, item)),
        )
    };
    ($graph:expr, $name:expr, async |$state:pat_param, $item:tt: &$type:ty, $context:pat_param $(,)?| $erased:expr $(,)?) => {
        $graph.__add_worker_with_context::<$type, _>(
            $name,
            async |$state, $item: &$type, $context| $erased,
            |function, state, item, context| ::std::boxed::Box::pin(function(state, item, context)),
        )
    };
    ($graph:expr, $name:expr, $($other:tt)*) => {
        ::core::compile_error!(
            "a worker is an async closure that says the type of its item: `async move |state, item: &Item| ...`"
        )
    };
}
