//! The items of an answer: deltas of its text and of the reasoning before it, and one end with the tokens that it took.

use serde::{Deserialize, Serialize};

use super::stop::StopKind;
use super::wait::WaitReason;

/// One item of a [`ChatStream`](crate::ChatStream).
///
/// ```
/// use council_llm::{ChatEvent, ChatModel, ChatRequest, ScriptedModel};
/// use futures_util::StreamExt;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut stream = ScriptedModel::new("scripted", ["one two"]).stream(ChatRequest::user("Count.")).await?;
/// let mut text = String::new();
/// while let Some(event) = stream.next().await {
///     match event? {
///         ChatEvent::Delta(delta) => text.push_str(&delta),
///         ChatEvent::Done(end) => assert_eq!(end.stop_reason, "end_turn"),
///         _ => {}
///     }
/// }
/// assert_eq!(text, "one two");
/// # Ok(())
/// # }
/// ```
///
/// As JSON it is `{"delta":"one "}`, `{"done":{...}}`, `{"spent":{...}}`, `{"waiting":{...}}` or `"sent"`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ChatEvent {
    /// The call waits before it is sent. This event stands before the answer, and may be repeated with another reason or time.
    #[non_exhaustive]
    Waiting {
        /// The reason of the wait.
        reason: WaitReason,
        /// The call is not sent before this time, in milliseconds since 1970, UTC. `None` if it is not known.
        #[serde(skip_serializing_if = "Option::is_none")]
        until: Option<u64>,
    },
    /// The wait is over, and the call is sent. It follows a [`Waiting`](Self::Waiting), so a call that does not wait has no such event. The
    /// first token may be minutes away. If a busy provider does not take the call, it waits again.
    Sent,
    /// The next piece of the text, never empty.
    Delta(String),
    /// The next piece of the model's reasoning, where the provider sends it apart from the text; never empty. It is no part of the answer.
    Reasoning(String),
    /// The tokens of a call that broke off, as far as the provider had reported them. The error follows, or the answer of a further call
    /// that a [`Fallback`](crate::Fallback) or a [`Retried`](crate::Retried) makes. They are not in the [`End`] of that answer.
    Spent(Usage),
    /// The answer is complete; nothing follows.
    Done(End),
}

impl ChatEvent {
    /// A [`Waiting`](Self::Waiting), with the time before which the call is not sent, in milliseconds since 1970.
    ///
    /// ```
    /// use council_llm::{ChatEvent, WaitReason};
    ///
    /// let event = ChatEvent::waiting(WaitReason::Quota, 1_700_000_000_000);
    /// assert_eq!(serde_json::to_string(&event)?, r#"{"waiting":{"reason":"quota","until":1700000000000}}"#);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn waiting(reason: WaitReason, until: impl Into<Option<u64>>) -> Self {
        Self::Waiting { reason, until: until.into() }
    }

    /// The tokens of a call that broke off, if any were reported.
    pub(crate) fn spent(usage: Usage) -> Option<Self> {
        (usage != Usage::default()).then_some(Self::Spent(usage))
    }
}

/// The end of an answer.
///
/// ```
/// use council_llm::{End, StopKind, Usage};
///
/// let end = End::new("max_tokens").usage(Usage::new(20, 100));
/// assert!(end.is_cut() && end.kind == StopKind::Length);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct End {
    /// The provider's name for the reason: `end_turn`, `stop`, `max_tokens`, `length`, ...
    pub stop_reason: String,
    /// The meaning of that name. It is [`StopKind::Refusal`] also if the provider named another reason beside the refusal.
    pub kind: StopKind,
    /// The words of a model that refused to answer, if the provider sends them apart from the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
    /// The tokens of the call; 0 if the provider does not report them.
    pub usage: Usage,
    /// The name of the model that answered, if it is not the model that was called: a [`Fallback`](crate::Fallback) has called it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
}

impl End {
    /// An end with this reason and its [kind](StopKind::of), without a report of tokens.
    ///
    /// ```
    /// use council_llm::{End, Usage};
    ///
    /// let end = End::new("end_turn");
    /// assert_eq!((end.stop_reason.as_str(), end.usage), ("end_turn", Usage::default()));
    /// ```
    #[must_use]
    pub fn new(stop_reason: impl Into<String>) -> Self {
        let stop_reason = stop_reason.into();
        Self { kind: StopKind::of(&stop_reason), stop_reason, refusal: None, usage: Usage::default(), model: None }
    }

    /// Says that the model refused to answer, in these words.
    ///
    /// ```
    /// use council_llm::{End, StopKind};
    ///
    /// let end = End::new("stop").refused("I cannot help with that.");
    /// assert_eq!((end.kind, end.refusal.as_deref()), (StopKind::Refusal, Some("I cannot help with that.")));
    /// ```
    #[must_use]
    pub fn refused(self, words: impl Into<String>) -> Self {
        Self { kind: StopKind::Refusal, refusal: Some(words.into()), ..self }
    }

