//! The constructors of errors, for custom wrappers and models.

use std::borrow::Cow;
use std::error::Error;
use std::time::Duration;

use super::ChatError;

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
        let (provider, message) = (provider.into(), message.into());
        Self::Status { provider, status, kind: String::new(), message, retry_after: retry_after.into(), advice: None }
    }

    /// Says what a person can do about an error of a status, in a stream, of the connection or of the format. The text of the error ends
    /// with it, so clients of a server read it too. Other errors are not changed.
    ///
    /// The models of this crate advise by themselves. They name the variable or the setting that is wrong, and never the key:
    ///
    /// ```
    /// use council_llm::ChatError;
    ///
    /// let error = ChatError::status("my-server", 401, "no such key", None).advice("set a valid key in MY_KEY");
    /// assert_eq!(error.to_string(), "my-server answered HTTP 401: no such key (set a valid key in MY_KEY)");
    /// ```
    #[must_use]
    pub fn advice(mut self, text: impl Into<String>) -> Self {
        if let Self::Status { advice, .. }
        | Self::InStream { advice, .. }
        | Self::Connection { advice, .. }
        | Self::Malformed { advice, .. } = &mut self
        {
            *advice = Some(text.into());
        }
        self
    }

    /// Sets the provider's name for an error with a [status](Self::Status) or [in the stream](Self::InStream). Other errors have no name.
    ///
    /// ```
    /// use council_llm::ChatError;
    ///
    /// let error = ChatError::status("my-server", 429, "pay your bill", None).kind("insufficient_quota");
    /// assert!(!error.is_retryable());
    /// ```
    #[must_use]
    pub fn kind(mut self, name: impl Into<String>) -> Self {
        if let Self::Status { kind, .. } | Self::InStream { kind, .. } = &mut self {
            *kind = name.into();
        }
        self
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
        Self::InStream { provider: provider.into(), kind: kind.into(), message: message.into(), advice: None }
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
        let (provider, address, source) = (provider.into(), address.into(), source.into());
        Self::Connection { provider, address, is_paid: false, advice: None, source }
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
        Self::Timeout { provider: provider.into(), what, limit, is_paid: false }
    }

    /// A broken connection or a timeout of a call for which the provider may charge, because it had accepted the call: its status of success
    /// had arrived, or it was silent for too long and is not on this machine. Agents repeat such a call at most four times. If
    /// its limit for the first token or for the whole call has expired, they repeat it once. They repeat other calls for a day. Other errors
    /// are not changed.
    ///
    /// ```
    /// use std::time::Duration;
    /// use council_llm::ChatError;
    ///
    /// let error = ChatError::timeout("my-server", "sent no first token", Duration::from_secs(600)).paid();
    /// assert!(matches!(error, ChatError::Timeout { is_paid: true, .. }));
    /// ```
    #[must_use]
    pub fn paid(mut self) -> Self {
        if let Self::Connection { is_paid, .. } | Self::Timeout { is_paid, .. } = &mut self {
            *is_paid = true;
        }
        self
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
        Self::Malformed { provider: provider.into(), message: message.into(), advice: None }
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
}
