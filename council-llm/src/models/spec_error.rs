//! The error of a spec.

use std::borrow::Cow;
use std::error::Error;

use council_core::near_name;

use super::provider_name::is_name;
use super::spec::ModelSpec;

/// The error of a model that is unknown or unavailable.
///
/// ```
/// use council_llm::{ModelSpec, SpecError};
///
/// let error = "llama3.2".parse::<ModelSpec>().unwrap_err();
/// assert!(matches!(error, SpecError::Unknown { .. }));
/// assert!(error.to_string().starts_with("unknown model `llama3.2` (`ollama/llama3.2`, or `llama3.2/MODEL`"));
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
    /// The text names a provider and no model: `groq`, `gpu/`.
    #[error("`{input}` names a provider and no model: write `{provider}/MODEL`")]
    NoModel {
        /// The text that was given.
        input: String,
        /// The name of the provider.
        provider: String,
    },
    /// The time limits after the `?` cannot be used.
    #[error("the time limits of `{input}` cannot be used: {why}")]
    Timeouts {
        /// The text that was given.
        input: String,
        /// The fault.
        why: String,
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

/// A suggestion for a name without a provider: most such names are names of local models, or of providers that are not known here.
fn suggestion(input: &str) -> String {
    let (name, limits) = input.trim().find('?').map_or((input.trim(), ""), |at| input.trim().split_at(at));
    if name.is_empty() || name.contains(['/', ' ']) {
        String::new()
    } else if let Some(meant) = misspelt(name) {
        format!(" (did you mean `{meant}{limits}`?)")
    } else if is_name(name) {
        format!(" (`ollama/{name}{limits}`, or `{name}/MODEL{limits}` if `{name}` is a provider?)")
    } else {
        format!(" (`ollama/{name}{limits}`?)")
    }
}

/// The name that a misspelt name was probably meant to be: `rehearsal`, or one that begins with the name of a family.
fn misspelt(name: &str) -> Option<String> {
    let name = name.to_lowercase();
    let (family, model) = name.split_once('-').unwrap_or((&name, ""));
    if model.is_empty() {
        return near_name(family, ["rehearsal"]).map(str::to_owned);
    }
    near_name(family, ["claude", "gpt", "chatgpt"]).map(|family| format!("{family}-{model}"))
}
