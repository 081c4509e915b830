//! The errors of an agent.

use crate::chat::error::ChatError;
use crate::chat::event::End;
use crate::chat::stop::StopKind;

/// The error of an agent. If it fails a run, it is the source of [`Failure::Node`](council_core::Failure::Node).
///
/// ```
/// use council_core::Failure;
/// use council_llm::{AgentError, ScriptedAnswer, ChatError, Council, CouncilBuilder, ScriptedModel};
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
/// let model = ScriptedModel::new("anthropic/claude", [ScriptedAnswer::error(|| ChatError::status("anthropic", 401, "wrong key", None))]);
/// let error = CouncilBuilder::new(model).build()?.run(Council::new("Rust")).await.unwrap_err();
/// let Failure::Node { node, source, .. } = error.failure() else { panic!("{error}") };
/// assert_eq!(node, "master_agent");
///
/// let agent: &AgentError = source.downcast_ref().unwrap();
/// assert_eq!(agent.to_string(), "model `anthropic/claude` gave no answer");
/// assert!(matches!(agent, AgentError::Chat { source, .. } if !source.is_retryable()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AgentError {
    /// The model gave no answer.
    #[error("model `{model}` gave no answer")]
    #[non_exhaustive]
    Chat {
        /// The name of the model.
        model: String,
        /// Whether a part of the answer had arrived.
        had_begun: bool,
        /// The error of the call.
        #[source]
        source: ChatError,
    },
    /// The model answered with only white space.
    #[error("model `{model}` gave an empty answer")]
    #[non_exhaustive]
    Empty {
        /// The name of the model.
        model: String,
    },
    /// The request is too long for the model, also without the older feedback.
    #[error("{}", too_long(model, *had_begun))]
    #[non_exhaustive]
    TooLong {
        /// The name of the model.
        model: String,
        /// Whether a part of the answer had arrived, which the request continues.
        had_begun: bool,
        /// The error of the call.
        #[source]
        source: ChatError,
    },
    /// The model's answer is not whole, or is none: it was cut, withheld or refused, or the model called a tool.
    #[error("model `{model}` gave no answer that can be used: {}", fault(*kind, stop_reason, words.as_deref()))]
    #[non_exhaustive]
    Unusable {
        /// The name of the model.
        model: String,
        /// Why the answer ended.
        kind: StopKind,
        /// The provider's name for that reason.
        stop_reason: String,
        /// The words of the model, if it refused and the provider sends them apart from the text.
        words: Option<String>,
    },
}

impl AgentError {
    /// The error of an answer that ended in this way.
    pub(crate) fn unusable(model: &str, end: End) -> Self {
        let End { stop_reason, kind, refusal, .. } = end;
        Self::Unusable { model: model.to_owned(), kind, stop_reason, words: refusal }
    }
}

/// The message of a request that is too long.
fn too_long(model: &str, had_begun: bool) -> String {
    if had_begun {
        return format!(
            "the answer of model `{model}` was cut, and is too long to be continued: choose a model with a longer context, or make the \
             context of a local model longer"
        );
    }
    format!(
        "the request is too long for model `{model}`: choose a model with a longer context, make the context of a local model longer, or \
         shorten the topic"
    )
}

/// What is wrong with an answer that cannot be used, and what may help.
fn fault(kind: StopKind, stop_reason: &str, words: Option<&str>) -> String {
    let (fault, advice) = match kind {
        StopKind::Length => (
            "it reached the limit of its length, and was continued as often as is allowed, but came to no end",
            "ask for a shorter text, choose a model that writes longer answers, or raise the limit (max tokens) if you have set one",
        ),
        StopKind::ContentFilter => {
            ("the provider withheld it or a part of it", "change the topic, or choose another model")
        }
        StopKind::Refusal => ("the model refused to answer", "change the topic, or choose another model"),
        StopKind::ToolCall => {
            ("the model called a tool in place of an answer, and it has no tools", "choose another model")
        }
        _ => ("the provider broke it off", "try again later"),
    };
    let words = words.map(|words| format!(", in these words: {:?}", beginning(words))).unwrap_or_default();
    format!("{fault} (`{stop_reason}`){words}; {advice}")
}

/// The text, or its beginning if it is long.
fn beginning(words: &str) -> String {
    match words.char_indices().nth(LONGEST_WORDS) {
        Some((end, _)) => format!("{}...", &words[..end]),
        None => words.to_owned(),
    }
}

/// The number of characters of a refusal that an error shows.
const LONGEST_WORDS: usize = 300;
