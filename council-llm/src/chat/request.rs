//! The request to a chat model: a system prompt, messages, and limits.

use serde::{Deserialize, Serialize};

use super::purpose::Purpose;
use super::timeouts::CallTimeouts;

/// A request to a chat model.
///
/// ```
/// use council_llm::{ChatRequest, Message};
///
/// let request = ChatRequest::user("Why is the sky blue?")
///     .message(Message::assistant("Because of the air."))
///     .message(Message::user("Why is the air blue?"))
///     .system("You answer in one sentence.")
///     .max_tokens(100)
///     .temperature(0.2);
/// assert_eq!((request.messages.len(), request.max_tokens), (3, 100));
/// ```
///
/// A request is data, so a wrapper can store it. A field that is missing has its default:
///
/// ```
/// use council_llm::ChatRequest;
///
/// let json = r#"{"messages":[{"role":"user","content":"Why is the sky blue?"}],"max_tokens":0}"#;
/// let request: ChatRequest = serde_json::from_str(json)?;
/// assert_eq!(request, ChatRequest::user("Why is the sky blue?"));
/// assert_eq!(serde_json::to_string(&request)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ChatRequest {
    /// The system prompt, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// The conversation, oldest first.
    pub messages: Vec<Message>,
    /// The limit of the answer, in tokens of the model; 0 leaves it to the provider.
    pub max_tokens: u32,
    /// The sampling temperature, 0.0 to 2.0; `None` leaves it to the provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f32>,
    /// The purpose of the answer, if the caller says it. It is not sent to a provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
    /// The time limits of the call, instead of those of the model's client. They are not sent to a provider, not serialized and not
    /// compared, because the answer does not depend on them. A model without a client, such as one of your own, may ignore them.
    #[serde(skip)]
    pub timeouts: CallTimeouts,
    /// The id of the run for which the call is made, if the caller says it. A [`Limiter`](crate::Limiter) lets runs take turns by it.
    ///
    /// It is not sent to a provider, not serialized and not compared, because the answer does not depend on it.
    #[serde(skip)]
    pub run: Option<String>,
}

impl ChatRequest {
    /// A request with one message of the user. Everything else is left to the provider.
    ///
    /// ```
    /// use council_llm::ChatRequest;
    ///
    /// let request = ChatRequest::user("Why is the sky blue?");
    /// assert_eq!(request.messages[0].content, "Why is the sky blue?");
    /// ```
    #[must_use]
    pub fn user(content: impl Into<String>) -> Self {
        Self::default().message(Message::user(content))
    }

    /// Sets the system prompt.
    ///
    /// ```
    /// use council_llm::ChatRequest;
    ///
    /// let request = ChatRequest::user("Why is the sky blue?").system("You answer in one sentence.");
    /// assert_eq!(request.system.as_deref(), Some("You answer in one sentence."));
    /// ```
    #[must_use]
    pub fn system(self, system: impl Into<String>) -> Self {
        Self { system: Some(system.into()), ..self }
    }

    /// Adds a message at the end of the conversation.
    ///
    /// ```
    /// use council_llm::{ChatRequest, Message};
    ///
    /// let request = ChatRequest::user("Why is the sky blue?").message(Message::assistant("Because of the air."));
    /// assert_eq!(request.messages.len(), 2);
    /// ```
    #[must_use]
    pub fn message(mut self, message: Message) -> Self {
        self.messages.push(message);
        self
    }

    /// Limits the answer to this many tokens of the model; 0 leaves it to the provider.
    ///
    /// ```
    /// use council_llm::ChatRequest;
    ///
    /// let request = ChatRequest::user("Why is the sky blue?").max_tokens(100);
    /// assert_eq!(request.max_tokens, 100);
    /// ```
    #[must_use]
    pub fn max_tokens(self, max_tokens: u32) -> Self {
        Self { max_tokens, ..self }
    }

