//! The settings of a provider: its dialect, address, key, and what its server expects beyond the dialect.

use std::fmt;
use std::time::Duration;

use super::api_dialect::ApiDialect;
use super::given::given;
use crate::chat::limiter::settings::RateLimits;
#[cfg(any(feature = "anthropic", feature = "openai"))]
use crate::provider::limits::CallLimits;
use crate::provider::redact::{names_secret, without_credentials};

/// The settings of a provider, which an [`Environment`](crate::Environment) holds under a name. A model of it is `NAME/MODEL`.
///
/// ```
/// use council_llm::{ApiDialect, ChatModel, Environment, ProviderSettings};
///
/// let environment = Environment::default()
///     .provider("gpu", ProviderSettings::new(ApiDialect::OpenAi).base_url("http://gpu.example:8000/v1"))
///     .provider("desk", ProviderSettings::new(ApiDialect::OpenAi).base_url("http://127.0.0.1:8080/v1"));
/// # #[cfg(feature = "openai")]
/// assert_eq!(environment.model(&"gpu/qwen3".parse()?)?.name(), "gpu/qwen3");
/// # Ok::<(), council_llm::SpecError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub struct ProviderSettings {
    /// The API that the provider speaks.
    pub dialect: ApiDialect,
    /// The address; `None` is the default of the dialect. `{model}` in it stands for the name of the model, as in the addresses of Azure's
    /// deployments. The name is put in with escapes, as one segment of a path.
    pub base_url: Option<String>,
    /// The environment variable that holds the address, for errors.
    pub base_url_variable: Option<String>,
    /// Whether the dialect's default address does not do, because each customer has an address.
    pub needs_base_url: bool,
    /// The key. An empty key counts as none.
    pub key: Option<String>,
    /// The environment variable that holds the key, for errors.
    pub key_variable: Option<String>,
    /// Whether a model without a key is an error.
    pub needs_key: bool,
    /// The header that holds the key and nothing else, instead of the dialect's header.
    pub key_header: Option<String>,
    /// Headers of every request.
    pub headers: Vec<(String, String)>,
    /// Parameters of the query of every request.
    pub query: Vec<(String, String)>,
    /// The organization to which the calls are charged (`OpenAI-Organization`).
    pub organization: Option<String>,
    /// The name of the field that limits the length of an answer.
    pub max_tokens_field: Option<String>,
    /// Whether the answer is requested as a stream.
    pub streaming: bool,
    /// Whether a stream is asked for the number of tokens (`stream_options`).
    pub stream_usage: bool,
    /// The time until the connection is established; like the other times, `None` is that of the [`Environment`](crate::Environment).
    pub connect_timeout: Option<Duration>,
    /// The time until the first token.
    pub first_token_timeout: Option<Duration>,
    /// The longest silence after a token.
    pub between_tokens_timeout: Option<Duration>,
    /// The time until the end of the answer.
    pub total_timeout: Option<Duration>,
    /// The rate limits of the address and the key. A limit that is `None` is that of the environment. If another provider has the same
    /// address and key, the smaller of each limit counts.
    pub rate_limits: RateLimits,
    /// Models that a catalog suggests.
    pub models: Vec<String>,
}

impl ProviderSettings {
    /// A provider that speaks this API at its default address, without a key.
    ///
    /// ```
    /// use council_llm::{ApiDialect, ProviderSettings};
    ///
    /// assert!(ProviderSettings::new(ApiDialect::OpenAi).streaming);
    /// ```
    #[must_use]
    pub fn new(dialect: ApiDialect) -> Self {
        Self {
            dialect,
            base_url: None,
            base_url_variable: None,
            needs_base_url: false,
            key: None,
            key_variable: None,
            needs_key: false,
            key_header: None,
            headers: Vec::new(),
            query: Vec::new(),
            organization: None,
            max_tokens_field: None,
            streaming: true,
            stream_usage: true,
            connect_timeout: None,
            first_token_timeout: None,
            between_tokens_timeout: None,
            total_timeout: None,
            rate_limits: RateLimits::default(),
            models: Vec::new(),
        }
    }

    /// The limits of a call, with those of the environment where this provider has none of its own.
    #[cfg(any(feature = "anthropic", feature = "openai"))]
    pub(super) fn limits(&self, limits: CallLimits) -> CallLimits {
        let mut limits = limits;
        limits.connect = self.connect_timeout.unwrap_or(limits.connect);
        limits.first_token = self.first_token_timeout.or(limits.first_token);
        limits.between_tokens = self.between_tokens_timeout.unwrap_or(limits.between_tokens);
        limits.total = self.total_timeout.or(limits.total);
        limits
    }

    /// The environment variable that has to be set before a model of this provider can be called.
    ///
    /// ```
    /// use council_llm::{ApiDialect, ProviderSettings};
    ///
    /// let settings = ProviderSettings::new(ApiDialect::OpenAi).key_env("A_VARIABLE_THAT_IS_NOT_SET");
    /// assert_eq!(settings.needs(), Some("A_VARIABLE_THAT_IS_NOT_SET"));
    /// assert_eq!(settings.key("the key").needs(), None);
    /// ```
    #[must_use]
    pub fn needs(&self) -> Option<&str> {
        if self.lacks_key() && self.key_variable.is_some() {
            return self.key_variable.as_deref();
        }
        self.base_url_variable.as_deref().filter(|_| self.lacks_base_url())
    }

    pub(super) fn lacks_key(&self) -> bool {
        self.needs_key && given(self.key.as_deref()).is_none()
    }

    pub(super) fn lacks_base_url(&self) -> bool {
        self.needs_base_url && given(self.base_url.as_deref()).is_none()
    }
}

impl fmt::Debug for ProviderSettings {
    /// Shows of a key only whether it is set, and an address without its credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |pairs: &[(String, String)]| {
            let shown = |(name, value): &(String, String)| {
                (name.clone(), if names_secret(name) { "***".to_owned() } else { value.clone() })
            };
            pairs.iter().map(shown).collect::<Vec<_>>()
        };
        f.debug_struct("ProviderSettings")
            .field("dialect", &self.dialect)
            .field("base_url", &self.base_url.as_deref().map(without_credentials))
            .field("key", &given(self.key.as_deref()).map(|_| "***"))
            .field("key_variable", &self.key_variable)
            .field("needs_key", &self.needs_key)
            .field("key_header", &self.key_header)
            .field("headers", &shown(&self.headers))
            .field("query", &shown(&self.query))
            .field("organization", &self.organization)
            .field("max_tokens_field", &self.max_tokens_field)
            .field("streaming", &self.streaming)
            .field("stream_usage", &self.stream_usage)
            .field("connect_timeout", &self.connect_timeout)
            .field("first_token_timeout", &self.first_token_timeout)
            .field("between_tokens_timeout", &self.between_tokens_timeout)
            .field("total_timeout", &self.total_timeout)
            .field("rate_limits", &self.rate_limits)
            .finish_non_exhaustive()
    }
}
