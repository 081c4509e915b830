#![doc = include_str!("../README.md")]

#[doc(hidden)]
pub mod __private;
mod ahead;
mod asking;
mod barrier;
mod body;
mod cache;
mod calling;
mod cancel;
mod chair;
mod command;
mod context;
mod decide;
mod drive;
mod durable;
mod editing;
mod event;
mod failure;
mod goto;
mod graph;
mod joins;
pub mod journal;
mod kept;
mod limits;
mod merge;
mod node;
mod observe;
mod panic;
mod path;
mod pauses;
pub mod plan;
mod policy;
mod position;
mod queue;
mod record;
pub mod reduce;
mod run;
mod slot;
mod spans;
mod spreading;
mod state;
mod stored;
mod subgraph;
mod tasks;
mod worker;

pub use async_trait::async_trait;
pub use body::Body;
pub use cache::Cache;
pub use cancel::Cancel;
pub use chair::{AnswerError, Ask};
pub use command::Command;
pub use context::Context;
pub use council_core_derive::State;
pub use decide::{Decide, Decider, Decision, IntoDecider};
pub use durable::Durable;
pub use editing::EditError;
pub use event::{Event, EventKind};
pub use failure::Failure;
pub use goto::{Goto, Targets};
pub use graph::{
    BuildError, BuildFault, Drawing, EdgeKind, Graph, Handle, Link, NodeId, RouteLabels, RunPath, Shape, ShapeKind,
    StateGraph, Target, is_reserved,
};
pub use limits::{Limits, StopReason};
pub use merge::{MergeError, merge};
pub use node::{IntoNode, Node, NodeError, NodeFuture, NodeResult, kind};
pub use observe::Detail;
pub use path::{Path, Task};
pub use plan::Valve;
pub use policy::{Policy, Retry};
pub use position::{OpenTask, Position};
pub use queue::Events;
pub use record::{Committed, Record};
pub use reduce::{IdList, Identified};
pub use run::{Outcome, Run, RunBuilder, RunError, Unfinished};
pub use state::{FieldSet, State, Update};
pub use subgraph::{Subgraph, Whole};
pub use worker::{IntoWorker, Work, Worker};

/// The programs of the guide, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/coming-from-langgraph.md")]
struct Guide;
