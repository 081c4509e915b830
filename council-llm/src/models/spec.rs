//! The name of a model: `anthropic/claude-sonnet-4-5`, `gpt-4o`, `ollama/llama3.2`, `rehearsal`.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::str::FromStr;

/// The name of a model with its provider. The [`Environment`](crate::Environment) has the key and the address.
///
/// It is written `provider/model`, or as a bare name if the provider is evident:
///
/// ```
/// use council_llm::ModelSpec;
///
/// for (input, meaning) in [
///     ("ollama/llama3.2", "ollama/llama3.2"),
///     ("claude-sonnet-4-5", "anthropic/claude-sonnet-4-5"),
///     ("claude-3-5-sonnet", "anthropic/claude-3-5-sonnet-20241022"),
///     ("gpt-4o", "openai/gpt-4o"),
///     ("rehearsal", "rehearsal"),
/// ] {
///     let spec: ModelSpec = input.parse()?;
///     assert_eq!(spec.to_string(), meaning);
/// }
/// # Ok::<(), council_llm::SpecError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ModelSpec {
    /// A model of the Anthropic Messages API.
    Anthropic(String),
    /// A model of OpenAI, or of a server that speaks its Chat Completions.
    OpenAi(String),
    /// A model of a local Ollama.
    Ollama(String),
    /// A model of a provider with a name of its own: see [`ProviderSettings`](crate::ProviderSettings).
    #[non_exhaustive]
    Named {
        /// The name of the provider.
        provider: String,
        /// The name of the model.
        model: String,
    },
    /// The rule-based model, which needs no network and is not a language model.
    Rehearsal,
}

impl ModelSpec {
    /// The name of the provider: `anthropic`, `openai`, `ollama`, `rehearsal`, or a name of your own.
    ///
    /// ```
    /// use council_llm::ModelSpec;
    ///
    /// assert_eq!("gpt-4o".parse::<ModelSpec>()?.provider(), "openai");
    /// # Ok::<(), council_llm::SpecError>(())
    /// ```
    #[must_use]
    pub fn provider(&self) -> &str {
        match self {
            Self::Anthropic(_) => "anthropic",
            Self::OpenAi(_) => "openai",
            Self::Ollama(_) => "ollama",
            Self::Named { provider, .. } => provider,
            Self::Rehearsal => "rehearsal",
        }
    }

    /// The name of the model at its provider.
    ///
    /// ```
    /// use council_llm::ModelSpec;
    ///
    /// assert_eq!("openrouter/qwen/qwen3".parse::<ModelSpec>()?.model(), "qwen/qwen3");
    /// # Ok::<(), council_llm::SpecError>(())
    /// ```
    #[must_use]
    pub fn model(&self) -> &str {
        match self {
            Self::Anthropic(model) | Self::OpenAi(model) | Self::Ollama(model) | Self::Named { model, .. } => model,
            Self::Rehearsal => "rehearsal",
        }
    }
}

impl FromStr for ModelSpec {
    type Err = SpecError;

    fn from_str(input: &str) -> Result<Self, SpecError> {
        let unknown = || SpecError::Unknown { input: input.to_owned() };
        let name = input.trim();
        let (provider, model) = match name.split_once('/') {
            Some((provider, model)) => (provider.trim(), model.trim()),
            None if name == "rehearsal" => return Ok(Self::Rehearsal),
            None => (provider_of(name).ok_or_else(unknown)?, name),
        };
        if model.is_empty() {
            return Err(unknown());
        }
        match provider.to_ascii_lowercase().as_str() {
            "anthropic" => Ok(Self::Anthropic(dated(model).to_owned())),
            "openai" => Ok(Self::OpenAi(model.to_owned())),
            "ollama" => Ok(Self::Ollama(model.to_owned())),
            "rehearsal" => Err(unknown()),
            provider if is_name(provider) => Ok(Self::Named { provider: provider.to_owned(), model: model.to_owned() }),
            _ => Err(unknown()),
        }
    }
}

/// Whether a provider can have this name: lower case letters, digits, `-`, `_` and `.`.
pub(crate) fn is_name(name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
    name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.chars().all(is_part)
}

impl fmt::Display for ModelSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anthropic(model) => write!(f, "anthropic/{model}"),
            Self::OpenAi(model) => write!(f, "openai/{model}"),
            Self::Ollama(model) => write!(f, "ollama/{model}"),
            Self::Named { provider, model } => write!(f, "{provider}/{model}"),
            Self::Rehearsal => f.write_str("rehearsal"),
        }
    }
}

/// The error of a model that is unknown or unavailable.
///
/// ```
/// use council_llm::{ModelSpec, SpecError};
///
/// let error = "llama3.2".parse::<ModelSpec>().unwrap_err();
/// assert!(matches!(error, SpecError::Unknown { .. }));
/// assert!(error.to_string().starts_with("unknown model `llama3.2` (`ollama/llama3.2`?)"));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SpecError {
    /// The name contains no provider, and no provider is evident from it.
    #[error(
        "unknown model `{input}`{}: a model is `anthropic/...`, `openai/...`, `ollama/...`, `rehearsal`, \
         or a name that begins with `claude-`, `gpt-`, `chatgpt-`, `o1`, `o3` or `o4`",
        suggestion(.input)
    )]
    Unknown {
        /// The name that was given.
        input: String,
    },
    /// No provider has the name before the slash.
    #[error("unknown provider `{}` in `{spec}`: choose one of {}", spec.provider(), known.join(", "))]
    UnknownProvider {
        /// The model.
        spec: ModelSpec,
        /// The names of all providers.
        known: Vec<String>,
    },
    /// The provider requires a key, and the environment has none.
    #[error("`{spec}` needs a key: set {variable}, or choose `rehearsal`, which needs none")]
    MissingKey {
        /// The model.
        spec: ModelSpec,
        /// The environment variable that holds the key.
        variable: Cow<'static, str>,
    },
    /// The provider has an address of its own for each customer, and the environment has none.
    #[error("`{spec}` needs an address: set {variable}")]
    MissingAddress {
        /// The model.
        spec: ModelSpec,
        /// The environment variable that holds the address.
        variable: String,
    },
    /// The address in the environment cannot be used.
    #[error("{variable} cannot be used")]
    Address {
        /// The environment variable that holds the address, or the provider whose settings hold it.
        variable: Cow<'static, str>,
        /// The error of the address.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// A setting of the provider cannot be used.
    #[error("the settings of `{provider}` cannot be used: {why}")]
    Settings {
        /// The name of the provider.
        provider: String,
        /// The fault.
        why: String,
    },
    /// The program was built without the client of the provider.
    #[error("`{spec}` needs the cargo feature `{feature}` of council-llm, which this program was built without")]
    FeatureOff {
        /// The model.
        spec: ModelSpec,
        /// The feature that is off.
        feature: &'static str,
    },
}

/// A suggestion for a name without a provider: most such names are names of local models.
fn suggestion(input: &str) -> String {
    let name = input.trim();
    let local = !name.is_empty() && !name.contains(['/', ' ']);
    if local { format!(" (`ollama/{name}`?)") } else { String::new() }
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
