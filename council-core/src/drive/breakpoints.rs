//! Whether a run has come to a breakpoint.

use super::Driver;
use crate::plan::position::Position;
use crate::state::State;
use crate::types::breakpoints::Side;

impl<S: State> Driver<S> {
    /// Whether any task of the superstep has a breakpoint on this side.
    #[inline]
    pub(super) fn has_breakpoint(&self, side: Side, position: &Position<S>) -> bool {
        let Some(breakpoints) = &self.info.breakpoints else { return false };
        position.tasks.tasks.iter().any(|task| breakpoints.has(side, task.node))
    }

    /// Whether the run pauses here: it is at a breakpoint, and no human has acknowledged the pause. `left` says that the
    /// superstep that just ended has a breakpoint after it.
    #[inline]
    pub(super) fn is_to_pause(&self, position: &Position<S>, left: bool) -> bool {
        !position.pause_acknowledged && (left || self.has_breakpoint(Side::Before, position))
    }
}
