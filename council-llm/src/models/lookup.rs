//! Finds the settings of a provider, and creates its models.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::api_dialect::ApiDialect;
use super::environment::{
    ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL, Environment, OLLAMA_HOST, OPENAI_API_KEY, OPENAI_BASE_URL,
};
use super::given::given;
use super::preset::Preset;
use super::settings::ProviderSettings;
use super::spec::ModelSpec;
use super::spec_error::SpecError;
use super::with_timeouts::with_timeouts;
use crate::chat::error::ChatError;
use crate::chat::model::ChatModel;

impl Environment {
    /// Creates a model. Nothing is sent yet. Its calls are not repeated: the agents of a council repeat them
    /// ([`agent_retry`](crate::agent_retry)), and other programs wrap the model in [`Retried`](crate::Retried).
    ///
    /// ```
    /// use council_llm::{ChatModel, Environment, ModelSpec};
    ///
    /// assert_eq!(Environment::default().model(&ModelSpec::Rehearsal)?.name(), "rehearsal");
    /// # Ok::<(), council_llm::SpecError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The provider is unknown, a key is missing, an address cannot be used, or the provider's cargo feature is off.
    pub fn model(&self, spec: &ModelSpec) -> Result<Arc<dyn ChatModel>, SpecError> {
        let plain = spec.without_timeouts();
        if *plain == ModelSpec::Rehearsal {
            return Ok(Arc::new(crate::rehearsal::Rehearsal::new()));
        }
        match self.settings(plain.provider()) {
            Some(settings) => Ok(with_timeouts(settings.model(plain, self)?, spec.timeouts())),
            None => Err(SpecError::UnknownProvider { spec: plain.clone(), known: self.known() }),
        }
    }

    /// Asks a provider for the ids of its models (`GET {base}/models`). The list has to come within 30 s, or within the limit of the first
    /// token if that is shorter.
    ///
    /// ```no_run
    /// use council_llm::Environment;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), council_llm::ChatError> {
    /// for model in Environment::from_env().list_models("ollama").await? {
    ///     println!("ollama/{model}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The provider is unknown or needs a key, the call failed, or the server has no such list.
    pub async fn list_models(&self, provider: &str) -> Result<Vec<String>, ChatError> {
        match self.settings(provider) {
            Some(settings) => settings.list(provider, self).await,
            None if provider == "rehearsal" => Ok(vec![provider.to_owned()]),
            None => Err(ChatError::request(
                provider.to_owned(),
                format!("it is unknown: the providers are {}", self.known().join(", ")),
            )),
        }
    }

    /// The settings of a provider: those that were added under its name, else those of the variables, else those of the preset.
    ///
    /// ```
    /// use council_llm::{ApiDialect, Environment};
    ///
    /// let environment = Environment::default().openai_base_url("http://127.0.0.1:8080/v1");
    /// assert_eq!(environment.settings("openai").unwrap().base_url.as_deref(), Some("http://127.0.0.1:8080/v1"));
    /// assert_eq!(environment.settings("groq").unwrap().dialect, ApiDialect::OpenAi);
    /// assert!(environment.settings("hal").is_none());
    /// ```
    #[must_use]
    pub fn settings(&self, provider: &str) -> Option<ProviderSettings> {
        if let Some(settings) = self.providers.get(provider) {
            return Some(settings.clone());
        }
        let settings = match provider {
            "anthropic" => ProviderSettings {
                key: self.anthropic_api_key.clone(),
                key_variable: Some(ANTHROPIC_API_KEY.to_owned()),
                needs_key: true,
                base_url: self.anthropic_base_url.clone(),
                base_url_variable: Some(ANTHROPIC_BASE_URL.to_owned()),
                ..ProviderSettings::new(ApiDialect::Anthropic)
            },
            "openai" => ProviderSettings {
                key: self.openai_api_key.clone(),
                key_variable: Some(OPENAI_API_KEY.to_owned()),
                // A server at another address may need no key.
                needs_key: given(self.openai_base_url.as_deref()).is_none(),
                base_url: self.openai_base_url.clone(),
                base_url_variable: Some(OPENAI_BASE_URL.to_owned()),
                ..ProviderSettings::new(ApiDialect::OpenAi)
            },
            "ollama" => ProviderSettings {
                base_url: self.ollama_host.clone(),
                base_url_variable: Some(OLLAMA_HOST.to_owned()),
                ..ProviderSettings::new(ApiDialect::Ollama)
            },
            name => Preset::named(name)?.settings(|_| None),
        };
        Some(settings)
    }

    /// The names of all providers.
    fn known(&self) -> Vec<String> {
        let fixed = BUILT_IN.into_iter().chain(ProviderSettings::presets()).map(str::to_owned);
        let all: BTreeSet<String> = fixed.chain(self.providers.keys().cloned()).collect();
        all.into_iter().collect()
    }
}

const BUILT_IN: [&str; 4] = ["anthropic", "ollama", "openai", "rehearsal"];
