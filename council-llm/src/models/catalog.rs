//! Catalog of the providers and their models, with the missing variable of an unavailable provider.

use serde::Serialize;

use crate::models::registry::Models;
use crate::models::spec::ModelSpec;
use crate::models::spec_error::SpecError;

/// The catalog of providers and models, for the choice of an agent's model.
///
/// ```
/// use council_llm::{Environment, Models};
///
/// let catalog = Models::from(Environment::default().anthropic_api_key("the key")).catalog();
/// # #[cfg(feature = "anthropic")]
/// assert_eq!(catalog.default, "anthropic/claude-sonnet-4-5");
/// assert_eq!(serde_json::to_value(&catalog)?["providers"][3]["suggestions"][0], "rehearsal");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct ModelCatalog {
    /// The default model.
    pub default: String,
    /// All providers, also unavailable ones.
    pub providers: Vec<Provider>,
}

/// A provider of models.
///
/// ```
/// use council_llm::{Environment, Models};
///
/// let catalog = Models::from(Environment::default()).catalog();
/// let rehearsal = catalog.providers.iter().find(|provider| provider.name == "rehearsal").unwrap();
/// assert_eq!((rehearsal.available, &rehearsal.needs), (true, &None));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct Provider {
    /// The name of the provider: the part of a model's name before the slash.
    pub name: String,
    /// Whether its models can be called.
    pub available: bool,
    /// The environment variable that is missing, if the provider is unavailable for that reason.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub needs: Option<String>,
    /// Some of its models.
    pub suggestions: Vec<String>,
}

impl Models {
    /// The catalog of all providers.
    ///
    /// ```
    /// use council_llm::{Environment, Models};
    ///
    /// let catalog = Models::from(Environment::default()).catalog();
    /// assert_eq!(catalog.default, "rehearsal");
    /// let anthropic = catalog.providers.iter().find(|provider| provider.name == "anthropic").unwrap();
    /// assert_eq!((anthropic.available, anthropic.needs.as_deref()), (false, Some("ANTHROPIC_API_KEY")));
    /// ```
    #[must_use]
    pub fn catalog(&self) -> ModelCatalog {
        let known = SUGGESTIONS.iter().map(|(name, suggestions)| {
            let spec: Result<ModelSpec, SpecError> = suggestions[0].parse();
            let model = spec.and_then(|spec| self.model(&spec));
            let suggestions = suggestions.iter().map(|&name| name.to_owned()).collect();
            Provider { name: (*name).to_owned(), available: model.is_ok(), needs: missing(model), suggestions }
        });
        let named = self.named().filter(|(name, _)| SUGGESTIONS.iter().all(|(known, _)| known != name));
        let named = named.map(|(name, models)| {
            // Whether a provider is available does not depend on the name of the model.
            let spec = ModelSpec::Named { provider: name.to_owned(), model: "*".to_owned() };
            let model = self.make(&spec);
            let suggestions = models.iter().map(|model| format!("{name}/{model}")).collect();
            Provider { name: name.to_owned(), available: model.is_ok(), needs: missing(model), suggestions }
        });
        ModelCatalog { default: self.default_spec().to_string(), providers: known.chain(named).collect() }
    }
}

/// The variable whose absence makes a provider unavailable.
fn missing<M>(model: Result<M, SpecError>) -> Option<String> {
    match model {
        Err(SpecError::MissingKey { variable, .. }) => Some(variable.into_owned()),
        Err(SpecError::MissingAddress { variable, .. }) => Some(variable),
        _ => None,
    }
}

/// Models of each provider. The provider is available if its first model is.
const SUGGESTIONS: [(&str, &[&str]); 4] = [
    ("anthropic", &["claude-sonnet-4-5", "claude-haiku-4-5", "claude-opus-4-5"]),
    ("openai", &["gpt-4o", "gpt-4o-mini", "gpt-4.1"]),
    ("ollama", &["ollama/llama3.2", "ollama/qwen3", "ollama/gemma3"]),
    ("rehearsal", &["rehearsal"]),
];
