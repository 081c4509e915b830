//! Parses the text of a spec.

use std::str::FromStr;

use super::preset::Preset;
use super::provider_name::is_name;
use super::spec::ModelSpec;
use super::spec_error::SpecError;
use super::spec_timeouts;

impl FromStr for ModelSpec {
    type Err = SpecError;

    fn from_str(input: &str) -> Result<Self, SpecError> {
        let (name, limits) = input.split_once('?').map_or((input, None), |(name, limits)| (name, Some(limits)));
        let spec = named(name).ok_or_else(|| match provider_alone(name) {
            Some(provider) => SpecError::NoModel { input: input.trim().to_owned(), provider },
            None => SpecError::Unknown { input: input.to_owned() },
        })?;
        let Some(limits) = limits else { return Ok(spec) };
        let faulty = |why| SpecError::Timeouts { input: input.trim().to_owned(), why };
        if spec == Self::Rehearsal {
            return Err(faulty("the rehearsal calls no provider, so it takes no limits".to_owned()));
        }
        let timeouts = spec_timeouts::parse(limits).map_err(faulty)?;
        Ok(Self::WithTimeouts { spec: Box::new(spec), timeouts })
    }
}

/// The model with this name, without time limits.
fn named(name: &str) -> Option<ModelSpec> {
    let name = name.trim();
    let (provider, model) = match name.split_once('/') {
        Some((provider, model)) => (provider.trim(), model.trim()),
        None if name == "rehearsal" => return Some(ModelSpec::Rehearsal),
        None => (provider_of(name)?, name),
    };
    if model.is_empty() {
        return None;
    }
    match provider.to_ascii_lowercase().as_str() {
        "anthropic" => Some(ModelSpec::Anthropic(dated(model).to_owned())),
        "openai" => Some(ModelSpec::OpenAi(model.to_owned())),
        "ollama" => Some(ModelSpec::Ollama(model.to_owned())),
        "rehearsal" => None,
        provider if is_name(provider) => {
            Some(ModelSpec::Named { provider: provider.to_owned(), model: model.to_owned() })
        }
        _ => None,
    }
}

/// The provider of a text that names a provider and no model.
fn provider_alone(name: &str) -> Option<String> {
    let name = name.trim().to_ascii_lowercase();
    let (provider, is_provider) = match name.split_once('/') {
        Some((provider, model)) => (provider.trim(), model.trim().is_empty() && provider.trim() != "rehearsal"),
        None => (&*name, matches!(&*name, "anthropic" | "openai" | "ollama") || Preset::named(&name).is_some()),
    };
    (is_provider && is_name(provider)).then(|| provider.to_owned())
}

/// The provider of a bare name, if it is evident.
fn provider_of(name: &str) -> Option<&'static str> {
    let begins = |family: &str| name.strip_prefix(family).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
    if name.starts_with("claude-") {
        Some("anthropic")
    } else if name.starts_with("gpt-") || name.starts_with("chatgpt-") || ["o1", "o3", "o4"].into_iter().any(begins) {
        Some("openai")
    } else {
        None
    }
}

/// The dated name of a model, if the provider has no alias for the undated name.
fn dated(model: &str) -> &str {
    match model {
        "claude-3-5-sonnet" => "claude-3-5-sonnet-20241022",
        model => model,
    }
}
