//! What an error handler does instead of the node that failed.

use super::goto::Goto;
use crate::state::State;

/// An update together with where to go next: what an error handler answers, see
/// [`StateGraph::on_error`](crate::StateGraph::on_error).
#[must_use = "it does nothing until a handler returns it"]
pub struct Command<S: State> {
    pub(crate) update: S::Update,
    pub(crate) goto: Option<Goto<S>>,
}

impl<S: State> Command<S> {
    /// The node is taken to have returned this, and the run goes on as usual.
    pub fn update(update: S::Update) -> Self {
        Self { update, goto: None }
    }

    /// The run goes there, and nowhere else from this node.
    pub fn goto(goto: impl Into<Goto<S>>) -> Self {
        Self { update: S::Update::default(), goto: Some(goto.into()) }
    }

    /// And this is changed.
    pub fn and_update(mut self, update: S::Update) -> Self {
        self.update = update;
        self
    }
}

impl<S: State> std::fmt::Debug for Command<S> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Command").field("update", &self.update).field("goto", &self.goto).finish()
    }
}
