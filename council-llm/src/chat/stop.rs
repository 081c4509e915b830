//! Why an answer ended, as a value that programs can match.

use serde::{Deserialize, Serialize};

/// Why an answer ended. Every provider has words of its own for the same reasons; [`End::stop_reason`](crate::End::stop_reason) has the
/// word.
///
/// ```
/// use council_llm::StopKind;
///
/// for (word, kind) in [
///     ("end_turn", StopKind::Completed),
///     ("length", StopKind::Length),
///     ("content_filter", StopKind::ContentFilter),
///     ("refusal", StopKind::Refusal),
///     ("tool_calls", StopKind::ToolCall),
///     ("error", StopKind::Error),
///     ("a new word", StopKind::Other),
/// ] {
///     assert_eq!(StopKind::of(word), kind);
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub enum StopKind {
    /// The model had nothing more to say, or wrote a stop sequence.
    Completed,
    /// The answer reached the limit of its length or the end of the model's context.
    Length,
    /// The provider withheld the rest of the answer.
    ContentFilter,
    /// The model refused to answer.
    Refusal,
    /// The model called a tool instead of an answer. No request of this crate has tools, so the answer is not complete.
    ToolCall,
    /// The provider broke the answer off. The providers of this crate return a [`ChatError`](crate::ChatError) instead of this end.
    Error,
    /// The provider said nothing, or a word that this crate does not know.
    #[default]
    Other,
}

impl StopKind {
    /// The meaning of a provider's word. Upper case makes no difference.
    ///
    /// ```
    /// use council_llm::StopKind;
    ///
    /// assert_eq!(StopKind::of("MAX_TOKENS"), StopKind::Length);
    /// ```
    #[must_use]
    pub fn of(stop_reason: &str) -> Self {
        let word = stop_reason.trim().to_ascii_lowercase();
        let found = WORDS.iter().find(|(_, words)| words.contains(&word.as_str()));
        found.map_or(Self::Other, |(kind, _)| *kind)
    }
}

/// The words of Anthropic, OpenAI, Mistral, Gemini, Cohere, DeepSeek, Zhipu, vLLM, SGLang, llama.cpp and Ollama.
const WORDS: [(StopKind, &[&str]); 6] = [
    (StopKind::Completed, &["stop", "end_turn", "stop_sequence", "eos", "eos_token", "complete", "completed"]),
    (
        StopKind::Length,
        &["length", "max_tokens", "max_output_tokens", "model_length", "model_context_window_exceeded", "limit"],
    ),
    (
        StopKind::ContentFilter,
        &[
            "content_filter",
            "content_filtered",
            "safety",
            "recitation",
            "blocklist",
            "prohibited_content",
            "spii",
            "language",
            "sensitive",
            "guardrail_intervened",
        ],
    ),
    (StopKind::Refusal, &["refusal"]),
    (StopKind::ToolCall, &["tool_calls", "tool_call", "tool_use", "function_call", "malformed_function_call"]),
    (
        StopKind::Error,
        &["error", "abort", "aborted", "cancelled", "network_error", "insufficient_system_resource", "timeout"],
    ),
];
