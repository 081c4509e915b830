//! The limits of one call.

use std::time::Duration;

use tokio::time::Instant;

/// The limits of the time and the size of one call, so that no provider can block a caller for ever.
///
/// The defaults suit a remote provider and a local server that first loads its model from disk:
///
/// ```
/// use std::time::Duration;
/// use council_llm::CallLimits;
///
/// let limits = CallLimits::default().total(Duration::from_secs(60));
/// assert_eq!(limits.connect, Duration::from_secs(10));
/// assert_eq!(limits.first_byte, Duration::from_secs(120));
/// assert_eq!(limits.progress, Duration::from_secs(120));
/// assert_eq!(CallLimits::default().total, Duration::from_secs(600));
/// assert_eq!(limits.event_bytes, 1 << 20);
/// assert_eq!(limits.body_bytes, 32 << 20);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallLimits {
    /// The time until the connection is established, with TLS. 10 s by default.
    pub connect: Duration,
    /// The time from the call to the headers of the answer. 2 min by default, because Ollama sends them after the model is loaded and
    /// has read the prompt. Without streaming the headers arrive with the answer, and only [`total`](Self::total) counts.
    pub first_byte: Duration,
    /// The longest silence of the model after the headers. New tokens end it, heartbeats do not. 2 min by default, because a model may
    /// reason for that long before it writes.
    pub progress: Duration,
    /// The time from the call to the end of the answer. 10 min by default.
    pub total: Duration,
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

    /// Sets the time until the headers of the answer.
    ///
    /// ```
    /// use std::time::Duration;
    /// use council_llm::CallLimits;
    ///
    /// let limits = CallLimits::default().first_byte(Duration::from_secs(5));
    /// assert_eq!(limits.first_byte, Duration::from_secs(5));
    /// ```
    #[must_use]
    pub fn first_byte(self, first_byte: Duration) -> Self {
        Self { first_byte, ..self }
    }

    /// Sets the longest silence of the model.
    ///
    /// ```
    /// use std::time::Duration;
    /// use council_llm::CallLimits;
    ///
    /// let limits = CallLimits::default().progress(Duration::from_secs(5));
    /// assert_eq!(limits.progress, Duration::from_secs(5));
    /// ```
    #[must_use]
    pub fn progress(self, progress: Duration) -> Self {
        Self { progress, ..self }
    }

    /// Sets the time until the end of the answer.
    ///
    /// ```
    /// use std::time::Duration;
    /// use council_llm::CallLimits;
    ///
    /// let limits = CallLimits::default().total(Duration::from_secs(5));
    /// assert_eq!(limits.total, Duration::from_secs(5));
    /// ```
    #[must_use]
    pub fn total(self, total: Duration) -> Self {
        Self { total, ..self }
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
}

impl Default for CallLimits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            first_byte: Duration::from_secs(120),
            progress: Duration::from_secs(120),
            total: Duration::from_secs(600),
            event_bytes: 1 << 20,
            body_bytes: 32 << 20,
        }
    }
}

/// The time at which a limit that counts from `begin` ends. A limit beyond the range of the clock, such as [`Duration::MAX`], ends in 30
/// years.
pub(super) fn after(begin: Instant, limit: Duration) -> Instant {
    begin.checked_add(limit).unwrap_or_else(|| begin + A_LIFETIME)
}

const A_LIFETIME: Duration = Duration::from_secs(60 * 60 * 24 * 365 * 30);
