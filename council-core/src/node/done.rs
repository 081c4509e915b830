//! What a task ends with.

use super::goto::Goto;
use crate::state::State;

/// What a task ends with.
pub(crate) struct Done<S: State> {
    pub(crate) update: S::Update,
    pub(crate) goto: Option<Goto<S>>,
}

impl<S: State> Clone for Done<S> {
    fn clone(&self) -> Self {
        Self { update: self.update.clone(), goto: self.goto.clone() }
    }
}
