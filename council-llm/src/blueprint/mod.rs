//! Blueprints: councils of your own, as data.

pub(crate) mod check;
pub(crate) mod data;
pub(crate) mod fault;
mod migration;
mod warning;
pub(crate) mod ways;

pub use data::{Agent, AgentRole, Blueprint, BlueprintEdge, EdgeKind, Place, Tools};
pub use fault::{BlueprintError, BlueprintFault, FaultKind, Step};
pub use migration::{GuessedRole, Migration};
pub use warning::{BlueprintWarning, WarningKind};
