#![doc = include_str!("../README.md")]

mod context;
mod drive;
mod event;
mod failure;
mod graph;
mod joins;
mod limits;
mod node;
mod panic;
pub mod plan;
mod position;
mod queue;
mod record;
pub mod reduce;
mod run;
mod state;
mod tasks;

pub use async_trait::async_trait;
pub use context::Context;
pub use council_core_derive::State;
pub use event::{Event, Task};
pub use failure::{Failure, RunError};
pub use graph::{BuildError, BuildFault, Drawing, EdgeKind, Graph, Link, NodeId, RouteLabels, Shape, StateGraph};
pub use limits::{Limits, StopReason};
pub use node::{IntoNode, Node, NodeError, NodeFuture, NodeResult, kind};
pub use position::{OpenTask, Position};
pub use record::{NodeList, Record};
pub use reduce::{IdList, Identified};
pub use run::{Cancel, Outcome, Run, RunBuilder};
pub use state::{FieldSet, State, Update};
