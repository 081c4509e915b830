//! Builds a model of a provider from the provider's settings.

use std::sync::Arc;
#[cfg(any(feature = "anthropic", feature = "openai"))]
use std::time::Duration;

#[cfg(any(feature = "anthropic", feature = "openai"))]
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::api_dialect::ApiDialect;
use super::environment::Environment;
#[cfg(any(feature = "anthropic", feature = "openai"))]
use super::given::given;
use super::settings::ProviderSettings;
use super::spec::ModelSpec;
use super::spec_error::SpecError;
use crate::chat::error::ChatError;
use crate::chat::model::ChatModel;
#[cfg(feature = "anthropic")]
use crate::provider::Anthropic;
#[cfg(any(feature = "anthropic", feature = "openai"))]
use crate::provider::CallLimits;
#[cfg(feature = "openai")]
use crate::provider::OpenAi;
#[cfg(any(feature = "anthropic", feature = "openai"))]
use crate::provider::http::advice::Sources;

/// Sets on a model what both dialects have.
#[cfg(any(feature = "anthropic", feature = "openai"))]
macro_rules! with_settings {
    ($model:expr, $settings:expr, $place:expr) => {{
        let (settings, (provider, id)) = ($settings, $place);
        let mut model = $model.provider_name(provider.to_owned()).streaming(settings.streaming);
        model = model.sources(settings.sources(provider));
        if let Some(base_url) = given(settings.base_url.as_deref()) {
            let variable = settings.base_url_variable.clone().unwrap_or_else(|| format!("the address of `{provider}`"));
            let unusable = |error: crate::provider::AddressError| SpecError::Address {
                variable: variable.into(),
                source: error.into(),
            };
            model = model.base_url(&address(base_url, provider, id)?).map_err(unusable)?;
        }
        if let Some(name) = &settings.key_header {
            model = model.key_header(name);
        }
        if let Some(name) = &settings.max_tokens_field {
            model = model.max_tokens_field(name);
        }
        for (name, value) in &settings.headers {
            model = model.header(name, value);
        }
        for (name, value) in &settings.query {
            model = model.query(name, value);
        }
        if let Some(organization) = &settings.organization {
            model = model.header("openai-organization", organization);
        }
        model.check().map_err(|why| SpecError::Settings { provider: provider.to_owned(), why })?;
        model
    }};
}

/// Sets on a model the limits of the provider, and those of the environment where the provider has none.
#[cfg(any(feature = "anthropic", feature = "openai"))]
macro_rules! limited {
    ($model:expr, $settings:expr, $environment:expr) => {{
        let rates = $settings.rate_limits.or($environment.rate_limits);
        $model.limits($settings.limits($environment.call_limits)).share(&$environment.limiters, rates)
    }};
}

/// A model of either dialect.
enum Client {
    #[cfg(feature = "anthropic")]
    Anthropic(Anthropic),
    #[cfg(feature = "openai")]
    OpenAi(OpenAi),
}

impl ProviderSettings {
    /// Creates the model.
    pub(super) fn model(&self, spec: &ModelSpec, environment: &Environment) -> Result<Arc<dyn ChatModel>, SpecError> {
        #[cfg(not(any(feature = "anthropic", feature = "openai")))]
        let _ = environment;
        match self.client(spec)? {
            #[cfg(feature = "anthropic")]
            Client::Anthropic(model) => Ok(Arc::new(limited!(model, self, environment))),
            #[cfg(feature = "openai")]
            Client::OpenAi(model) => Ok(Arc::new(limited!(model, self, environment))),
        }
    }

