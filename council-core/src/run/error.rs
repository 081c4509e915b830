//! Runs that failed.

use std::fmt;
use std::sync::Arc;

use crate::node::failure::Failure;
use crate::plan::position::Position;
use crate::state::State;
use crate::types::error_chain::chain;

/// A run that failed: which, why, and where it stood.
///
/// Nothing that had been done is lost: mend the cause and go on with [`Graph::resume`](crate::Graph::resume) from
/// [`into_position`](Self::into_position). That helps after a node's failure or a route's panic. What lies in the updates or in
/// the graph itself (a conflict, a join that waits, an undeclared target, a reducer's panic) fails again.
pub struct RunError<S: State> {
    run: Arc<str>,
    failure: Box<Failure>,
    position: Box<Position<S>>,
}

impl<S: State> RunError<S> {
    pub(crate) fn new(run: Arc<str>, failure: Box<Failure>, position: Position<S>) -> Self {
        Self { run, failure, position: Box::new(position) }
    }

    /// The id of the run.
    pub fn run(&self) -> &str {
        &self.run
    }

    /// Why it failed.
    pub fn failure(&self) -> &Failure {
        &self.failure
    }

    /// Where the run stood.
    pub fn position(&self) -> &Position<S> {
        &self.position
    }

    /// The state, with the updates of all supersteps that were complete.
    pub fn state(&self) -> &S {
        self.position.state()
    }

    /// Where the run stood. Tasks of the failed superstep that had ended are kept in it and are not run again.
    pub fn into_position(self) -> Position<S> {
        *self.position
    }
}

impl<S: State> fmt::Display for RunError<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "run `{}`: {}", self.run, self.failure)
    }
}

/// The words of `Display` and those of all causes: it is what a `main` that returns the error prints.
impl<S: State> fmt::Debug for RunError<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "run `{}`: {}", self.run, chain(&*self.failure))
    }
}

impl<S: State> std::error::Error for RunError<S> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&*self.failure)
    }
}
