//! Errors for the user of the terminal: one line, and advice.

use std::error::Error;
use std::fmt::Write as _;

use council_core::{Failure, RunError};
use council_llm::{ChatError, Council};

/// An error as one line with all its causes, with advice if there is any.
#[derive(Debug)]
pub(crate) struct UserError {
    pub(crate) message: String,
    pub(crate) advice: Option<String>,
}

impl UserError {
    pub(crate) fn new(message: &str) -> Self {
        Self { message: message.to_owned(), advice: None }
    }

    /// The message and the advice of an error.
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

    /// The error of a failed run, without the id of the run and the superstep: the program has only one run.
    pub(crate) fn of_run(error: &RunError<Council>) -> Self {
        match error.failure() {
            Failure::Node { node, source, .. } => {
                let error = Self::of(&**source);
                Self { message: format!("the {} failed: {}", node.trim_end_matches("_agent"), error.message), ..error }
            }
            failure => Self::of(failure),
        }
    }
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// Advice for a call to a model that failed.
fn advice(error: &ChatError) -> Option<String> {
    Some(match error {
        ChatError::Status { provider, status, message, .. } => match (&**provider, status) {
            // An HTML page comes from another server, or from one that does not know the path.
            (provider, 400 | 404 | 405) if message.starts_with('<') => address(provider),
            (provider, 405) => address(provider),
            ("ollama", 404) => {
                "get the model with `ollama pull NAME`; `ollama list` shows the models that you have".to_owned()
            }
            (_, 404) => "check the name of the model, and the address if it is your own server".to_owned(),
            ("ollama", 401 | 403) => "check the address in OLLAMA_HOST; Ollama itself needs no key".to_owned(),
            (provider, 401 | 403) => match format!("{}_API_KEY", provider.to_uppercase()) {
                variable if is_set(&variable) => format!("check the key in {variable}"),
                variable => format!("set {variable}: the server requires a key"),
            },
            (_, 402 | 429) => "wait a while, or check the quota of the account".to_owned(),
            (_, 500..) => {
                "the provider has a problem: try again later, or choose another model with --model".to_owned()
            }
            _ => return None,
        },
        ChatError::Connection { provider, .. } if provider == "ollama" => {
            "start Ollama with `ollama serve`, or set its address in OLLAMA_HOST".to_owned()
        }
        ChatError::Connection { provider, .. } => {
            format!("check the network, and {} if it is set", address_variable(provider))
        }
        ChatError::Malformed { provider, .. } => address(provider),
        ChatError::Timeout { .. } | ChatError::Truncated | ChatError::InStream { .. } => {
            "try again, or choose another model with --model".to_owned()
        }
        _ => return None,
    })
}

/// Advice for an answer that does not come from a model.
fn address(provider: &str) -> String {
    match address_variable(provider) {
        variable if is_set(&variable) => format!("check the address of the model in {variable}"),
        variable => format!(
            "a proxy or a login page may have answered instead of {provider}; \
             its default address was called, because {variable} is not set"
        ),
    }
}

fn address_variable(provider: &str) -> String {
    match provider {
        "ollama" => "OLLAMA_HOST".to_owned(),
        provider => format!("{}_BASE_URL", provider.to_uppercase()),
    }
}

/// Whether the variable is set and not blank, by the same rule as in `Environment`.
fn is_set(variable: &str) -> bool {
    std::env::var(variable).is_ok_and(|value| !value.trim().is_empty())
}
