//! The errors of a chat model, and whether the same request may succeed when it is sent again.

mod billing;
mod constructors;
mod overflow;
mod passing;

use std::borrow::Cow;
use std::error::Error;
use std::time::Duration;

use self::billing::is_billing;
use self::overflow::is_overflow;
use self::passing::{is_passing, is_passing_kind};
use super::custom_error::CustomError;

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
    #[error("{provider} answered HTTP {status}: {message}{}", in_brackets(advice.as_deref()))]
    #[non_exhaustive]
    Status {
        /// The provider.
        provider: Cow<'static, str>,
        /// The HTTP status.
        status: u16,
        /// The provider's name for the error, such as `insufficient_quota`. Empty if there is none.
        kind: String,
        /// The provider's own message. If there is none, it is the beginning of the body.
        message: String,
        /// How long the provider asks to wait.
        retry_after: Option<Duration>,
        /// What a person can do about it: see [`advice`](Self::advice).
        advice: Option<String>,
    },
    /// The provider reported an error inside a stream that had begun well.
    #[error("{provider} reported an error while answering: {kind}: {message}{}", in_brackets(advice.as_deref()))]
    #[non_exhaustive]
    InStream {
        /// The provider.
        provider: Cow<'static, str>,
        /// The provider's name for the error, such as `overloaded_error`.
        kind: String,
        /// The provider's own message.
        message: String,
        /// What a person can do about it: see [`advice`](Self::advice).
        advice: Option<String>,
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
    #[error("the connection to {provider} at {address} failed{}", in_brackets(advice.as_deref()))]
    #[non_exhaustive]
    Connection {
        /// The provider.
        provider: Cow<'static, str>,
        /// The host and port that were called.
        address: String,
        /// Whether the provider [may charge](Self::paid) for the call.
        is_paid: bool,
        /// What a person can do about it: see [`advice`](Self::advice).
        advice: Option<String>,
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
        /// Whether the provider [may charge](Self::paid) for the call.
        is_paid: bool,
    },
    /// The answer ended before the model had finished it.
    #[error("the answer was cut off before the model had finished it")]
    Truncated,
    /// The answer does not have the provider's format.
    #[error("{provider} sent an answer that cannot be read: {message}{}", in_brackets(advice.as_deref()))]
    #[non_exhaustive]
    Malformed {
        /// The provider.
        provider: Cow<'static, str>,
        /// The fault, and its place.
        message: String,
        /// What a person can do about it: see [`advice`](Self::advice).
        advice: Option<String>,
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
    /// Both models of a [`Fallback`](crate::Fallback) failed. Whether the request may succeed when it is sent again depends on the error of the second
    /// model, which is the source.
    #[error("model `{first}` failed ({first_error}), and so did its fallback `{second}`")]
    #[non_exhaustive]
    Fallback {
        /// The name of the first model.
        first: String,
        /// The last error of the first model, with its causes.
        first_error: String,
        /// The name of the second model.
        second: String,
        /// The error of the second model.
        #[source]
        source: Box<ChatError>,
    },
    /// The error of a wrapper or of a model of your own.
    #[error(transparent)]
    Custom(#[from] CustomError),
}

impl ChatError {
    /// Whether the same request may succeed when it is sent again.
    ///
    /// It may after the statuses 408, 409, 425, 429 and 5xx, after an overload, after a broken or silent connection, and after a broken
    /// answer. It may not after other statuses such as 400, 401, 403 and 404, and after an answer that is too large.
    /// A [`CustomError`] says it itself.
    ///
    /// Whatever the status, it may not if the account has no credit (`insufficient_quota`), or if the request is
    /// [too long](Self::is_context_overflow).
    ///
    /// An error inside a stream has a name instead of a status. If the name is a number, it counts as a status. Other names are those of a
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
            Self::Status { status, kind, message, .. } => {
                is_passing(*status) && !is_billing(kind, message) && !self.is_context_overflow()
            }
            Self::InStream { kind, message, .. } => {
                is_passing_kind(kind) && !is_billing(kind, message) && !self.is_context_overflow()
            }
            Self::Connection { .. } | Self::Timeout { .. } | Self::Truncated | Self::Malformed { .. } => true,
            Self::Request { .. } | Self::TooLarge { .. } | Self::ScriptEnded { .. } => false,
            Self::Fallback { source, .. } => source.is_retryable(),
            Self::Custom(error) => error.is_retryable(),
        }
    }

    /// Whether the request is too long, so that a shorter one may succeed: its prompt and the room for the answer do not fit into the context
    /// of the model, or it exceeds the largest request of the provider.
    ///
    /// There is no common form for this, so the words of the known servers decide. A model of your own says it by the
    /// [kind](Self::kind) `context_length_exceeded`.
    ///
    /// ```
    /// use council_llm::ChatError;
    ///
    /// let error = ChatError::status("anthropic", 400, "prompt is too long: 213462 tokens > 200000 maximum", None);
    /// assert!(error.is_context_overflow() && !error.is_retryable());
    /// assert!(ChatError::in_stream("my-server", "context_length_exceeded", "too long").is_context_overflow());
    /// assert!(!ChatError::status("openai", 429, "too many tokens per minute", None).is_context_overflow());
    /// ```
    #[must_use]
    pub fn is_context_overflow(&self) -> bool {
        match self {
            Self::Status { status, kind, message, .. } => is_overflow(Some(*status), kind, message),
            Self::InStream { kind, message, .. } => is_overflow(kind.parse().ok(), kind, message),
            Self::Fallback { source, .. } => source.is_context_overflow(),
            _ => false,
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
            Self::Fallback { source, .. } => source.retry_after(),
            Self::Custom(error) => error.delay(),
            _ => None,
        }
    }

    /// The error of the model that failed last, and its name if a fallback has called it.
    pub(crate) fn last_model(&self) -> (Option<&str>, &Self) {
        let Self::Fallback { second, source, .. } = self else { return (None, self) };
        let (name, error) = source.last_model();
        (name.or(Some(second)), error)
    }

    /// Whether a call for which the provider may charge exceeded a limit that counts from its beginning. Another call is likely to
    /// exceed it too.
    pub(crate) fn is_paid_timeout(&self) -> bool {
        matches!(self.last_model().1, Self::Timeout { what: NO_FIRST_TOKEN | UNFINISHED, is_paid: true, .. })
    }

    /// Whether the provider may charge for the call.
    pub(crate) fn is_paid(&self) -> bool {
        match self {
            Self::Truncated | Self::Malformed { .. } => true,
            Self::Connection { is_paid, .. } | Self::Timeout { is_paid, .. } => *is_paid,
            Self::Fallback { source, .. } => source.is_paid(),
            _ => false,
        }
    }
}

/// What did not happen within a limit that counts from the beginning of the call.
pub(crate) const NO_FIRST_TOKEN: &str = "sent no first token";
pub(crate) const UNFINISHED: &str = "did not finish";

/// The end of advice. A program may store its runs, or not.
pub(crate) const START_AGAIN: &str = "start again, or retry a stored run";

/// Advice at the end of a text.
fn in_brackets(advice: Option<&str>) -> String {
    advice.map(|advice| format!(" ({advice})")).unwrap_or_default()
}

/// Whether a provider's name for an error says by itself that the same request cannot succeed, whatever the status or the type of the error.
#[cfg(any(feature = "anthropic", feature = "openai"))]
pub(crate) fn is_final_kind(kind: &str) -> bool {
    is_billing(kind, "") || is_overflow(None, kind, "")
}
