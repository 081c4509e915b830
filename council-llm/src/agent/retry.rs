//! The retries of agents: which failures of models are retried, and for how long.

use std::time::Duration;

use council_core::{Failure, NodeError, Policy, RetriesExhausted, Retry};

use super::error::AgentError;
use crate::chat::stop::StopKind;

/// The default retry policy of an agent.
///
/// An agent's call depends only on the state, so a failed call is repeated from its beginning, and watchers of the run withdraw the part
/// of the answer that they have shown. Earlier answers of the same task are kept: a cut answer that the call continues, and an unclear
/// verdict that the call asks to make clear.
///
/// - A model that is unreachable, overloaded or out of quota is called again for a day. The first pause is half a second, each
///   further pause is twice as long, up to a minute, with a random part. If the provider asks to wait (`Retry-After`), the pause begins
///   after that time, which counts for at most a day.
/// - An answer that was paid for and cannot be used is asked for again at most four times, within one start or resume of the run: it broke
///   off after the status of success, it was empty, withheld or refused, the model called a tool, or it could not be read.
/// - A call whose limit for the first token or for the whole call expires is repeated once, because the next call is likely to time out
///   too. It counts as three paid answers. A server on this machine that accepts no call costs nothing, and is called for a day.
/// - The last pause is cut, so that the model is called once more at the end of the day. If the provider asks to wait for longer than the
///   rest of the day, the run fails at once, and its error says when the next call can be made.
/// - Everything else fails the run at once: a refused key, an unknown model, a request that the provider refuses or that is too long, and
///   an answer that was still incomplete after four continuations or became too long to be continued, because another answer would cost as
///   much again.
///
/// ```
/// use std::time::Duration;
/// use council_llm::{CouncilBuilder, Rehearsal, agent_retry};
///
/// let graph = CouncilBuilder::new(Rehearsal::new()).retry(agent_retry().total(Duration::from_secs(600))).build()?;
/// # Ok::<(), council_llm::CouncilError>(())
/// ```
#[must_use]
pub fn agent_retry() -> Retry {
    Retry::default()
        .attempts(u32::MAX)
        .when(is_retried)
        .cost(cost, MOST_COST)
        .min_pause(retry_after)
        .total(DEFAULT_PATIENCE)
        .exhausted(say_so)
}

/// The policy of an agent's node.
pub(crate) fn policy(retry: Retry) -> Policy {
    Policy::default().retry(retry)
}

fn is_retried(failure: &Failure) -> bool {
    let Failure::Node { source, .. } = failure else { return failure.is_retryable() };
    match source.downcast_ref() {
        Some(AgentError::Chat { source, .. }) => source.is_retryable(),
        Some(AgentError::Empty { .. } | AgentError::Waiting { .. }) => true,
        Some(AgentError::Unusable { kind, .. }) => *kind != StopKind::Length,
        Some(AgentError::TooLong { .. } | AgentError::CallLimit { .. }) | None => false,
    }
}

/// The cost of a failed answer: 1 if it was paid for, 3 if the call timed out.
fn cost(failure: &Failure) -> u32 {
    let Failure::Node { source, .. } = failure else { return 0 };
    match source.downcast_ref::<AgentError>() {
        Some(AgentError::Chat { source, .. }) if source.is_paid_timeout() => COST_OF_TIMEOUT,
        Some(error) => u32::from(error.is_paid()),
        None => 0,
    }
}

fn retry_after(failure: &Failure) -> Option<Duration> {
    let Failure::Node { source, .. } = failure else { return None };
    source.downcast_ref::<AgentError>()?.retry_after().map(|time| time.min(LONGEST_PAUSE))
}

/// Notes in the error of an agent that the model is not called again, and why.
fn say_so(error: &mut NodeError, ended: RetriesExhausted) {
    match error.downcast_mut() {
        Some(
            AgentError::Chat { retries, .. }
            | AgentError::Empty { retries, .. }
            | AgentError::Unusable { retries, .. }
            | AgentError::Waiting { retries, .. },
        ) => *retries = Some(ended),
        Some(AgentError::TooLong { .. } | AgentError::CallLimit { .. }) | None => {}
    }
}

/// How long an agent repeats the call of a model that does not answer.
pub(super) const DEFAULT_PATIENCE: Duration = Duration::from_secs(24 * 60 * 60);

/// The longest time of a provider that counts: a minute less than the default patience, so a quota of a day does not fail a run at once.
/// The limiter holds the next call back for the rest of the day.
const LONGEST_PAUSE: Duration = Duration::from_secs(24 * 60 * 60 - 60);

/// The total cost at which a run fails: five paid answers, or two calls that timed out.
const MOST_COST: u32 = 5;
const COST_OF_TIMEOUT: u32 = 3;

/// The error of a failure, if it says that the model gave no text that can be used.
pub(crate) fn unusable(failure: &Failure) -> Option<&AgentError> {
    let Failure::Node { source, .. } = failure else { return None };
    source.downcast_ref().filter(|error| match error {
        AgentError::Empty { .. } | AgentError::Unusable { .. } | AgentError::CallLimit { .. } => true,
        AgentError::TooLong { had_begun, .. } => *had_begun,
        AgentError::Chat { .. } | AgentError::Waiting { .. } => false,
    })
}
