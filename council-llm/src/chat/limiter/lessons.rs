//! The limits that an answer of a provider reveals.

use std::time::Duration;

use crate::chat::error::ChatError;
use crate::chat::wait::WaitReason;

/// The longest time for which an answer closes a provider: a day. Quotas of a day exist, and a longer time is likely a mistake, such as a
/// time of the clock instead of a number of seconds.
pub(crate) const LONGEST_CLOSURE: Duration = Duration::from_secs(24 * 60 * 60);

/// The limits that the status and the headers of an answer reveal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lessons {
    /// The time in which the provider wants no call, and the reason.
    pub(crate) closed: Option<(Duration, WaitReason)>,
    /// Whether the quota is spent, and the provider has not said for how long.
    pub(crate) is_spent: bool,
    /// Whether the server has no slot for a further call.
    pub(crate) is_busy: bool,
    /// The quota of calls to the model.
    pub(crate) requests: Quota,
    /// The quota of tokens of the model.
    pub(crate) tokens: Quota,
    /// The quota of calls to all models together.
    pub(crate) shared_requests: Quota,
}

/// A quota of the provider in its current period. The length of the period is unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Quota {
    /// The size of the quota.
    pub(crate) limit: Option<u64>,
    /// The rest of it.
    pub(crate) remaining: Option<u64>,
    /// The time until the quota is full again.
    pub(crate) reset: Option<Duration>,
}

impl Lessons {
    /// Adds the lessons of an error. A server on this machine may have few slots, so it may be busy.
    pub(crate) fn with_error(self, error: &ChatError, is_loopback: bool) -> Self {
        let (status, message) = match error.last_model().1 {
            ChatError::Status { status, message, .. } => (Some(*status), message.to_lowercase()),
            _ => (None, String::new()),
        };
        let reason = if status.is_none_or(|status| status == 429) { WaitReason::Quota } else { WaitReason::Overload };
        let closed = error.retry_after().filter(|_| error.is_retryable()).map(|time| (time, reason));
        let is_told = [self.requests, self.tokens, self.shared_requests].iter().any(|quota| quota.reset.is_some());
        let is_busy =
            is_loopback && matches!(status, Some(429 | 503)) && BUSY.iter().any(|word| message.contains(word));
        let is_spent = status == Some(429) && error.is_retryable() && closed.is_none() && !is_told && !is_busy;
        Self { closed: closed.or(self.closed), is_spent, is_busy, ..self }
    }
}

/// The words of local servers without a free slot: llama.cpp, Ollama, and others.
const BUSY: [&str; 5] = ["busy", "no slot", "slots", "pending requests", "concurren"];
