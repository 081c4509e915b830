//! Keys, addresses and limits of the providers.

use std::collections::BTreeMap;
use std::fmt;

use super::given::given;
use super::preset::PRESETS;
use super::settings::ProviderSettings;
use super::spec::ModelSpec;
use crate::chat::limiter::settings::RateLimits;
#[cfg(any(feature = "anthropic", feature = "openai"))]
use crate::provider::limiters::Limiters;
use crate::provider::limits::CallLimits;
use crate::provider::redact::without_credentials;

/// The keys and addresses of the providers. An empty value counts as none.
///
/// ```
/// use council_llm::{ChatModel, Environment, ModelSpec};
///
/// let environment = Environment::default().openai_base_url("http://127.0.0.1:8080/v1");
/// assert_eq!(environment.default_spec(), ModelSpec::OpenAi("gpt-4o".into()));
///
/// let error = environment.model(&ModelSpec::Anthropic("claude-sonnet-4-5".into())).err().expect("there is no key");
/// # #[cfg(feature = "anthropic")]
/// assert!(error.to_string().contains("set ANTHROPIC_API_KEY"));
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Environment {
    /// `ANTHROPIC_API_KEY`.
    pub anthropic_api_key: Option<String>,
    /// `ANTHROPIC_BASE_URL`; `https://api.anthropic.com` by default.
    pub anthropic_base_url: Option<String>,
    /// `OPENAI_API_KEY`.
    pub openai_api_key: Option<String>,
    /// `OPENAI_BASE_URL`; `https://api.openai.com/v1` by default.
    pub openai_base_url: Option<String>,
    /// `OLLAMA_HOST`; `http://127.0.0.1:11434` by default.
    pub ollama_host: Option<String>,
    /// Further providers by name. [`from_env`](Self::from_env) adds the [presets](ProviderSettings::preset) whose variables are set.
    pub providers: BTreeMap<String, ProviderSettings>,
    /// The limits of each call.
    pub call_limits: CallLimits,
    /// The limits of each address and key.
    pub rate_limits: RateLimits,
    #[cfg(any(feature = "anthropic", feature = "openai"))]
    pub(super) limiters: Limiters,
}

impl Environment {
    /// Reads the environment of the process.
    ///
    /// ```
    /// use council_llm::{Environment, Models};
    ///
    /// let models = Models::from(Environment::from_env());
    /// ```
    #[must_use]
    pub fn from_env() -> Self {
        Self::from_variables(|name| std::env::var(name).ok())
    }

    /// Reads the same variables from another source, such as a file of settings.
    ///
    /// ```
    /// use council_llm::Environment;
    ///
    /// let environment = Environment::from_variables(|name| (name == "OLLAMA_HOST").then(|| "gpu.example".into()));
    /// assert_eq!(environment.ollama_host.as_deref(), Some("gpu.example"));
    /// ```
    #[must_use]
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Self {
        Self {
            anthropic_api_key: variable(ANTHROPIC_API_KEY),
            anthropic_base_url: variable(ANTHROPIC_BASE_URL),
            openai_api_key: variable(OPENAI_API_KEY),
            openai_base_url: variable(OPENAI_BASE_URL),
            ollama_host: variable(OLLAMA_HOST),
            providers: PRESETS
                .iter()
                .filter(|preset| preset.variables().any(|name| given(variable(name).as_deref()).is_some()))
                .map(|preset| (preset.name.to_owned(), preset.settings(&variable)))
                .collect(),
            ..Self::default()
        }
    }

    /// Sets the key of Anthropic.
    ///
    /// ```
    /// use council_llm::Environment;
    ///
    /// let environment = Environment::default().anthropic_api_key("the key");
    /// assert_eq!(environment.default_spec().provider(), "anthropic");
    /// ```
    #[must_use]
    pub fn anthropic_api_key(self, key: impl Into<String>) -> Self {
        Self { anthropic_api_key: Some(key.into()), ..self }
    }

    /// Sets the address of the Anthropic API.
    ///
    /// ```
    /// use council_llm::Environment;
    ///
    /// let environment = Environment::default().anthropic_base_url("http://127.0.0.1:8080");
    /// assert_eq!(environment.anthropic_base_url.as_deref(), Some("http://127.0.0.1:8080"));
    /// ```
    #[must_use]
    pub fn anthropic_base_url(self, base_url: impl Into<String>) -> Self {
        Self { anthropic_base_url: Some(base_url.into()), ..self }
    }

    /// Sets the key of OpenAI.
    ///
    /// ```
    /// use council_llm::Environment;
    ///
    /// let environment = Environment::default().openai_api_key("the key");
    /// assert_eq!(environment.default_spec().provider(), "openai");
    /// ```
    #[must_use]
    pub fn openai_api_key(self, key: impl Into<String>) -> Self {
        Self { openai_api_key: Some(key.into()), ..self }
    }

