//! Blueprints: councils of your own, as data.

mod build;
mod condition;
mod build_agent;
pub(crate) mod check;
pub(crate) mod data;
pub(crate) mod fault;
mod migration;
mod migration_report;
pub(crate) mod role;
mod warning;
pub(crate) mod adjacency;
pub(crate) mod call_limit;

pub use call_limit::DEFAULT_MAX_CALLS;
pub use data::{Agent, Blueprint, BlueprintEdge, CanvasPosition, EdgeKind, Tools};
pub use fault::{BlueprintError, BlueprintFault, FaultKind, PathStep};
pub use migration_report::{GuessedRole, MigrationReport};
pub use role::AgentRole;
pub use warning::{BlueprintWarning, WarningKind};
