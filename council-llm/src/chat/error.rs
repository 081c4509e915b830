//! The errors of a chat model, and whether the same request may succeed when it is sent again.

use std::time::Duration;

/// Why a model gave no answer. No text here holds a key or the credentials of an address.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChatError {
    /// The provider answered with a status other than success.
    #[error("{provider} answered HTTP {status}: {message}")]
    Status {
        /// Which provider.
        provider: &'static str,
        /// The HTTP status.
        status: u16,
        /// The provider's own message, or the beginning of the body where it has none.
        message: String,
        /// How long the provider asks to wait.
        retry_after: Option<Duration>,
    },
    /// The provider reported an error inside a stream that had begun well.
    #[error("{provider} reported an error while answering: {kind}: {message}")]
    InStream {
        /// Which provider.
        provider: &'static str,
        /// The provider's word for it, such as `overloaded_error`.
        kind: String,
        /// The provider's own message.
        message: String,
    },
    /// The request cannot be sent: a key that no header may hold, a system without certificates for TLS.
    #[error("the request to {provider} cannot be sent: {message}")]
    Request {
        /// Which provider.
        provider: &'static str,
        /// What stands in the way.
        message: String,
    },
    /// The connection could not be made, or broke.
    #[error("the connection to {provider} at {address} failed")]
    Connection {
        /// Which provider.
        provider: &'static str,
        /// The host and port that were called.
        address: String,
        /// What the network said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The provider stayed silent for too long.
    #[error("{provider} {what} within {} s", limit.as_secs_f32())]
    Timeout {
        /// Which provider.
        provider: &'static str,
        /// What did not happen: `took no connection`, `sent no headers`, `wrote nothing`, `did not finish`.
        what: &'static str,
        /// The limit that was passed.
        limit: Duration,
    },
    /// The answer ended before the model had finished it.
    #[error("the answer was cut off before the model had finished it")]
    Truncated,
    /// The answer was not in the provider's format.
    #[error("{provider} sent an answer that cannot be read: {message}")]
    Malformed {
        /// Which provider.
        provider: &'static str,
        /// What was wrong, and where.
        message: String,
    },
    /// The answer was larger than a chat answer can be.
    #[error("{provider} sent more than {limit} bytes")]
    TooLarge {
        /// Which provider.
        provider: &'static str,
        /// The limit that was passed.
        limit: usize,
    },
    /// A [`ScriptedModel`](crate::ScriptedModel) was asked more often than its script has answers.
    #[error("the script of `{model}` has no answer left for call {call}")]
    ScriptEnded {
        /// The model's name.
        model: String,
        /// Which call, from 1.
        call: usize,
    },
}

impl ChatError {
    /// Whether the same request may succeed when it is sent again: 408, 409, 425, 429, 5xx, overload, a broken or silent
    /// connection, a broken answer. Not: 400, 401, 403, 404, an answer that is too large.
    ///
    /// An error inside a stream has a word in place of a status; where it is a number, it counts as one.
    ///
    /// ```
    /// use council_llm::ChatError;
    ///
    /// let status = |status| ChatError::Status { provider: "openai", status, message: String::new(), retry_after: None };
    /// assert!(status(429).is_retryable() && !status(401).is_retryable());
    /// ```
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Status { status, .. } => is_passing(*status),
            Self::InStream { kind, .. } => PASSING_KINDS.contains(&kind.as_str()) || kind.parse().is_ok_and(is_passing),
            Self::Connection { .. } | Self::Timeout { .. } | Self::Truncated | Self::Malformed { .. } => true,
            Self::Request { .. } | Self::TooLarge { .. } | Self::ScriptEnded { .. } => false,
        }
    }

    /// How long the provider asks to wait before the next try.
    ///
    /// ```
    /// use std::time::Duration;
    /// use council_llm::ChatError;
    ///
    /// let retry_after = Some(Duration::from_secs(5));
    /// let error = ChatError::Status { provider: "openai", status: 429, message: "slow down".into(), retry_after };
    /// assert_eq!((error.retry_after(), ChatError::Truncated.retry_after()), (retry_after, None));
    /// ```
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

fn is_passing(status: u16) -> bool {
    matches!(status, 408 | 409 | 425 | 429 | 500..=599)
}

/// What Anthropic and OpenAI call the errors that pass.
const PASSING_KINDS: [&str; 6] =
    ["overloaded_error", "api_error", "rate_limit_error", "rate_limit_exceeded", "server_error", "timeout_error"];
