#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "tokio"), allow(dead_code, reason = "only the driver uses many private items"))]

// In reading order: a module imports only from those above it.
#[doc(hidden)]
pub mod __private;
mod state;

mod types;

mod drawing;

pub mod journal;

pub mod projection;

mod observe;

mod node;

mod graph;

pub mod plan;

pub mod stored;

#[cfg(feature = "tokio")]
mod drive;

#[cfg(feature = "tokio")]
mod run;

pub use async_trait::async_trait;
pub use council_core_derive::State;

pub use state::durable::Durable;
pub use state::field_set::FieldSet;
pub use state::merge::{MergeError, merge};
#[doc(alias = "add_messages")]
pub use state::reduce::by_id::Identified;
#[doc(alias("MessagesState", "add_messages", "RemoveMessage"))]
pub use state::reduce::id_list::IdList;
pub use state::update::Update;
#[doc(alias("Annotated", "reducer", "TypedDict"))]
pub use state::{State, reduce};

pub use types::cancel::Cancel;
pub use types::error_chain::error_chain;
pub use types::limits::{Limits, StopReason};
pub use types::near_name::{near_name, near_variable};
pub use types::node_id::{Handle, NodeId, Target};
pub use types::node_path::NodePath;
pub use types::node_ref::NodeRef;
pub use types::path::{Path, Task};
pub use types::question::{AnswerError, Ask};
pub use types::valve::Valve;

pub use drawing::{Drawing, Link, LinkKind, Shape, ShapeKind};

pub use observe::detail::Detail;
pub use observe::event::{Event, EventKind};
pub use observe::queue::Events;
pub use observe::run_path::RunPath;

pub use node::ask::Answer;
pub use node::cache::Cache;
pub use node::command::Command;
pub use node::context::Context;
pub use node::decider::{Chooses, Decide, Decider};
pub use node::erased::ErasedNode;
pub use node::failure::Failure;
pub use node::goto::Goto;
pub use node::into_decider::IntoDecider;
pub use node::into_item_decider::IntoItemDecider;
pub use node::into_node::IntoNode;
pub use node::into_worker::IntoWorker;
pub use node::item_decider::{DecideItem, ItemDecider};
pub use node::policy::Policy;
pub use node::result::{DeciderResult, NodeError, NodeFuture, NodeResult};
pub use node::retry::{RetriesExhausted, Retry, RetryLimit};
pub use node::targets::Targets;
pub use node::worker::{TakesItems, Work, Worker};
pub use node::{Node, kind};

pub use graph::builder::StateGraph;
pub use graph::compiled::Graph;
pub use graph::fault::{BuildError, BuildFault};
pub use graph::labels::RouteLabels;
pub use graph::migration::Migration;
pub use graph::reserved::is_reserved;

pub use plan::edit::EditError;
pub use plan::open_task::OpenTask;
pub use plan::position::Position;
pub use plan::record::{Committed, Record};

#[cfg(feature = "tokio")]
pub use run::builder::RunBuilder;
#[cfg(feature = "tokio")]
pub use run::error::RunError;
#[cfg(feature = "tokio")]
pub use run::outcome::{Outcome, Unfinished};
#[cfg(feature = "tokio")]
pub use run::running::Run;
#[cfg(feature = "tokio")]
pub use run::subgraph::{Subgraph, Whole};
