//! Type-erased nodes: the driver calls them without the types of items, choices and inner states.

use std::any::Any;
use std::future::Future;
use std::pin::Pin;

use super::Node;
use super::context::Context;
use super::failure::Failure;
use super::items::Item;
use super::memory::{PendingAnswer, RefusedAnswer};
use super::result::{DeciderResult, NodeError, NodeFuture};
use crate::drawing::Drawing;
use crate::journal::format::envelope::StoredTask;
use crate::journal::format::position::StoredPosition;
use crate::journal::format::program::StoredProgram;
use crate::journal::format::record::StoredRecord;
use crate::journal::replay_error::ReplayError;
use crate::state::State;
use crate::types::breakpoints::{Breakpoints, Side};
use crate::types::json_error::JsonError;
use crate::types::limits::StopReason;
use crate::types::node_ref::GivenNode;
use crate::types::path::Path;
use crate::types::question::Ask;

/// A node of any kind, boxed: the result of [`IntoNode::into_node`](crate::IntoNode::into_node). Only graphs use it.
pub struct ErasedNode<S: State>(pub(crate) NodeKind<S>);

/// The kinds of nodes that the driver distinguishes.
pub(crate) enum NodeKind<S: State> {
    Node(Box<dyn Node<S>>),
    Worker(Box<dyn AnyWorker<S>>),
    Decider(Box<dyn AnyDecider<S>>),
    ItemDecider(Box<dyn AnyItemDecider<S>>),
    Subgraph(Box<dyn ErasedSubgraph<S>>),
}

impl<S: State> ErasedNode<S> {
    /// Whether the node is a worker or an item decider, which are reached with items only.
    pub(crate) fn takes_items(&self) -> bool {
        match &self.0 {
            NodeKind::Worker(_) | NodeKind::ItemDecider(_) => true,
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

/// A worker with the type of its items erased.
pub(crate) trait AnyWorker<S: State>: Send + Sync {
    fn run<'a>(&'a self, state: &'a S, item: &'a Item, context: &'a Context<S>) -> NodeFuture<'a, S>;
}

/// A decider with the type of its choice erased.
pub(crate) trait AnyDecider<S: State>: Send + Sync {
    fn run<'a>(&'a self, state: &'a S, context: &'a Context<S>) -> DecisionFuture<'a, S, AnyChoice>;
}

/// An item decider with the types of its items and its choice erased.
pub(crate) trait AnyItemDecider<S: State>: Send + Sync {
    fn run<'a>(&'a self, state: &'a S, item: &'a Item, context: &'a Context<S>) -> DecisionFuture<'a, S, AnyChoice>;
}

pub(crate) type DecisionFuture<'a, S, C> = Pin<Box<dyn Future<Output = DeciderResult<S, C>> + Send + 'a>>;

/// A choice with its type erased.
pub(crate) type AnyChoice = Box<dyn Any + Send>;

/// A subgraph with the type of its state erased.
pub(crate) trait ErasedSubgraph<S: State>: Send + Sync {
    /// Runs the subgraph to its end, from its saved position or from its start.
    fn run<'a>(
        &'a self,
        state: &'a S,
        item: Option<&'a Item>,
        nested: &'a mut Option<Box<dyn NestedPosition>>,
        context: &'a Context<S>,
    ) -> Pin<Box<dyn Future<Output = Result<S::Update, SubgraphEnd>> + Send + 'a>>;

    fn drawing(&self) -> Drawing;

    fn takes_items(&self) -> bool;

    /// The nesting depth, this graph included.
    fn depth(&self) -> u32;

    /// Whether any node inside is spawned.
    fn has_spawned(&self) -> bool;

    /// The type of the dependencies that the subgraph needs and is not given.
    fn missing_deps(&self) -> Option<&'static str>;

    /// Adds a breakpoint at the inner node that the path leads to.
    fn add_breakpoint(&self, breakpoints: &mut Breakpoints, side: Side, path: &[GivenNode]) -> Result<(), Failure>;

    /// Adds to `all` the parts inside that cannot be stored.
    fn unstorable(&self, node: &str, all: &mut Vec<String>);

    /// Applies a record to the saved position. `path` leads from this subgraph to the graph of the record.
    fn fold(
        &self,
        nested: &mut Option<Box<dyn NestedPosition>>,
        path: &[StoredTask<'_>],
        record: &StoredRecord<'_>,
    ) -> Result<(), ReplayError>;

    /// The saved position in its stored form.
    fn write_nested<'k>(&'k self, nested: &'k dyn NestedPosition) -> Result<StoredPosition<'k>, JsonError>;

    /// What the first record of a run says of the graph.
    fn program(&self) -> &StoredProgram;

    /// Checks that the graph can read what a program has stored.
    fn check_program(&self, then: &StoredProgram) -> Result<(), ReplayError>;

    /// Whether the graph computes the position that a program has computed of the same records.
    fn folds_like(&self, then: &StoredProgram) -> bool;

    /// Whether the graph counts the sources of its joins as the graph of a stored position did.
    fn counts_joins_like(&self, stored: &StoredPosition<'_>) -> bool;

    /// Changes a record of another version of the graph to one of this version. `path` leads from this subgraph to the graph of the
    /// record.
    fn migrate_record(
        &self,
        then: &StoredProgram,
        path: &[StoredTask<'_>],
        record: &mut StoredRecord<'_>,
    ) -> Result<(), ReplayError>;

    /// Changes a position of another version of the graph to one of this version.
    fn migrate_position(&self, then: &StoredProgram, position: &mut StoredPosition<'_>) -> Result<(), ReplayError>;

    fn read_nested(&self, stored: &StoredPosition<'_>) -> Result<Box<dyn NestedPosition>, ReplayError>;
}

/// Why a subgraph did not finish.
pub(crate) enum SubgraphEnd {
    Stopped(StopReason),
    Paused,
    /// The journal failed: the outer run fails with the same error.
    Halted(Box<Failure>),
    Failed(NodeError),
}

/// The position of a subgraph, with the type of its state erased.
pub(crate) trait NestedPosition: Any + Send + Sync {
    fn copy(&self) -> Box<dyn NestedPosition>;

    /// Adds the open questions inside to `asks`. Each id gets the prefix `before`.
    fn asks(&self, before: &str, asks: &mut Vec<Ask>);

    /// Answers the question with this id, which is the part behind the path to this subgraph.
    fn answer(&mut self, id: &str, answer: &str) -> Result<PendingAnswer, RefusedAnswer>;

    /// Adds the open tasks inside to `all`, each with the path that leads to it.
    fn open_paths(&self, path: &Path, all: &mut Vec<Path>);

    /// Adds the nodes of the open tasks inside to `all`. Each gets the prefix `before`.
    fn open_nodes(&self, before: &str, all: &mut Vec<String>);

    /// Marks the pause at this position, and those inside, as acknowledged.
    fn acknowledge_pause(&mut self);

    /// Lets the next attempt of each failed task inside begin at once.
    fn end_waits(&mut self);
}
