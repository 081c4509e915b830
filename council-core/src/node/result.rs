//! What nodes return.

use std::future::Future;
use std::pin::Pin;

use crate::state::State;

/// Why a node failed: any error, or a text.
pub type NodeError = Box<dyn std::error::Error + Send + Sync>;

/// What a node returns: the update it wants, or why it failed.
pub type NodeResult<S> = Result<<S as State>::Update, NodeError>;

/// A future of a node, boxed: the one allocation that the engine makes for a task.
pub type NodeFuture<'a, S> = Pin<Box<dyn Future<Output = NodeResult<S>> + Send + 'a>>;

/// What a node that decides returns: its update and its choice, or why it failed.
pub type DeciderResult<S, C> = Result<(<S as State>::Update, C), NodeError>;
