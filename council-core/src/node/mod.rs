//! Nodes: async functions, closures and structs that read a state and return an update.

pub(crate) mod ask;
pub(crate) mod cache;
pub(crate) mod codec;
pub(crate) mod command;
pub(crate) mod context;
pub(crate) mod decider;
pub(crate) mod done;
pub(crate) mod emit;
pub(crate) mod erased;
pub(crate) mod failure;
pub(crate) mod goto;
pub(crate) mod into_decider;
pub(crate) mod into_item_decider;
pub(crate) mod into_node;
pub(crate) mod into_worker;
pub(crate) mod item_decider;
pub(crate) mod items;
pub mod kind;
pub(crate) mod memory;
pub(crate) mod policy;
pub(crate) mod recorder;
pub(crate) mod result;
pub(crate) mod retry;
pub(crate) mod run_info;
pub(crate) mod targets;
pub(crate) mod running;
pub(crate) mod task_failures;
pub(crate) mod task_tracker;
pub(crate) mod worker;

use std::sync::Arc;

use async_trait::async_trait;

use crate::state::State;
use context::Context;
use result::NodeResult;

/// A node that is a struct; functions and closures need no impl.
///
/// ```
/// use council_core::{Context, Node, NodeResult, State, StateGraph, async_trait};
///
/// #[derive(State, Default)]
/// struct Text {
///     text: String,
/// }
///
/// struct Prefix(&'static str);
///
/// #[async_trait]
/// impl Node<Text> for Prefix {
///     async fn run(&self, state: &Text, _: &Context<Text>) -> NodeResult<Text> {
///         Ok(Text::update().text(format!("{}{}", self.0, state.text)))
///     }
/// }
///
/// let mut graph = StateGraph::<Text>::new("greeting");
/// let prefix = graph.node("prefix", Prefix("hello, "));
/// graph.start(prefix);
/// graph.end(prefix);
/// # assert!(graph.compile().is_ok());
/// ```
#[async_trait]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a node of a graph over `{S}`",
    label = "not a node",
    note = "implement `Node<{S}>` with `#[async_trait]`"
)]
pub trait Node<S: State>: Send + Sync + 'static {
    /// Reads the state and returns an update. Nodes of one superstep run concurrently, and none sees the update of another.
    async fn run(&self, state: &S, context: &Context<S>) -> NodeResult<S>;
}

#[async_trait]
impl<S: State, N: Node<S> + ?Sized> Node<S> for Box<N> {
    async fn run(&self, state: &S, context: &Context<S>) -> NodeResult<S> {
        (**self).run(state, context).await
    }
}

#[async_trait]
impl<S: State, N: Node<S> + ?Sized> Node<S> for Arc<N> {
    async fn run(&self, state: &S, context: &Context<S>) -> NodeResult<S> {
        (**self).run(state, context).await
    }
}
