//! The items of an answer: deltas of its text, and one end with the tokens that it took.

use serde::{Deserialize, Serialize};

/// One item of a [`ChatStream`].
#[derive(Clone, Debug, PartialEq)]
pub enum ChatEvent {
    /// The next piece of the text, never empty.
    Delta(String),
    /// The answer is complete; nothing follows.
    Done(End),
}

/// How an answer ended.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct End {
    /// The provider's own word: `end_turn`, `stop`, `max_tokens`, `length`, ...
    pub stop_reason: String,
    /// What the call cost, where the provider says so.
    pub usage: Usage,
}

impl End {
    /// Whether the answer was cut, because it reached the longest that was allowed or because the provider withheld the rest.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        matches!(
            self.stop_reason.as_str(),
            "max_tokens" | "length" | "model_context_window_exceeded" | "content_filter" | "refusal"
        )
    }
}

/// A whole answer.
#[derive(Clone, Debug, PartialEq)]
pub struct ChatReply {
    /// The text.
    pub text: String,
    /// How it ended.
    pub end: End,
}

/// Tokens that one or more calls took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Usage {
    /// Tokens of the prompts, cached ones included.
    pub input_tokens: u64,
    /// Tokens of the answers.
    pub output_tokens: u64,
    /// The part of `input_tokens` that came from the provider's cache.
    pub cached_tokens: u64,
}

impl std::ops::AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        self.input_tokens = self.input_tokens.saturating_add(other.input_tokens);
        self.output_tokens = self.output_tokens.saturating_add(other.output_tokens);
        self.cached_tokens = self.cached_tokens.saturating_add(other.cached_tokens);
    }
}
