//! Builder methods of the settings of a provider.

use std::time::Duration;

use super::settings::ProviderSettings;
use crate::chat::limiter::settings::RateLimits;

impl ProviderSettings {
    /// Sets the address, instead of one from a variable.
    ///
    /// ```
    /// use council_llm::{ApiDialect, ProviderSettings};
    ///
    /// let settings = ProviderSettings::new(ApiDialect::OpenAi).base_url("http://127.0.0.1:8080/v1");
    /// assert_eq!(settings.base_url.as_deref(), Some("http://127.0.0.1:8080/v1"));
    /// ```
    #[must_use]
    pub fn base_url(self, base_url: impl Into<String>) -> Self {
        Self { base_url: Some(base_url.into()), base_url_variable: None, ..self }
    }

    /// Sets the key, instead of one from a variable. An empty key says that none is needed.
    ///
    /// ```
    /// use council_llm::{ApiDialect, ProviderSettings};
    ///
    /// let settings = ProviderSettings::new(ApiDialect::OpenAi).key("the key");
    /// assert!(!format!("{settings:?}").contains("the key"));
    /// ```
    #[must_use]
    pub fn key(self, key: impl Into<String>) -> Self {
        Self { key: Some(key.into()), key_variable: None, needs_key: false, ..self }
    }

    /// Takes the key from an environment variable of the process. Without it a model of the provider is an error that names the variable.
    ///
    /// ```
    /// use council_llm::{ApiDialect, ProviderSettings};
    ///
    /// let settings = ProviderSettings::new(ApiDialect::OpenAi).key_env("GPU_KEY");
    /// assert_eq!(settings.key_variable.as_deref(), Some("GPU_KEY"));
    /// ```
    #[must_use]
    pub fn key_env(self, variable: impl Into<String>) -> Self {
        let variable = variable.into();
        Self { key: std::env::var(&variable).ok(), key_variable: Some(variable), needs_key: true, ..self }
    }

    /// Sets the header that holds the key and nothing else, such as `api-key`.
    ///
    /// ```
    /// use council_llm::{ApiDialect, ProviderSettings};
    ///
    /// let settings = ProviderSettings::new(ApiDialect::OpenAi).key_header("api-key");
    /// assert_eq!(settings.key_header.as_deref(), Some("api-key"));
    /// ```
    #[must_use]
    pub fn key_header(self, name: impl Into<String>) -> Self {
        Self { key_header: Some(name.into()), ..self }
    }

