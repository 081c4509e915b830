//! The APIs that providers speak, by name.

use std::fmt;

/// The API that a provider speaks.
///
/// ```
/// use council_llm::ApiDialect;
///
/// assert_eq!("anthropic".parse(), Ok(ApiDialect::Anthropic));
/// assert_eq!(ApiDialect::OpenAi.to_string(), "openai");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ApiDialect {
    /// Chat Completions of OpenAI: `openai`.
    OpenAi,
    /// Messages of Anthropic: `anthropic`.
    Anthropic,
    /// Chat Completions at an address that is read like `OLLAMA_HOST`: `ollama`.
    Ollama,
}

impl std::str::FromStr for ApiDialect {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name.trim() {
            "openai" => Ok(Self::OpenAi),
            "anthropic" => Ok(Self::Anthropic),
            "ollama" => Ok(Self::Ollama),
            _ => Err(format!("`{name}` is no dialect: a dialect is `openai`, `anthropic` or `ollama`")),
        }
    }
}

impl fmt::Display for ApiDialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OpenAi => "openai",
            Self::Anthropic => "anthropic",
            Self::Ollama => "ollama",
        })
    }
}