    /// Sets the sampling temperature, 0.0 to 2.0.
    ///
    /// ```
    /// use council_llm::ChatRequest;
    ///
    /// let request = ChatRequest::user("Why is the sky blue?").temperature(0.2);
    /// assert_eq!(request.temperature, Some(0.2));
    /// ```
    #[must_use]
    pub fn temperature(self, temperature: f32) -> Self {
        Self { temperature: Some(temperature), ..self }
    }

    /// Sets the purpose of the answer.
    ///
    /// ```
    /// use council_llm::{ChatRequest, Material, Purpose};
    ///
    /// let request = ChatRequest::user("Write about Rust.").purpose(Purpose::Draft(Material::new("Rust")));
    /// assert_eq!(request.purpose.unwrap().material().topic, "Rust");
    /// ```
    #[must_use]
    pub fn purpose(self, purpose: Purpose) -> Self {
        Self { purpose: Some(purpose), ..self }
    }

    /// Sets the time limits of the call, instead of those of the model's client.
    ///
    /// ```
    /// use std::time::Duration;
    /// use council_llm::{CallTimeouts, ChatRequest};
    ///
    /// let patient = CallTimeouts::default().first_token(Duration::from_secs(3_600));
    /// let request = ChatRequest::user("Write a novel.").timeouts(patient);
    /// assert_eq!(request.timeouts.first_token, Some(Duration::from_secs(3_600)));
    /// ```
    #[must_use]
    pub fn timeouts(self, timeouts: CallTimeouts) -> Self {
        Self { timeouts, ..self }
    }

    /// Sets the run for which the call is made. A node of your own has its id in [`Context::run`](council_core::Context::run).
    ///
    /// ```
    /// use council_llm::ChatRequest;
    ///
    /// let request = ChatRequest::user("Why is the sky blue?").run("r-1");
    /// assert_eq!(request.run.as_deref(), Some("r-1"));
    /// assert_eq!(request, ChatRequest::user("Why is the sky blue?"));
    /// ```
    #[must_use]
    pub fn run(self, run: impl Into<String>) -> Self {
        Self { run: Some(run.into()), ..self }
    }
}

impl PartialEq for ChatRequest {
    /// Requests that differ only in their [`timeouts`](Self::timeouts) or in their [`run`](Self::run) are equal.
    fn eq(&self, other: &Self) -> bool {
        let Self { system, messages, max_tokens, temperature, purpose, timeouts: _, run: _ } = self;
        *system == other.system
            && *messages == other.messages
            && *max_tokens == other.max_tokens
            && *temperature == other.temperature
            && *purpose == other.purpose
    }
}

/// One turn of a conversation.
///
/// ```
/// use council_llm::{Message, Role};
///
/// assert_eq!(Message::assistant("Because of the air.").role, Role::Assistant);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Message {
    /// The speaker.
    pub role: Role,
    /// The text.
    pub content: String,
}

impl Message {
    /// A message of the user.
    ///
    /// ```
    /// use council_llm::{Message, Role};
    ///
    /// let message = Message::user("Why is the sky blue?");
    /// assert_eq!((message.role, message.content.as_str()), (Role::User, "Why is the sky blue?"));
    /// ```
    #[must_use]
    pub fn user(content: impl Into<String>) -> Self {
        Self { role: Role::User, content: content.into() }
    }

    /// A message of the model.
    ///
    /// ```
    /// use council_llm::{Message, Role};
    ///
    /// assert_eq!(Message::assistant("Because of the air.").role, Role::Assistant);
    /// ```
    #[must_use]
    pub fn assistant(content: impl Into<String>) -> Self {
        Self { role: Role::Assistant, content: content.into() }
    }
}

/// The speaker of a message.
///
/// ```
/// use council_llm::Role;
///
/// assert_eq!(serde_json::to_string(&Role::Assistant)?, r#""assistant""#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Role {
    /// The user, who asks.
    User,
    /// The model.
    Assistant,
}
