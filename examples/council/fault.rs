//! What went wrong, for the person in front of the terminal: one line, and what to do next.

use std::error::Error;
use std::fmt::Write as _;

use council_core::{Failure, RunError};
use council_llm::{ChatError, Council};

/// One line with all causes, and a piece of advice where there is one.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) message: String,
    pub(crate) advice: Option<String>,
}

impl Fault {
    pub(crate) fn new(message: &str) -> Self {
        Self { message: message.to_owned(), advice: None }
    }

    /// An error that says itself what to do.
    pub(crate) fn of(error: &(dyn Error + 'static)) -> Self {
        Self {
            message: causes(error).fold(String::new(), |mut line, cause| {
                if !line.is_empty() {
                    line.push_str(": ");
                }
                let _ = write!(line, "{cause}");
                line
            }),
            advice: causes(error).find_map(|cause| cause.downcast_ref::<ChatError>()).and_then(advice),
        }
    }

    /// A failed run. Its id and its supersteps say nothing to someone who has only one run.
    pub(crate) fn of_run(error: &RunError<Council>) -> Self {
        match error.failure() {
            Failure::Node { node, source, .. } => {
                let fault = Self::of(&**source);
                Self { message: format!("the {} failed: {}", node.trim_end_matches("_agent"), fault.message), ..fault }
            }
            failure => Self::of(failure),
        }
    }
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// What a person can do about a model that gave no answer.
fn advice(error: &ChatError) -> Option<String> {
    Some(match error {
        ChatError::Status { provider, status, .. } => match (*provider, status) {
            ("ollama", 404) => "get the model with `ollama pull NAME`; `ollama list` shows what is there".to_owned(),
            (_, 404) => "check the name of the model, and the address if it is your own server".to_owned(),
            (provider, 401 | 403) => format!("check the key in {}_API_KEY", provider.to_uppercase()),
            (_, 402 | 429) => "wait a while, or check the quota of the account".to_owned(),
            (_, 500..) => "the provider has trouble; try again later, or choose another with --model".to_owned(),
            _ => return None,
        },
        ChatError::Connection { provider: "ollama", .. } => {
            "is Ollama running? Start it with `ollama serve`; OLLAMA_HOST says where it is".to_owned()
        }
        ChatError::Connection { provider, .. } => {
            format!("check the network, and {}_BASE_URL if it is set", provider.to_uppercase())
        }
        ChatError::Timeout { .. } | ChatError::Truncated | ChatError::InStream { .. } => {
            "try again, or choose another model with --model".to_owned()
        }
        _ => return None,
    })
}
