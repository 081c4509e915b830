//! The errors of a chat model, and whether the same request may succeed when it is sent again.

use std::borrow::Cow;
use std::error::Error;
use std::time::Duration;

use super::custom_error::CustomError;
use super::passing::{is_passing, is_passing_kind};

/// Why a model gave no answer. No text of it contains a key or the credentials of an address.
///
/// A wrapper or a model of your own returns a [`CustomError`], or one of these errors by its constructor:
///
/// ```
/// use std::time::Duration;
/// use council_llm::ChatError;
///
/// let error = ChatError::status("my-server", 503, "loading the model", Some(Duration::from_secs(5)));
/// assert_eq!(error.to_string(), "my-server answered HTTP 503: loading the model");
/// assert!(error.is_retryable());
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChatError {
    /// The provider answered with a status other than success.
    #[error("{provider} answered HTTP {status}: {message}")]
    #[non_exhaustive]
    Status {
        /// The provider.
        provider: Cow<'static, str>,
        /// The HTTP status.
        status: u16,
        /// The provider's own message. If there is none, it is the beginning of the body.
        message: String,
        /// How long the provider asks to wait.
        retry_after: Option<Duration>,
    },
    /// The provider reported an error inside a stream that had begun well.
    #[error("{provider} reported an error while answering: {kind}: {message}")]
    #[non_exhaustive]
    InStream {
        /// The provider.
        provider: Cow<'static, str>,
        /// The provider's name for the error, such as `overloaded_error`.
        kind: String,
        /// The provider's own message.
        message: String,
    },
    /// The request cannot be sent, for example because the key is not a valid header or the system has no certificates for TLS.
    #[error("the request to {provider} cannot be sent: {message}")]
    #[non_exhaustive]
    Request {
        /// The provider.
        provider: Cow<'static, str>,
        /// The reason.
        message: String,
    },
    /// The connection could not be made, or broke.
    #[error("the connection to {provider} at {address} failed")]
    #[non_exhaustive]
    Connection {
        /// The provider.
        provider: Cow<'static, str>,
        /// The host and port that were called.
        address: String,
        /// The error of the network.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The provider was silent for too long.
    #[error("{provider} {what} within {} s", limit.as_secs_f32())]
    #[non_exhaustive]
    Timeout {
        /// The provider.
        provider: Cow<'static, str>,
        /// What did not happen. It names the limit of [`CallLimits`](crate::CallLimits): `took no connection` (`connect`), `sent no first
        /// token` (`first_token`), `sent no further token` (`between_tokens`), `did not finish` (`total`).
        what: &'static str,
        /// The limit that was exceeded.
        limit: Duration,
    },
    /// The answer ended before the model had finished it.
    #[error("the answer was cut off before the model had finished it")]
    Truncated,
    /// The answer does not have the provider's format.
    #[error("{provider} sent an answer that cannot be read: {message}")]
    #[non_exhaustive]
    Malformed {
        /// The provider.
        provider: Cow<'static, str>,
        /// The fault, and its place.
        message: String,
    },
    /// The answer exceeded the limit of its size.
    #[error("{provider} sent more than {limit} bytes")]
    #[non_exhaustive]
    TooLarge {
        /// The provider.
        provider: Cow<'static, str>,
        /// The limit that was exceeded, in bytes.
        limit: usize,
    },
    /// A [`ScriptedModel`](crate::ScriptedModel) was called more often than its script has answers.
    #[error("the script of `{model}` has no answer left for call {call}")]
    #[non_exhaustive]
    ScriptEnded {
        /// The model's name.
        model: String,
        /// The number of the call, from 1.
        call: usize,
    },
    /// The error of a wrapper or of a model of your own.
    #[error(transparent)]
    Custom(#[from] CustomError),
}

impl ChatError {
    /// A [`Status`](Self::Status), with the time that the provider asks to wait.
    ///
    /// ```
    /// use std::time::Duration;
    /// use council_llm::ChatError;
    ///
    /// let error = ChatError::status("my-server", 429, "slow down", Duration::from_secs(5));
    /// assert_eq!((error.is_retryable(), error.retry_after()), (true, Some(Duration::from_secs(5))));
    /// assert!(!ChatError::status("my-server", 401, "wrong key", None).is_retryable());
    /// ```
    #[must_use]
    pub fn status(
        provider: impl Into<Cow<'static, str>>,
        status: u16,
        message: impl Into<String>,
        retry_after: impl Into<Option<Duration>>,
    ) -> Self {
        Self::Status { provider: provider.into(), status, message: message.into(), retry_after: retry_after.into() }
    }

    /// An error [in the stream](Self::InStream), by the provider's name for it.
    ///
    /// ```
    /// use council_llm::ChatError;
    ///
    /// let error = ChatError::in_stream("my-server", "overloaded_error", "too many calls");
    /// assert_eq!(error.to_string(), "my-server reported an error while answering: overloaded_error: too many calls");
    /// ```
    #[must_use]
    pub fn in_stream(
        provider: impl Into<Cow<'static, str>>,
        kind: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self::InStream { provider: provider.into(), kind: kind.into(), message: message.into() }
    }

    /// A [request](Self::Request) that cannot be sent.
    ///
    /// ```
    /// use council_llm::ChatError;
    ///
    /// let error = ChatError::request("my-server", "the key contains a line break");
    /// assert_eq!(error.to_string(), "the request to my-server cannot be sent: the key contains a line break");
    /// assert!(!error.is_retryable());
    /// ```
    #[must_use]
    pub fn request(provider: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self::Request { provider: provider.into(), message: message.into() }
    }

    /// A failed [connection](Self::Connection) to `address`, a host and port without credentials.
    ///
    /// ```
    /// use council_llm::ChatError;
    ///
    /// let error = ChatError::connection("my-server", "gpu.example:8080", "connection refused");
    /// assert_eq!(
    ///     council_core::error_chain(&error),
    ///     "the connection to my-server at gpu.example:8080 failed: connection refused"
    /// );
    /// assert!(error.is_retryable());
    /// ```
    #[must_use]
    pub fn connection(
        provider: impl Into<Cow<'static, str>>,
        address: impl Into<String>,
        source: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self::Connection { provider: provider.into(), address: address.into(), source: source.into() }
    }

    /// A [timeout](Self::Timeout). `what` completes the sentence "the provider ... within 5 s".
    ///
    /// ```
    /// use std::time::Duration;
    /// use council_llm::ChatError;
    ///
    /// let error = ChatError::timeout("my-server", "sent no first token", Duration::from_secs(5));
    /// assert_eq!(error.to_string(), "my-server sent no first token within 5 s");
    /// assert!(error.is_retryable());
    /// ```
    #[must_use]
    pub fn timeout(provider: impl Into<Cow<'static, str>>, what: &'static str, limit: Duration) -> Self {
        Self::Timeout { provider: provider.into(), what, limit }
    }

    /// An answer that does not have the provider's [format](Self::Malformed).
    ///
    /// ```
    /// use council_llm::ChatError;
    ///
    /// let error = ChatError::malformed("my-server", "the JSON contains no answer");
    /// assert_eq!(error.to_string(), "my-server sent an answer that cannot be read: the JSON contains no answer");
    /// assert!(error.is_retryable());
    /// ```
    #[must_use]
    pub fn malformed(provider: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self::Malformed { provider: provider.into(), message: message.into() }
    }

    /// An answer that is [too large](Self::TooLarge), with the limit in bytes.
    ///
    /// ```
    /// use council_llm::ChatError;
    ///
    /// let error = ChatError::too_large("my-server", 1_024);
    /// assert_eq!(error.to_string(), "my-server sent more than 1024 bytes");
    /// assert!(!error.is_retryable());
    /// ```
    #[must_use]
    pub fn too_large(provider: impl Into<Cow<'static, str>>, limit: usize) -> Self {
        Self::TooLarge { provider: provider.into(), limit }
    }

    /// Whether the same request may succeed when it is sent again.
    ///
    /// It may after the statuses 408, 409, 425, 429 and 5xx, after an overload, after a broken or silent connection, and after a broken
    /// answer. It may not after other statuses such as 400, 401, 403 and 404, and after an answer that is too large.
    /// A [`CustomError`] says it itself.
    ///
    /// An error inside a stream has a name in place of a status. If the name is a number, it counts as a status. Other names are those of a
    /// failure of the provider, which had accepted the request, so the request may succeed: all but the names of a fault of the request, of
    /// the key or of the account, such as `invalid_request_error` and `context_length_exceeded`.
    ///
    /// ```
    /// use council_llm::ChatError;
    ///
    /// let status = |status| ChatError::status("openai", status, "no", None);
    /// assert!(status(429).is_retryable() && !status(401).is_retryable());
    /// ```
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Status { status, .. } => is_passing(*status),
            Self::InStream { kind, .. } => is_passing_kind(kind),
            Self::Connection { .. } | Self::Timeout { .. } | Self::Truncated | Self::Malformed { .. } => true,
            Self::Request { .. } | Self::TooLarge { .. } | Self::ScriptEnded { .. } => false,
            Self::Custom(error) => error.is_retryable(),
        }
    }

    /// How long the provider asks to wait before the next attempt.
    ///
    /// ```
    /// use std::time::Duration;
    /// use council_llm::ChatError;
    ///
    /// let error = ChatError::status("openai", 429, "slow down", Duration::from_secs(5));
    /// assert_eq!(error.retry_after(), Some(Duration::from_secs(5)));
    /// assert_eq!(ChatError::Truncated.retry_after(), None);
    /// ```
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            Self::Custom(error) => error.delay(),
            _ => None,
        }
    }
}