    /// Sets the meaning of the reason, for a provider whose word says something else.
    ///
    /// ```
    /// use council_llm::{End, StopKind};
    ///
    /// assert_eq!(End::new("stop").kind(StopKind::ToolCall).kind, StopKind::ToolCall);
    /// ```
    #[must_use]
    pub fn kind(self, kind: StopKind) -> Self {
        Self { kind, ..self }
    }

    /// Sets the tokens of the call.
    ///
    /// ```
    /// use council_llm::{End, Usage};
    ///
    /// assert_eq!(End::new("stop").usage(Usage::new(20, 100)).usage.output_tokens, 100);
    /// ```
    #[must_use]
    pub fn usage(self, usage: Usage) -> Self {
        Self { usage, ..self }
    }

    /// Sets the name of the model that answered, if it is not the model that was called.
    ///
    /// ```
    /// use council_llm::End;
    ///
    /// assert_eq!(End::new("stop").model("ollama/llama3.2").model.as_deref(), Some("ollama/llama3.2"));
    /// ```
    #[must_use]
    pub fn model(self, name: impl Into<String>) -> Self {
        Self { model: Some(name.into()), ..self }
    }

    /// Whether the answer was cut: it reached the limit of its length, the provider withheld the rest, or the model refused.
    ///
    /// ```
    /// use council_llm::End;
    ///
    /// assert!(End::new("length").is_cut() && End::new("max_tokens").is_cut());
    /// assert!(!End::new("stop").is_cut());
    /// ```
    #[must_use]
    pub fn is_cut(&self) -> bool {
        matches!(self.kind, StopKind::Length | StopKind::ContentFilter | StopKind::Refusal)
    }
}

/// A whole answer.
///
/// ```
/// use council_llm::{ChatModel, ChatRequest, ScriptedModel};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), council_llm::ChatError> {
/// let reply = ScriptedModel::new("scripted", ["Hello."]).complete(ChatRequest::user("Say hello.")).await?;
/// assert_eq!((reply.text.as_str(), reply.end.stop_reason.as_str()), ("Hello.", "end_turn"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChatReply {
    /// The text.
    pub text: String,
    /// The end of the answer.
    #[serde(default)]
    pub end: End,
}

impl ChatReply {
    /// An answer with this text and end.
    ///
    /// ```
    /// use council_llm::{ChatReply, End};
    ///
    /// let reply = ChatReply::new("Because of the air.", End::new("end_turn"));
    /// assert_eq!(reply.text, "Because of the air.");
    /// ```
    #[must_use]
    pub fn new(text: impl Into<String>, end: End) -> Self {
        Self { text: text.into(), end }
    }
}

/// The tokens of one or more calls.
///
/// ```
/// use council_llm::Usage;
///
/// let mut usage = Usage::new(100, 20).cached(80);
/// usage += Usage::new(50, 10);
/// assert_eq!(usage, Usage::new(150, 30).cached(80));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct Usage {
    /// Tokens of the prompts, cached ones included.
    pub input_tokens: u64,
    /// Tokens of the answers.
    pub output_tokens: u64,
    /// The part of `input_tokens` that came from the provider's cache.
    pub cached_tokens: u64,
}

impl Usage {
    /// The tokens of prompts and of answers.
    ///
    /// ```
    /// use council_llm::Usage;
    ///
    /// let usage = Usage::new(100, 20);
    /// assert_eq!((usage.input_tokens, usage.output_tokens, usage.cached_tokens), (100, 20, 0));
    /// ```
    #[must_use]
    pub fn new(input_tokens: u64, output_tokens: u64) -> Self {
        Self { input_tokens, output_tokens, cached_tokens: 0 }
    }

    /// Sets the number of input tokens that came from the provider's cache.
    ///
    /// ```
    /// use council_llm::Usage;
    ///
    /// assert_eq!(Usage::new(100, 20).cached(80).cached_tokens, 80);
    /// ```
    #[must_use]
    pub fn cached(self, cached_tokens: u64) -> Self {
        Self { cached_tokens, ..self }
    }
}

impl std::ops::AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        self.input_tokens = self.input_tokens.saturating_add(other.input_tokens);
        self.output_tokens = self.output_tokens.saturating_add(other.output_tokens);
        self.cached_tokens = self.cached_tokens.saturating_add(other.cached_tokens);
    }
}

impl std::iter::Sum for Usage {
    fn sum<I: Iterator<Item = Self>>(usages: I) -> Self {
        usages.fold(Self::default(), |mut sum, usage| {
            sum += usage;
            sum
        })
    }
}