    /// Asks the provider for the ids of its models.
    #[cfg_attr(
        not(any(feature = "anthropic", feature = "openai")),
        expect(clippy::unused_async, reason = "without a provider nothing is asked")
    )]
    pub(super) async fn list(&self, provider: &str, environment: &Environment) -> Result<Vec<String>, ChatError> {
        #[cfg(not(any(feature = "anthropic", feature = "openai")))]
        let _ = environment;
        let failed = |why: String| ChatError::request(provider.to_owned(), why);
        if self.base_url.as_deref().is_some_and(|base_url| base_url.contains(MODEL)) {
            return Err(failed(format!("its address contains {MODEL}, so it has no list of models")));
        }
        if let Some(variable) = self.needs() {
            return Err(failed(format!("{variable} is not set")));
        }
        let spec = ModelSpec::Named { provider: provider.to_owned(), model: "*".to_owned() };
        match self.client(&spec).map_err(|error| failed(council_core::error_chain(&error)))? {
            #[cfg(feature = "anthropic")]
            Client::Anthropic(model) => model.limits(self.limits_of_list(environment)).list_models().await,
            #[cfg(feature = "openai")]
            Client::OpenAi(model) => model.limits(self.limits_of_list(environment)).list_models().await,
        }
    }

    /// The limits of a call for the list of models.
    #[cfg(any(feature = "anthropic", feature = "openai"))]
    fn limits_of_list(&self, environment: &Environment) -> CallLimits {
        let limits = self.limits(environment.call_limits);
        limits.first_token(limits.first_token.map_or(LIST_TIMEOUT, |limit| limit.min(LIST_TIMEOUT)))
    }

    /// Where the key and the address are set, for the advice of errors.
    #[cfg(any(feature = "anthropic", feature = "openai"))]
    fn sources(&self, provider: &str) -> Sources {
        let has_address = given(self.base_url.as_deref()).is_some();
        let setting = |name: &str| format!("`{name}` of the provider `{provider}`");
        Sources {
            key: Some(self.key_variable.clone().unwrap_or_else(|| setting("key"))),
            address: has_address.then(|| self.base_url_variable.clone().unwrap_or_else(|| setting("base-url"))),
            ..Sources::default()
        }
    }

    fn client(&self, spec: &ModelSpec) -> Result<Client, SpecError> {
        let spec_of = || spec.clone();
        if self.lacks_key()
            && let Some(variable) = self.key_variable.clone()
        {
            return Err(SpecError::MissingKey { spec: spec_of(), variable: variable.into() });
        }
        if self.lacks_base_url() {
            let variable = self.base_url_variable.clone().unwrap_or_else(|| "the base URL".to_owned());
            return Err(SpecError::MissingAddress { spec: spec_of(), variable });
        }
        match self.dialect {
            #[cfg(feature = "anthropic")]
            ApiDialect::Anthropic => {
                let place = (spec.provider(), spec.model());
                let key = given(self.key.as_deref()).unwrap_or_default();
                Ok(Client::Anthropic(with_settings!(Anthropic::new(spec.model(), key), self, place)))
            }
            #[cfg(feature = "openai")]
            ApiDialect::OpenAi | ApiDialect::Ollama => {
                let place = (spec.provider(), spec.model());
                let model = match self.dialect {
                    ApiDialect::Ollama => OpenAi::ollama(spec.model()),
                    _ => OpenAi::new(spec.model(), None),
                };
                let model = match given(self.key.as_deref()) {
                    Some(key) => model.key(key),
                    None => model,
                };
                Ok(Client::OpenAi(with_settings!(model.stream_usage(self.stream_usage), self, place)))
            }
            #[cfg(not(feature = "anthropic"))]
            ApiDialect::Anthropic => Err(SpecError::FeatureOff { spec: spec.clone(), feature: "anthropic" }),
            #[cfg(not(feature = "openai"))]
            ApiDialect::OpenAi | ApiDialect::Ollama => {
                Err(SpecError::FeatureOff { spec: spec.clone(), feature: "openai" })
            }
        }
    }
}

/// The address of a model. Its name, which a user chooses, is one segment of the path, so it cannot lead to another address of the host.
#[cfg(any(feature = "anthropic", feature = "openai"))]
fn address(base_url: &str, provider: &str, id: &str) -> Result<String, SpecError> {
    // A path cannot contain these names: they are steps in it, also with escapes.
    if base_url.contains(MODEL) && matches!(id, "." | "..") {
        let why = format!("its address contains {MODEL}, and `{id}` cannot be a part of an address");
        return Err(SpecError::Settings { provider: provider.to_owned(), why });
    }
    Ok(base_url.replace(MODEL, &utf8_percent_encode(id, ESCAPED).to_string()))
}

/// The longest time until a list of models has come.
#[cfg(any(feature = "anthropic", feature = "openai"))]
const LIST_TIMEOUT: Duration = Duration::from_secs(30);

/// The place of the model's name in an address.
const MODEL: &str = "{model}";

/// The characters that have no meaning in an address stay as they are.
#[cfg(any(feature = "anthropic", feature = "openai"))]
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