    /// Adds a header to every request.
    ///
    /// ```
    /// use council_llm::{ApiDialect, ProviderSettings};
    ///
    /// let settings = ProviderSettings::new(ApiDialect::OpenAi).header("x-title", "Council");
    /// assert_eq!(settings.headers.len(), 1);
    /// ```
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Adds a parameter to the query of every request. It replaces a parameter of the same name.
    ///
    /// ```
    /// use council_llm::ProviderSettings;
    ///
    /// let azure = ProviderSettings::preset("azure").unwrap().query("api-version", "2025-01-01");
    /// assert_eq!(azure.query, [("api-version".to_owned(), "2025-01-01".to_owned())]);
    /// ```
    #[must_use]
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let name = name.into();
        self.query.retain(|(known, _)| *known != name);
        self.query.push((name, value.into()));
        self
    }

    /// Sets the organization to which the calls are charged.
    ///
    /// ```
    /// use council_llm::{ApiDialect, ProviderSettings};
    ///
    /// let settings = ProviderSettings::new(ApiDialect::OpenAi).organization("org-1");
    /// assert_eq!(settings.organization.as_deref(), Some("org-1"));
    /// ```
    #[must_use]
    pub fn organization(self, organization: impl Into<String>) -> Self {
        Self { organization: Some(organization.into()), ..self }
    }

    /// Sets the name of the field that limits the length of an answer.
    ///
    /// ```
    /// use council_llm::{ApiDialect, ProviderSettings};
    ///
    /// let settings = ProviderSettings::new(ApiDialect::OpenAi).max_tokens_field("max_completion_tokens");
    /// assert_eq!(settings.max_tokens_field.as_deref(), Some("max_completion_tokens"));
    /// ```
    #[must_use]
    pub fn max_tokens_field(self, name: impl Into<String>) -> Self {
        Self { max_tokens_field: Some(name.into()), ..self }
    }

    /// Sets whether the answer is requested as a stream; `true` by default.
    ///
    /// ```
    /// use council_llm::{ApiDialect, ProviderSettings};
    ///
    /// assert!(!ProviderSettings::new(ApiDialect::OpenAi).streaming(false).streaming);
    /// ```
    #[must_use]
    pub fn streaming(self, streaming: bool) -> Self {
        Self { streaming, ..self }
    }

    /// Sets whether a stream is asked for the number of tokens; `true` by default.
    ///
    /// ```
    /// use council_llm::{ApiDialect, ProviderSettings};
    ///
    /// assert!(!ProviderSettings::new(ApiDialect::OpenAi).stream_usage(false).stream_usage);
    /// ```
    #[must_use]
    pub fn stream_usage(self, stream_usage: bool) -> Self {
        Self { stream_usage, ..self }
    }

    /// Sets the time until the connection is established.
    ///
    /// ```
    /// use std::time::Duration;
    /// use council_llm::{ApiDialect, ProviderSettings};
    ///
    /// let settings = ProviderSettings::new(ApiDialect::OpenAi).connect_timeout(Duration::from_secs(5));
    /// assert_eq!(settings.connect_timeout, Some(Duration::from_secs(5)));
    /// ```
    #[must_use]
    pub fn connect_timeout(self, limit: Duration) -> Self {
        Self { connect_timeout: Some(limit), ..self }
    }

    /// Sets the time until the first token.
    ///
    /// ```
    /// use std::time::Duration;
    /// use council_llm::{ApiDialect, ProviderSettings};
    ///
    /// let settings = ProviderSettings::new(ApiDialect::OpenAi).first_token_timeout(Duration::from_secs(3_600));
    /// assert_eq!(settings.first_token_timeout, Some(Duration::from_secs(3_600)));
    /// ```
    #[must_use]
    pub fn first_token_timeout(self, limit: Duration) -> Self {
        Self { first_token_timeout: Some(limit), ..self }
    }

    /// Sets the longest silence after a token.
    ///
    /// ```
    /// use std::time::Duration;
    /// use council_llm::{ApiDialect, ProviderSettings};
    ///
    /// let settings = ProviderSettings::new(ApiDialect::OpenAi).between_tokens_timeout(Duration::from_secs(60));
    /// assert_eq!(settings.between_tokens_timeout, Some(Duration::from_secs(60)));
    /// ```
    #[must_use]
    pub fn between_tokens_timeout(self, limit: Duration) -> Self {
        Self { between_tokens_timeout: Some(limit), ..self }
    }

    /// Sets the time until the end of the answer.
    ///
    /// ```
    /// use std::time::Duration;
    /// use council_llm::{ApiDialect, ProviderSettings};
    ///
    /// let settings = ProviderSettings::new(ApiDialect::OpenAi).total_timeout(Duration::from_secs(7_200));
    /// assert_eq!(settings.total_timeout, Some(Duration::from_secs(7_200)));
    /// ```
    #[must_use]
    pub fn total_timeout(self, limit: Duration) -> Self {
        Self { total_timeout: Some(limit), ..self }
    }

    /// Sets the rate limits of the address and the key. A limit that is `None` is that of the environment. If another provider has the same
    /// address and key, the smaller of each limit counts.
    ///
    /// ```
    /// use council_llm::{ApiDialect, ProviderSettings, RateLimits};
    ///
    /// let settings = ProviderSettings::new(ApiDialect::OpenAi).rate_limits(RateLimits::default().concurrency(4));
    /// assert_eq!(settings.rate_limits.concurrency, Some(4));
    /// ```
    #[must_use]
    pub fn rate_limits(self, limits: RateLimits) -> Self {
        Self { rate_limits: limits, ..self }
    }

    /// Sets the models that a catalog suggests.
    ///
    /// ```
    /// use council_llm::{ApiDialect, ProviderSettings};
    ///
    /// assert_eq!(ProviderSettings::new(ApiDialect::OpenAi).models(["qwen3"]).models, ["qwen3"]);
    /// ```
    #[must_use]
    pub fn models(self, models: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { models: models.into_iter().map(Into::into).collect(), ..self }
    }
}
