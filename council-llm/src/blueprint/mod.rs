//! Blueprints: councils of your own, as data.

pub(crate) mod check;
pub(crate) mod data;
pub(crate) mod fault;
mod migration;
mod warning;
pub(crate) mod adjacency;

pub use data::{Agent, AgentRole, Blueprint, BlueprintEdge, CanvasPosition, EdgeKind, Tools};
pub use fault::{BlueprintError, BlueprintFault, FaultKind, PathStep};
pub use migration::{GuessedRole, Migration};
pub use warning::{BlueprintWarning, WarningKind};
