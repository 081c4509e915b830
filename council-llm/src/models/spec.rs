//! The name of a model: `anthropic/claude-sonnet-4-5`, `gpt-4o`, `ollama/llama3.2`, `rehearsal`.

use std::fmt;

use super::spec_timeouts;
use crate::chat::timeouts::CallTimeouts;

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
///
/// Time limits of each call may follow after a `?`, with a `&` between them: `first-token-timeout`, `between-tokens-timeout` and
/// `total-timeout`. A time has the form of [`parse_time_limit`](crate::parse_time_limit). The limits replace the limits of the provider.
/// The limits of a request, and of the agent that makes it, replace them. A `?` in the text always ends the name of the
/// model. The rehearsal takes no limits.
///
/// ```
/// use std::time::Duration;
/// use council_llm::ModelSpec;
///
/// let spec: ModelSpec = "gpt-5?first-token-timeout=20m&total-timeout=7200".parse()?;
/// assert_eq!((spec.provider(), spec.model()), ("openai", "gpt-5"));
/// assert_eq!(spec.timeouts().first_token, Some(Duration::from_secs(1_200)));
/// assert_eq!(spec.to_string(), "openai/gpt-5?first-token-timeout=20m&total-timeout=2h");
///
/// let error = "gpt-5?total-timout=2h".parse::<ModelSpec>().unwrap_err();
/// assert!(error.to_string().ends_with("unknown limit `total-timout`: did you mean `total-timeout`?"));
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
    /// A model with time limits of its calls. A function that makes [`Models`](crate::Models) is given the model without them.
    #[non_exhaustive]
    WithTimeouts {
        /// The model.
        spec: Box<Self>,
        /// The limits of each call.
        timeouts: CallTimeouts,
    },
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
            Self::WithTimeouts { spec, .. } => spec.provider(),
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
            Self::WithTimeouts { spec, .. } => spec.model(),
        }
    }

    /// The time limits of each call. `None` is the limit of the provider's settings.
    ///
    /// ```
    /// use std::time::Duration;
    /// use council_llm::ModelSpec;
    ///
    /// let spec: ModelSpec = "gpt-4o?total-timeout=1h".parse()?;
    /// assert_eq!(spec.timeouts().total, Some(Duration::from_secs(3_600)));
    /// assert!(ModelSpec::Rehearsal.timeouts().is_empty());
    /// # Ok::<(), council_llm::SpecError>(())
    /// ```
    #[must_use]
    pub fn timeouts(&self) -> CallTimeouts {
        match self {
            Self::WithTimeouts { timeouts, .. } => *timeouts,
            _ => CallTimeouts::default(),
        }
    }

    /// The same model without time limits.
    ///
    /// ```
    /// use council_llm::ModelSpec;
    ///
    /// let spec: ModelSpec = "gpt-4o?total-timeout=1h".parse()?;
    /// assert_eq!(spec.without_timeouts().to_string(), "openai/gpt-4o");
    /// # Ok::<(), council_llm::SpecError>(())
    /// ```
    #[must_use]
    pub fn without_timeouts(&self) -> &Self {
        match self {
            Self::WithTimeouts { spec, .. } => spec,
            plain => plain,
        }
    }
}

impl fmt::Display for ModelSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anthropic(model) => write!(f, "anthropic/{model}"),
            Self::OpenAi(model) => write!(f, "openai/{model}"),
            Self::Ollama(model) => write!(f, "ollama/{model}"),
            Self::Named { provider, model } => write!(f, "{provider}/{model}"),
            Self::Rehearsal => f.write_str("rehearsal"),
            Self::WithTimeouts { spec, timeouts } => {
                write!(f, "{spec}?")?;
                spec_timeouts::write(f, timeouts)
            }
        }
    }
}
