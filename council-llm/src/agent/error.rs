//! The errors of an agent.

use crate::chat::error::ChatError;

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
}
