//! Errors for the user of the terminal, each one line long.

use std::error::Error;

use council_core::{Failure, RunError, error_chain};
use council_llm::Council;

/// An error as one line with all its causes.
#[derive(Debug)]
pub(crate) struct UserError {
    pub(crate) message: String,
}

impl UserError {
    pub(crate) fn new(message: &str) -> Self {
        Self { message: message.to_owned() }
    }

    /// The message of an error.
    pub(crate) fn of(error: &(dyn Error + 'static)) -> Self {
        Self { message: error_chain(error) }
    }

    /// The error of a failed run, without the id of the run and the superstep: the program has only one run.
    pub(crate) fn of_run(error: &RunError<Council>) -> Self {
        let failure = error.failure();
        let (node, failed) = match failure {
            Failure::Node { node, .. } => (node, "failed: "),
            Failure::NodePanicked { node, .. } | Failure::NodeTimedOut { node, .. } => (node, ""),
            failure => return Self::of(failure),
        };
        let agent = node.trim_end_matches("_agent");
        Self { message: format!("the {agent} {failed}{}", failure.cause()) }
    }
}
