//! The seam to a language model: a request, a stream of deltas, one end.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use serde::{Deserialize, Serialize};

/// A chat model: anything that answers a system prompt and a list of messages.
///
/// One method is required. Wrappers such as [`Retry`](crate::Retry) hold a model and are models themselves.
#[async_trait]
pub trait ChatModel: Send + Sync + 'static {
    /// The model's name as a person knows it, for example `anthropic/claude-sonnet-4-5`.
    fn name(&self) -> &str;

    /// Starts an answer.
    ///
    /// The stream yields any number of [`ChatEvent::Delta`] and then exactly one last item: [`ChatEvent::Done`] or an
    /// error, never neither, never both. Dropping the stream ends the call.
    async fn stream(&self, request: ChatRequest) -> Result<ChatStream, ChatError>;

    /// The whole answer at once: [`stream`](Self::stream), collected.
    async fn complete(&self, request: ChatRequest) -> Result<ChatReply, ChatError> {
        let mut stream = self.stream(request).await?;
        let mut text = String::new();
        while let Some(event) = stream.next().await {
            match event? {
                ChatEvent::Delta(delta) => text.push_str(&delta),
                ChatEvent::Done(end) => return Ok(ChatReply { text, end }),
            }
        }
        Err(ChatError::Truncated)
    }
}

/// A model behind a pointer is a model.
macro_rules! model_behind {
    ($($pointer:ident),*) => {$(
        #[async_trait]
        impl<M: ChatModel + ?Sized> ChatModel for $pointer<M> {
            fn name(&self) -> &str {
                (**self).name()
            }

            async fn stream(&self, request: ChatRequest) -> Result<ChatStream, ChatError> {
                (**self).stream(request).await
            }

            async fn complete(&self, request: ChatRequest) -> Result<ChatReply, ChatError> {
                (**self).complete(request).await
            }
        }
    )*};
}

model_behind!(Arc, Box);

/// An answer as it is written.
pub type ChatStream = BoxStream<'static, Result<ChatEvent, ChatError>>;

/// What a model is asked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChatRequest {
    /// The system prompt, if any.
    pub system: Option<String>,
    /// The conversation, oldest first.
    pub messages: Vec<Message>,
    /// The longest answer, in tokens of the model; 0 leaves it to the provider.
    pub max_tokens: u32,
    /// How far the model may wander, 0.0 to about 1.0; `None` leaves it to the provider.
    pub temperature: Option<f32>,
}

impl ChatRequest {
    /// One message of the user, and everything else left to the provider; the rest can be set by struct update.
    ///
    /// ```
    /// use council_llm::ChatRequest;
    ///
    /// let request = ChatRequest { temperature: Some(0.2), ..ChatRequest::user("Why is the sky blue?") };
    /// assert_eq!(request.messages[0].content, "Why is the sky blue?");
    /// ```
    pub fn user(content: impl Into<String>) -> Self {
        Self { messages: vec![Message { role: Role::User, content: content.into() }], ..Self::default() }
    }
}

/// One turn of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What is said.
    pub content: String,
}

/// Who speaks in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The one who asks.
    User,
    /// The model.
    Assistant,
}

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

/// Why a model gave no answer. No text here holds a key or the credentials of an address.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChatError {
    /// The provider answered with a status other than success.
    #[error("{provider} answered HTTP {status}: {message}")]
    Status {
        /// Which provider.
        provider: &'static str,
        /// The HTTP status.
        status: u16,
        /// The provider's own message, or the beginning of the body where it has none.
        message: String,
        /// How long the provider asks to wait.
        retry_after: Option<Duration>,
    },
    /// The provider reported an error inside a stream that had begun well.
    #[error("{provider} reported an error while answering: {kind}: {message}")]
    InStream {
        /// Which provider.
        provider: &'static str,
        /// The provider's word for it, such as `overloaded_error`.
        kind: String,
        /// The provider's own message.
        message: String,
    },
    /// The request cannot be sent: a key that no header may hold, a system without certificates for TLS.
    #[error("the request to {provider} cannot be sent: {message}")]
    Request {
        /// Which provider.
        provider: &'static str,
        /// What stands in the way.
        message: String,
    },
    /// The connection could not be made, or broke.
    #[error("the connection to {provider} at {address} failed")]
    Connection {
        /// Which provider.
        provider: &'static str,
        /// The host and port that were called.
        address: String,
        /// What the network said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The provider stayed silent for too long.
    #[error("{provider} {what} within {} s", limit.as_secs_f32())]
    Timeout {
        /// Which provider.
        provider: &'static str,
        /// What did not happen: `took no connection`, `sent no headers`, `wrote nothing`, `did not finish`.
        what: &'static str,
        /// The limit that was passed.
        limit: Duration,
    },
    /// The answer ended before the model had finished it.
    #[error("the answer was cut off before the model had finished it")]
    Truncated,
    /// The answer was not in the provider's format.
    #[error("{provider} sent an answer that cannot be read: {message}")]
    Malformed {
        /// Which provider.
        provider: &'static str,
        /// What was wrong, and where.
        message: String,
    },
    /// The answer was larger than a chat answer can be.
    #[error("{provider} sent more than {limit} bytes")]
    TooLarge {
        /// Which provider.
        provider: &'static str,
        /// The limit that was passed.
        limit: usize,
    },
    /// A [`ScriptedModel`](crate::ScriptedModel) was asked more often than its script has answers.
    #[error("the script of `{model}` has no answer left for call {call}")]
    ScriptEnded {
        /// The model's name.
        model: String,
        /// Which call, from 1.
        call: usize,
    },
}

impl ChatError {
    /// Whether the same request may succeed when it is sent again: 408, 409, 425, 429, 5xx, overload, a broken or silent
    /// connection, a broken answer. Not: 400, 401, 403, 404, an answer that is too large.
    ///
    /// An error inside a stream has a word in place of a status; where it is a number, it counts as one.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Status { status, .. } => is_passing(*status),
            Self::InStream { kind, .. } => PASSING_KINDS.contains(&kind.as_str()) || kind.parse().is_ok_and(is_passing),
            Self::Connection { .. } | Self::Timeout { .. } | Self::Truncated | Self::Malformed { .. } => true,
            Self::Request { .. } | Self::TooLarge { .. } | Self::ScriptEnded { .. } => false,
        }
    }

    /// How long the provider asks to wait before the next try.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

fn is_passing(status: u16) -> bool {
    matches!(status, 408 | 409 | 425 | 429 | 500..=599)
}

/// What Anthropic and OpenAI call the errors that pass.
const PASSING_KINDS: [&str; 6] =
    ["overloaded_error", "api_error", "rate_limit_error", "rate_limit_exceeded", "server_error", "timeout_error"];
