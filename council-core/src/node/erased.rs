//! Nodes of every kind as the driver knows them: without the types of items, choices and inner states.

use std::any::Any;
use std::future::Future;
use std::pin::Pin;

use super::Node;
use super::context::Context;
use super::failure::Failure;
use super::goto::Item;
use super::memory::PendingAnswer;
use super::result::{DeciderResult, NodeError, NodeFuture};
use crate::drawing::Drawing;
use crate::journal::format::envelope::StoredTask;
use crate::journal::format::position::StoredPosition;
use crate::journal::format::record::StoredRecord;
use crate::journal::replay_error::ReplayError;
use crate::state::State;
use crate::types::limits::StopReason;
use crate::types::question::{AnswerError, Ask};

/// A node of any kind, boxed.
pub struct ErasedNode<S: State>(pub(crate) NodeKind<S>);

/// The kinds of nodes that the driver tells apart.
pub(crate) enum NodeKind<S: State> {
    Node(Box<dyn Node<S>>),
    Worker(Box<dyn AnyWorker<S>>),
    Decider(Box<dyn AnyDecider<S>>),
    Subgraph(Box<dyn ErasedSubgraph<S>>),
}

impl<S: State> ErasedNode<S> {
    /// Whether it is a worker, which is led to with items only.
    pub(crate) fn takes_items(&self) -> bool {
        match &self.0 {
            NodeKind::Worker(_) => true,
            NodeKind::Subgraph(subgraph) => subgraph.takes_items(),
            NodeKind::Node(_) | NodeKind::Decider(_) => false,
        }
    }
}

impl<S: State> std::fmt::Debug for ErasedNode<S> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("ErasedNode")
    }
}

/// A worker as the driver knows it: without the type of its items.
pub(crate) trait AnyWorker<S: State>: Send + Sync {
    fn run<'a>(&'a self, state: &'a S, item: &'a Item, context: &'a Context<S>) -> NodeFuture<'a, S>;
}

/// A decider as the driver knows it: without the type of its choice.
pub(crate) trait AnyDecider<S: State>: Send + Sync {
    fn run<'a>(&'a self, state: &'a S, context: &'a Context<S>) -> DecisionFuture<'a, S, AnyChoice>;
}

pub(crate) type DecisionFuture<'a, S, C> = Pin<Box<dyn Future<Output = DeciderResult<S, C>> + Send + 'a>>;

/// A choice without its type.
pub(crate) type AnyChoice = Box<dyn Any + Send>;

/// A subgraph as the driver knows it: without the type of its state.
pub(crate) trait ErasedSubgraph<S: State>: Send + Sync {
    /// Runs it to its end, from where it was kept, or from its start.
    fn run<'a>(
        &'a self,
        state: &'a S,
        item: Option<&'a Item>,
        nested: &'a mut Option<Box<dyn NestedPosition>>,
        context: &'a Context<S>,
    ) -> Pin<Box<dyn Future<Output = Result<S::Update, SubgraphEnd>> + Send + 'a>>;

    fn drawing(&self) -> Drawing;

    fn takes_items(&self) -> bool;

    /// Whether any node inside is spread.
    fn has_spawned(&self) -> bool;

    /// The type of the context that it needs and is not given.
    fn missing_deps(&self) -> Option<&'static str>;

    /// Whether what happens inside can be stored; otherwise, what cannot.
    fn unstorable(&self, node: &str, all: &mut Vec<String>);

    /// Puts a record into where it was kept; `path` leads from there to the graph of the record.
    fn fold(
        &self,
        nested: &mut Option<Box<dyn NestedPosition>>,
        path: &[StoredTask<'_>],
        record: &StoredRecord<'_>,
    ) -> Result<(), ReplayError>;

    /// Where it was kept, as it is stored.
    fn write_nested<'k>(&'k self, nested: &'k dyn NestedPosition) -> serde_json::Result<StoredPosition<'k>>;

    fn read_nested(&self, stored: &StoredPosition<'_>) -> Result<Box<dyn NestedPosition>, ReplayError>;
}

/// How a subgraph ended, if not well.
pub(crate) enum SubgraphEnd {
    Stopped(StopReason),
    Paused,
    /// The journal cannot be written: it is as if the outer graph had found out.
    Halted(Box<Failure>),
    Failed(NodeError),
}

/// Where a subgraph stands, without the type of its state.
pub(crate) trait NestedPosition: Any + Send + Sync {
    fn copy(&self) -> Box<dyn NestedPosition>;

    /// The open questions inside, each with this in front of its id.
    fn asks(&self, before: &str, asks: &mut Vec<Ask>);

    /// Answers a question inside, if it is one: `before` is in front of the ids.
    fn answer(&mut self, before: &str, id: &str, answer: &str) -> Option<Result<PendingAnswer, AnswerError>>;
}
