//! How a run ended, if it did not fail.

use std::fmt;
use std::sync::Arc;

use super::error::RunError;
use crate::drive::Halt;
use crate::plan::position::Position;
use crate::state::State;
use crate::types::limits::StopReason;

/// How a run ended, if it did not fail.
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome<S: State> {
    /// It came to its end.
    Finished(S),
    /// It waits for a human: before or after a node, as [`RunBuilder::pause_before`](crate::RunBuilder::pause_before) wants it, or for the answers to
    /// [`Position::asks`]. [`Graph::resume`](crate::Graph::resume) goes on from the position, in this process or, from the journal,
    /// in another.
    Paused {
        /// Where it stands.
        position: Position<S>,
    },
    /// It was stopped by a limit or cancelled. Nothing is lost: [`Graph::resume`](crate::Graph::resume) goes on from the
    /// position.
    Stopped {
        /// By what.
        reason: StopReason,
        /// Where it stands.
        position: Position<S>,
    },
}

impl<S: State> Outcome<S> {
    /// How a run ended that halted there.
    pub(super) fn of(run: Arc<str>, halt: Halt, position: Position<S>) -> Result<Self, RunError<S>> {
        match halt {
            Halt::Finish => Ok(Self::Finished(position.into_state())),
            Halt::Stop(reason) => Ok(Self::Stopped { reason, position }),
            Halt::Pause => Ok(Self::Paused { position }),
            Halt::Fail(failure) => Err(RunError::new(run, failure, position)),
        }
    }

    /// The state, however the run ended.
    pub fn state(&self) -> &S {
        match self {
            Self::Finished(state) => state,
            Self::Paused { position } | Self::Stopped { position, .. } => position.state(),
        }
    }

    /// The state of a run that came to its end.
    ///
    /// # Errors
    ///
    /// The run was stopped by a limit, or cancelled: the error says by what, and has the position to go on from.
    pub fn finished(self) -> Result<S, Unfinished<S>> {
        match self {
            Self::Finished(state) => Ok(state),
            Self::Paused { position } => Err(Unfinished { reason: StopReason::Paused, position: Box::new(position) }),
            Self::Stopped { reason, position } => Err(Unfinished { reason, position: Box::new(position) }),
        }
    }

    /// The state, taken out, also of a run that was stopped halfway; where that is an error, see
    /// [`finished`](Self::finished).
    pub fn into_state(self) -> S {
        match self {
            Self::Finished(state) => state,
            Self::Paused { position } | Self::Stopped { position, .. } => position.into_state(),
        }
    }

    /// Whether the run came to its end.
    pub fn is_finished(&self) -> bool {
        matches!(self, Self::Finished(_))
    }
}

/// A run that was to finish, and was stopped before.
pub struct Unfinished<S: State> {
    /// By what.
    pub reason: StopReason,
    /// Where it stands.
    pub position: Box<Position<S>>,
}

impl<S: State> fmt::Display for Unfinished<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let supersteps = self.position.supersteps();
        write!(formatter, "the run was stopped after {supersteps} supersteps, before its end: {}", self.reason)
    }
}

/// The same words as `Display`: it is what a `main` that returns the error prints.
impl<S: State> fmt::Debug for Unfinished<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl<S: State> std::error::Error for Unfinished<S> {}
