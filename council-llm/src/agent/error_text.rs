//! The texts of the errors of an agent.

use std::fmt;
use std::time::Duration;

use council_core::{RetriesExhausted, RetryLimit};

use crate::chat::error::START_AGAIN;

/// The message of a call without a complete answer.
pub(super) fn no_answer(model: &str, received: usize) -> String {
    match received {
        0 => format!("model `{model}` gave no answer"),
        1 => format!("the answer of model `{model}` broke off after 1 character"),
        received => format!("the answer of model `{model}` broke off after {received} characters"),
    }
}

/// The message of a request that is too long.
pub(super) fn too_long(model: &str, had_begun: bool) -> String {
    if had_begun {
        return format!(
            "the answer of model `{model}` was cut, and is too long to be continued: choose a model with a longer context, or make the \
             context of a local model longer"
        );
    }
    format!(
        "the request is too long for model `{model}`: choose a model with a longer context, make the context of a local model longer, or \
         shorten the topic"
    )
}

/// The message of a run that has made all its calls.
pub(super) fn call_limit(limit: u32) -> String {
    format!(
        "the run has made {limit} calls of models, which is its limit: raise `maxCalls` of the blueprint, or `max_calls(..)` (`--max-calls` at \
         the command line) for all councils, then {START_AGAIN}"
    )
}

/// What is wrong with an answer without text.
pub(super) fn empty(only_reasoning: bool) -> &'static str {
    if only_reasoning { "only reasoning, and no answer" } else { "an empty answer" }
}

/// Why the model is not called again, and what may help.
pub(super) fn exhausted(retries: Option<RetriesExhausted>, wait: Option<Duration>) -> String {
    match retries {
        Some(RetriesExhausted { limit: RetryLimit::Total, since, total, .. }) => beyond_patience(since, total, wait),
        Some(_) => {
            let asked = asked(retries).map(|asked| format!("{asked}: ")).unwrap_or_default();
            format!(" ({asked}{START_AGAIN}, or choose another model for the agent)")
        }
        None => String::new(),
    }
}

/// Why the model is not called again, if the patience of the agent ends before the next attempt.
fn beyond_patience(since: Duration, total: Duration, wait: Option<Duration>) -> String {
    let (since, total) = (Span(since), Span(total));
    match wait.map(Span) {
        Some(wait) if since.0.as_secs() == 0 => {
            format!(
                " (the next call can be made in {wait}, and the agent's patience is {total}: {RAISE}, then {START_AGAIN})"
            )
        }
        Some(wait) => format!(
            " (the next call can be made in {wait}, but {since} of the agent's patience of {total} have passed: {RAISE}, then {START_AGAIN})"
        ),
        None => format!(" (the agent's patience of {total} is over: {START_AGAIN}, or {RAISE})"),
    }
}

/// How often the model was called.
pub(super) fn asked(retries: Option<RetriesExhausted>) -> Option<String> {
    retries.filter(|retries| retries.failures > 1).map(|retries| format!("asked {} times", retries.failures))
}

/// The settings of the patience: for all agents, and for an agent of a blueprint.
const RAISE: &str = "raise `agent_retry().total(..)` (`--model-patience` at the command line), or the `patience` of the agent in its blueprint";

/// A span of time for people, in its two largest units.
struct Span(Duration);

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.saturating_add(Duration::from_millis(500)).as_secs();
        match (seconds / 3_600, seconds / 60 % 60, seconds % 60) {
            (0, 0, _) => write!(f, "{} s", (self.0.as_secs_f64() * 10.0).round() / 10.0),
            (0, minutes, 0) => write!(f, "{minutes} min"),
            (0, minutes, seconds) => write!(f, "{minutes} min {seconds} s"),
            (hours, 0, _) => write!(f, "{hours} h"),
            (hours, minutes, _) => write!(f, "{hours} h {minutes} min"),
        }
    }
}
