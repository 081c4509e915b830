//! The request to a chat model: a system prompt, messages, and limits.

use serde::{Deserialize, Serialize};

use super::purpose::Purpose;

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
    /// What the answer is for, where the caller says so. It is not sent to a provider.
    pub purpose: Option<Purpose>,
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
