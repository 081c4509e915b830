//! The limits of one call: its time and its size.

use std::time::Duration;

#[cfg(any(feature = "anthropic", feature = "openai"))]
use crate::chat::timeouts::CallTimeouts;

/// The limits of the time and the size of one call, so that no provider can block a caller for ever. A request may hold
/// [time limits](crate::CallTimeouts) of its own.
///
/// Only the time counts in which the call waits for the provider. A caller that reads slowly exceeds no limit, and neither does a call that
/// waits for its turn. [`Duration::MAX`] is no limit.
///
/// ```
/// use std::time::Duration;
/// use council_llm::CallLimits;
///
/// let limits = CallLimits::default();
/// assert_eq!(limits.connect, Duration::from_secs(10));
/// assert_eq!(limits.first_token, None);
/// assert_eq!(limits.between_tokens, Duration::from_secs(5 * 60));
/// assert_eq!(limits.total, None);
/// assert_eq!(limits.event_bytes, 1 << 20);
/// assert_eq!(limits.body_bytes, 32 << 20);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallLimits {
    /// The time until the connection is established, with TLS. 10 s by default.
    pub connect: Duration,
    /// The time from the call to the first token of the answer or of the reasoning, with the connection and the headers. A server may load
    /// its model and read the prompt before it sends anything. Heartbeats are no tokens. An answer without streaming has to be complete in
    /// this time.
    ///
    /// `None`, the default, is an hour for a server on this machine, which may be slow, and 10 minutes for any other.
    pub first_token: Option<Duration>,
    /// The longest silence after a token. Tokens of the reasoning end it, heartbeats do not. 5 minutes by default.
    pub between_tokens: Duration,
    /// The time from the call to the end of the answer. `None`, the default, is no limit: a slow model may write for hours.
    pub total: Option<Duration>,
    /// The size of one event of a stream, in bytes. 1 MiB by default.
    pub event_bytes: usize,
    /// The size of a whole answer on the wire, in bytes. 32 MiB by default.
    pub body_bytes: usize,
}

impl CallLimits {
    /// Sets the time until the connection is established.
    ///
    /// ```
    /// use std::time::Duration;
    /// use council_llm::CallLimits;
    ///
    /// let limits = CallLimits::default().connect(Duration::from_secs(5));
    /// assert_eq!(limits.connect, Duration::from_secs(5));
    /// ```
    #[must_use]
    pub fn connect(self, connect: Duration) -> Self {
        Self { connect, ..self }
    }

    /// Sets the time until the first token; `None` chooses it by the address.
    ///
    /// ```
    /// use std::time::Duration;
    /// use council_llm::CallLimits;
    ///
    /// let limits = CallLimits::default().first_token(Duration::from_secs(60));
    /// assert_eq!(limits.first_token, Some(Duration::from_secs(60)));
    /// ```
    #[must_use]
    pub fn first_token(self, first_token: impl Into<Option<Duration>>) -> Self {
        Self { first_token: first_token.into(), ..self }
    }

    /// Sets the longest silence after a token.
    ///
    /// ```
    /// use std::time::Duration;
    /// use council_llm::CallLimits;
    ///
    /// let limits = CallLimits::default().between_tokens(Duration::from_secs(60));
    /// assert_eq!(limits.between_tokens, Duration::from_secs(60));
    /// ```
    #[must_use]
    pub fn between_tokens(self, between_tokens: Duration) -> Self {
        Self { between_tokens, ..self }
    }

    /// Sets the time until the end of the answer; `None` is no limit.
    ///
    /// ```
    /// use std::time::Duration;
    /// use council_llm::CallLimits;
    ///
    /// let limits = CallLimits::default().total(Duration::from_secs(3600));
    /// assert_eq!(limits.total, Some(Duration::from_secs(3600)));
    /// ```
    #[must_use]
    pub fn total(self, total: impl Into<Option<Duration>>) -> Self {
        Self { total: total.into(), ..self }
    }

    /// Sets the size of one event of a stream, in bytes.
    ///
    /// ```
    /// use council_llm::CallLimits;
    ///
    /// assert_eq!(CallLimits::default().event_bytes(1 << 16).event_bytes, 65_536);
    /// ```
    #[must_use]
    pub fn event_bytes(self, event_bytes: usize) -> Self {
        Self { event_bytes, ..self }
    }

    /// Sets the size of a whole answer, in bytes.
    ///
    /// ```
    /// use council_llm::CallLimits;
    ///
    /// assert_eq!(CallLimits::default().body_bytes(1 << 16).body_bytes, 65_536);
    /// ```
    #[must_use]
    pub fn body_bytes(self, body_bytes: usize) -> Self {
        Self { body_bytes, ..self }
    }

    /// These limits, with those of a request where it has any.
    #[cfg(any(feature = "anthropic", feature = "openai"))]
    pub(crate) fn with(self, timeouts: CallTimeouts) -> Self {
        Self {
            first_token: timeouts.first_token.or(self.first_token),
            between_tokens: timeouts.between_tokens.unwrap_or(self.between_tokens),
            total: timeouts.total.or(self.total),
            ..self
        }
    }
}

impl Default for CallLimits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            first_token: None,
            between_tokens: Duration::from_secs(5 * 60),
            total: None,
            event_bytes: 1 << 20,
            body_bytes: 32 << 20,
        }
    }
}
