//! Result types of nodes and deciders.

use std::future::Future;
use std::pin::Pin;

use crate::state::State;

/// The error of a node: any error, or a text.
///
/// ```
/// # use council_core::NodeError;
/// let errors: [NodeError; 2] = ["no idea".into(), std::fmt::Error.into()];
/// assert_eq!(errors[0].to_string(), "no idea");
/// ```
pub type NodeError = Box<dyn std::error::Error + Send + Sync>;

/// The result of a node: an update, or an error.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// async fn write(essay: &Essay) -> NodeResult<Essay> {
///     if essay.notes.is_empty() {
///         return Err("no notes to write from".into());
///     }
///     Ok(Essay::update().draft(essay.notes.join(" ")))
/// }
/// ```
pub type NodeResult<S> = Result<<S as State>::Update, NodeError>;

/// The boxed future of a node. It is the only allocation of the engine for a task.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// fn write(essay: &Essay) -> NodeFuture<'_, Essay> {
///     Box::pin(async move { Ok(Essay::update().draft(essay.notes.join(" "))) })
/// }
/// let mut graph = StateGraph::<Essay>::new("essay");
/// let write = graph.node("write", write);
/// ```
pub type NodeFuture<'a, S> = Pin<Box<dyn Future<Output = NodeResult<S>> + Send + 'a>>;

/// The result of a decider: its update and its choice, or an error.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// async fn judge(essay: &Essay) -> DeciderResult<Essay, bool> {
///     Ok((Essay::update().notes("read"), essay.draft.len() > 500))
/// }
/// ```
pub type DeciderResult<S, C> = Result<(<S as State>::Update, C), NodeError>;
