//! Functions and closures as nodes.

use super::context::Context;
use super::erased::{ErasedNode, NodeKind};
use super::result::{NodeFuture, NodeResult};
use super::{Node, kind};
use crate::state::State;
use std::future::Future;

/// An argument of [`StateGraph::node`](crate::StateGraph::node): an `async fn` with the state, or with the state and the
/// [`Context`]; a struct that implements [`Node`]; or a [`Subgraph`](crate::Subgraph). For a closure that captures values use
/// [`node!`](crate::node!).
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// /// Adds a node that has a minute for each attempt.
/// fn in_a_minute<Kind>(graph: &mut StateGraph<Essay>, name: &str, node: impl IntoNode<Essay, Kind>) -> NodeId<Essay> {
///     let node = graph.node(name, node);
///     graph.policy(node, Policy::default().timeout(std::time::Duration::from_secs(60)));
///     node
/// }
/// let mut graph = StateGraph::<Essay>::new("essay");
/// let write = in_a_minute(&mut graph, "write", write);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a node of a graph over `{S}`",
    label = "not a node",
    note = "pass an `async fn(&{S}) -> NodeResult<{S}>`, with `&Context<{S}>` as a second parameter if it needs one",
    note = "or a struct that implements `Node<{S}>`",
    note = "its future has to be `Send`: no `Rc`, `RefCell` borrow or `MutexGuard` across an `.await`",
    note = "add a decider with `decider`, a node that takes an item with `worker`, a compiled graph as a `Subgraph`",
    note = "a closure goes through the macro: `node!(graph, \"name\", async move |state| ...)`"
)]
pub trait IntoNode<S: State, Kind> {
    /// The node, boxed. [`StateGraph::node`](crate::StateGraph::node) calls it.
    fn into_node(self) -> ErasedNode<S>;
}

impl<S: State, F: for<'a> OfState<'a, S>> IntoNode<S, kind::OfState> for F {
    fn into_node(self) -> ErasedNode<S> {
        boxed(ErasedFunction { function: self, call: |function: &F, state, _| Box::pin(function.call(state)) })
    }
}

impl<S: State, F: for<'a> OfStateAndContext<'a, S>> IntoNode<S, kind::OfStateAndContext> for F {
    fn into_node(self) -> ErasedNode<S> {
        boxed(ErasedFunction {
            function: self,
            call: |function: &F, state, context| Box::pin(function.call(state, context)),
        })
    }
}

impl<S: State, N: Node<S>> IntoNode<S, kind::Struct> for N {
    fn into_node(self) -> ErasedNode<S> {
        boxed(self)
    }
}

fn boxed<S: State>(node: impl Node<S>) -> ErasedNode<S> {
    ErasedNode(NodeKind::Node(Box::new(node)))
}

/// An `async fn` of the state, for every lifetime of the borrow.
#[doc(hidden)]
pub trait OfState<'a, S: State>: Send + Sync + 'static {
    type Future: Future<Output = NodeResult<S>> + Send + 'a;
    fn call(&self, state: &'a S) -> Self::Future;
}

impl<'a, S: State, F, Fut> OfState<'a, S> for F
where
    F: Fn(&'a S) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = NodeResult<S>> + Send + 'a,
{
    type Future = Fut;

    fn call(&self, state: &'a S) -> Fut {
        self(state)
    }
}

/// An `async fn` of the state and the context, for all lifetimes of the borrows.
#[doc(hidden)]
pub trait OfStateAndContext<'a, S: State>: Send + Sync + 'static {
    type Future: Future<Output = NodeResult<S>> + Send + 'a;
    fn call(&self, state: &'a S, context: &'a Context<S>) -> Self::Future;
}

impl<'a, S: State, F, Fut> OfStateAndContext<'a, S> for F
where
    F: Fn(&'a S, &'a Context<S>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = NodeResult<S>> + Send + 'a,
{
    type Future = Fut;

    fn call(&self, state: &'a S, context: &'a Context<S>) -> Fut {
        self(state, context)
    }
}

/// Calls an erased function and boxes its future.
pub(crate) type Call<S, F> = for<'a> fn(&'a F, &'a S, &'a Context<S>) -> NodeFuture<'a, S>;

/// A function and its caller. The caller is made where the function's type is known, so `Send` is checked there.
pub(crate) struct ErasedFunction<S: State, F> {
    pub(crate) function: F,
    pub(crate) call: Call<S, F>,
}

/// Written by hand, because `async_trait` would box the future a second time.
impl<S: State, F: Send + Sync + 'static> Node<S> for ErasedFunction<S, F> {
    fn run<'node, 'state, 'context, 'task>(
        &'node self,
        state: &'state S,
        context: &'context Context<S>,
    ) -> NodeFuture<'task, S>
    where
        'node: 'task,
        'state: 'task,
        'context: 'task,
        Self: 'task,
    {
        (self.call)(&self.function, state, context)
    }
}

/// Adds an async closure to a graph as a node: `node!(graph, "name", async move |state| ...)`, or `|state, context|`.
///
/// The closure may capture variables. It borrows the state across its awaits; nothing is cloned. `node!` is a macro because
/// stable Rust can check that the closure's future is `Send` only where the closure's type is known.
///
/// ```
/// use council_core::{State, StateGraph, node};
///
/// #[derive(State, Default)]
/// struct Text {
///     text: String,
/// }
///
/// let suffix = String::from("!");
/// let mut graph = StateGraph::<Text>::new("shout");
/// let shout = node!(graph, "shout", async move |text| {
///     Ok(Text::update().text(text.text.to_uppercase() + &suffix))
/// });
/// graph.start(shout);
/// graph.end(shout);
/// # assert!(graph.compile().is_ok());
/// ```
#[macro_export]
macro_rules! node {
    ($graph:expr, $name:expr, async move |$state:pat_param, $context:pat_param $(,)?| $erased:expr $(,)?) => {
        $graph.__add_with_context(
            $name,
            async move |$state, $context| $erased,
            |function, state, context| ::std::boxed::Box::pin(function(state, context)),
        )
    };
    ($graph:expr, $name:expr, async |$state:pat_param, $context:pat_param $(,)?| $erased:expr $(,)?) => {
        $graph.__add_with_context(
            $name,
            async |$state, $context| $erased,
            |function, state, context| ::std::boxed::Box::pin(function(state, context)),
        )
    };
    ($graph:expr, $name:expr, async move |$s:tt: $state:ty, $c:tt: $context:ty $(,)?| $erased:expr $(,)?) => {
        $graph.__add_with_context(
            $name,
            async move |$s: $state, $c: $context| $erased,
            |function, state, context| ::std::boxed::Box::pin(function(state, context)),
        )
    };
    ($graph:expr, $name:expr, $function:expr $(,)?) => {
        $graph.__add($name, $function, |function, state, _| ::std::boxed::Box::pin(function(state)))
    };
}
