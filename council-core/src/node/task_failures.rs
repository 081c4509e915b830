//! Constructors for the failures of a task, with its node, superstep and attempt.

use std::time::Duration;

use super::context::Context;
use super::failure::Failure;
use super::result::NodeError;
use crate::state::State;

impl<S: State> Context<S> {
    /// The node returned an error.
    #[cold]
    pub(crate) fn failed(&self, source: NodeError) -> Failure {
        let &Self { superstep, attempt, item, .. } = self;
        Failure::Node { node: self.node().to_owned(), item, superstep, attempt, source }
    }

    pub(crate) fn panicked(&self, message: String) -> Failure {
        let &Self { superstep, attempt, item, .. } = self;
        Failure::NodePanicked { node: self.node().to_owned(), item, superstep, attempt, message }
    }

    pub(crate) fn timed_out(&self, limit: Duration) -> Failure {
        let &Self { superstep, attempt, item, .. } = self;
        Failure::NodeTimedOut { node: self.node().to_owned(), item, superstep, attempt, limit }
    }

    pub(crate) fn handler_panicked(&self, message: String) -> Failure {
        Failure::HandlerPanicked { node: self.node().to_owned(), superstep: self.superstep, message }
    }

    pub(crate) fn handler_chose_nothing(&self) -> Failure {
        Failure::HandlerWithoutChoice { node: self.node().to_owned(), superstep: self.superstep }
    }

    pub(crate) fn undeclared(&self) -> Failure {
        Failure::UndeclaredTarget { node: self.node().to_owned(), superstep: self.superstep }
    }
}
