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
        ChatError::Status { provider, status, message, .. } => match (*provider, status) {
            // The page of another server, or of none that knows the path.
            (provider, 400 | 404 | 405) if message.starts_with('<') => address(provider),
            (provider, 405) => address(provider),
            ("ollama", 404) => "get the model with `ollama pull NAME`; `ollama list` shows what is there".to_owned(),
            (_, 404) => "check the name of the model, and the address if it is your own server".to_owned(),
            ("ollama", 401 | 403) => {
                "is the address right? OLLAMA_HOST says where it is; Ollama itself takes no key".to_owned()
            }
            (provider, 401 | 403) => match format!("{}_API_KEY", provider.to_uppercase()) {
                variable if is_set(&variable) => format!("check the key in {variable}"),
                variable => format!("set {variable}; the server wants a key"),
            },
            (_, 402 | 429) => "wait a while, or check the quota of the account".to_owned(),
            (_, 500..) => "the provider has trouble; try again later, or choose another with --model".to_owned(),
            _ => return None,
        },
        ChatError::Connection { provider: "ollama", .. } => {
            "is Ollama running? Start it with `ollama serve`; OLLAMA_HOST says where it is".to_owned()
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

/// What to do where something other than the model seems to answer.
fn address(provider: &str) -> String {
    match address_variable(provider) {
        variable if is_set(&variable) => format!("is the address right? {variable} says where the model is"),
        variable => format!(
            "is the address right? {variable} is not set, so it is {provider}'s usual one; \
             a proxy or a login page may have answered in its place"
        ),
    }
}

fn address_variable(provider: &str) -> String {
    match provider {
        "ollama" => "OLLAMA_HOST".to_owned(),
        provider => format!("{}_BASE_URL", provider.to_uppercase()),
    }
}

/// Whether the environment says something under that name, as `Environment` sees it.
fn is_set(variable: &str) -> bool {
    std::env::var(variable).is_ok_and(|value| !value.trim().is_empty())
}