    /// Sets the address of OpenAI, or of a server that speaks its Chat Completions.
    ///
    /// ```
    /// use council_llm::Environment;
    ///
    /// let environment = Environment::default().openai_base_url("http://127.0.0.1:8080/v1");
    /// assert_eq!(environment.default_spec().provider(), "openai");
    /// ```
    #[must_use]
    pub fn openai_base_url(self, base_url: impl Into<String>) -> Self {
        Self { openai_base_url: Some(base_url.into()), ..self }
    }

    /// Sets the address of Ollama, as `OLLAMA_HOST` has it.
    ///
    /// ```
    /// use council_llm::Environment;
    ///
    /// let environment = Environment::default().ollama_host("gpu.example:11434");
    /// assert_eq!(environment.ollama_host.as_deref(), Some("gpu.example:11434"));
    /// ```
    #[must_use]
    pub fn ollama_host(self, host: impl Into<String>) -> Self {
        Self { ollama_host: Some(host.into()), ..self }
    }

    /// Sets the limits of each call.
    ///
    /// ```
    /// use std::time::Duration;
    /// use council_llm::{CallLimits, Environment};
    ///
    /// let limits = CallLimits::default().first_token(Duration::from_secs(60));
    /// let environment = Environment::default().call_limits(limits);
    /// ```
    #[must_use]
    pub fn call_limits(self, call_limits: CallLimits) -> Self {
        Self { call_limits, ..self }
    }

    /// Sets the limits of each address and key. All models of this environment and of its clones that have the same address and key share
    /// one [`Limiter`](crate::Limiter). If their limits differ, the smaller of each limit counts.
    ///
    /// ```
    /// use council_llm::{Environment, RateLimits};
    ///
    /// let environment = Environment::default().rate_limits(RateLimits::default().requests_per_minute(60));
    /// ```
    #[must_use]
    pub fn rate_limits(self, rate_limits: RateLimits) -> Self {
        Self { rate_limits, ..self }
    }

    /// The default model: Anthropic's if its key is set, else OpenAI's if its key or address is set, else [`ModelSpec::Rehearsal`].
    ///
    /// ```
    /// use council_llm::{Environment, ModelSpec};
    ///
    /// assert_eq!(Environment::default().default_spec(), ModelSpec::Rehearsal);
    /// ```
    #[must_use]
    pub fn default_spec(&self) -> ModelSpec {
        if given(self.anthropic_api_key.as_deref()).is_some() {
            ModelSpec::Anthropic("claude-sonnet-4-5".to_owned())
        } else if given(self.openai_api_key.as_deref()).is_some() || given(self.openai_base_url.as_deref()).is_some() {
            ModelSpec::OpenAi("gpt-4o".to_owned())
        } else {
            ModelSpec::Rehearsal
        }
    }

    /// Adds a provider, or replaces the one with this name. Its models are `NAME/MODEL`.
    ///
    /// ```
    /// use council_llm::{ApiDialect, ChatModel, Environment, ProviderSettings};
    ///
    /// let desk = ProviderSettings::new(ApiDialect::OpenAi).base_url("http://127.0.0.1:8080/v1");
    /// let environment = Environment::default().provider("desk", desk);
    /// # #[cfg(feature = "openai")]
    /// assert_eq!(environment.model(&"desk/qwen3".parse()?)?.name(), "desk/qwen3");
    /// # Ok::<(), council_llm::SpecError>(())
    /// ```
    #[must_use]
    pub fn provider(mut self, name: impl Into<String>, settings: ProviderSettings) -> Self {
        self.providers.insert(name.into(), settings);
        self
    }
}

impl fmt::Debug for Environment {
    /// Shows of a key only whether it is set, and an address without its credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = |value| given(value).map(|_| "***");
        let address = |value| given(value).map(without_credentials);
        f.debug_struct("Environment")
            .field("anthropic_api_key", &key(self.anthropic_api_key.as_deref()))
            .field("anthropic_base_url", &address(self.anthropic_base_url.as_deref()))
            .field("openai_api_key", &key(self.openai_api_key.as_deref()))
            .field("openai_base_url", &address(self.openai_base_url.as_deref()))
            .field("ollama_host", &address(self.ollama_host.as_deref()))
            .field("providers", &self.providers)
            .field("call_limits", &self.call_limits)
            .field("rate_limits", &self.rate_limits)
            .finish_non_exhaustive()
    }
}

pub(super) const ANTHROPIC_API_KEY: &str = "ANTHROPIC_API_KEY";
pub(super) const ANTHROPIC_BASE_URL: &str = "ANTHROPIC_BASE_URL";
pub(super) const OPENAI_API_KEY: &str = "OPENAI_API_KEY";
pub(super) const OPENAI_BASE_URL: &str = "OPENAI_BASE_URL";
pub(super) const OLLAMA_HOST: &str = "OLLAMA_HOST";
