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

#[cfg(test)]
mod tests {
    use council_core::{NodeResult, StateGraph};
    use council_llm::{Council, MASTER};

    use super::UserError;

    async fn panics(_: &Council) -> NodeResult<Council> {
        panic!("the model has lost its mind");
    }

    #[tokio::test]
    async fn the_agent_of_a_panic_is_named() {
        let mut graph = StateGraph::new("council");
        let master = graph.node(MASTER, panics);
        graph.start(master).end(master);
        let graph = graph.compile().unwrap();
        let error = graph.run(Council::new("Rust")).await.unwrap_err();
        assert_eq!(UserError::of_run(&error).message, "the master panicked: the model has lost its mind");
    }
}
