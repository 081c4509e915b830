//! The result of a task.

use super::goto::Goto;
use crate::state::State;

/// The result of a task: its update, and the targets that it chose itself.
pub(crate) struct Done<S: State> {
    pub(crate) update: S::Update,
    pub(crate) goto: Option<Goto<S>>,
}

impl<S: State> Clone for Done<S> {
    fn clone(&self) -> Self {
        Self { update: self.update.clone(), goto: self.goto.clone() }
    }
}
