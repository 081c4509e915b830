//! The prepared answers of a [`ScriptedModel`](crate::ScriptedModel).

use std::fmt;
use std::sync::Arc;

use crate::chat::error::ChatError;
use crate::chat::event::{ChatEvent, End, Usage};

/// One answer of a [`ScriptedModel`](crate::ScriptedModel): a text that is streamed word by word, an error, or a text that an error cuts off.
///
/// ```
/// use council_llm::{ScriptedAnswer, ChatError, Usage};
///
/// let text = ScriptedAnswer::from("# Rust");
/// let billed = ScriptedAnswer::from("# Rust").usage(Usage::new(20, 2));
/// let refused = ScriptedAnswer::error(|| ChatError::Truncated);
/// let cut_off = ScriptedAnswer::from("# Ru").then_error(|| ChatError::Truncated);
/// ```
#[derive(Clone)]
pub struct ScriptedAnswer {
    pub(super) text: String,
    pub(super) ending: Ending,
}

#[derive(Clone)]
pub(super) enum Ending {
    Done(End),
    /// A function, because an error cannot be cloned and an answer may be returned more than once; and the tokens before the error.
    Error(Arc<dyn Fn() -> ChatError + Send + Sync>, Usage),
}

impl ScriptedAnswer {
    /// An error instead of an answer, before any delta.
    ///
    /// ```
    /// # use council_llm::{ChatError, ChatModel, ChatRequest, ScriptedAnswer, ScriptedModel};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let model = ScriptedModel::new("author", [ScriptedAnswer::error(|| ChatError::Truncated)]);
    /// assert!(model.stream(ChatRequest::default()).await.is_err());
    /// # }
    /// ```
    #[must_use]
    pub fn error(error: impl Fn() -> ChatError + Send + Sync + 'static) -> Self {
        Self::from("").then_error(error)
    }

    /// Adds an error after the text, inside the stream. If the text is empty, this is [`ScriptedAnswer::error`].
    ///
    /// ```
    /// # use council_llm::{ChatError, ChatEvent, ChatModel, ChatRequest, ScriptedAnswer, ScriptedModel};
    /// # use futures_util::StreamExt;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let model = ScriptedModel::new("author", [ScriptedAnswer::from("A dra").then_error(|| ChatError::Truncated)]);
    /// let events: Vec<_> = model.stream(ChatRequest::default()).await.unwrap().collect().await;
    /// assert!(matches!(events.as_slice(), [Ok(ChatEvent::Delta(_)), Ok(ChatEvent::Delta(_)), Err(ChatError::Truncated)]));
    /// # }
    /// ```
    #[must_use]
    pub fn then_error(mut self, error: impl Fn() -> ChatError + Send + Sync + 'static) -> Self {
        self.ending = Ending::Error(Arc::new(error), *self.ending.usage());
        self
    }

    /// Sets the end after the text, for example of an answer that reached the limit of its length. By default it is `end_turn`.
    ///
    /// ```
    /// # use council_llm::{ChatModel, ChatRequest, End, ScriptedAnswer, ScriptedModel, StopKind};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let model = ScriptedModel::new("author", [ScriptedAnswer::from("A dra").then_end(End::new("length"))]);
    /// assert_eq!(model.complete(ChatRequest::default()).await.unwrap().end.kind, StopKind::Length);
    /// # }
    /// ```
    #[must_use]
    pub fn then_end(self, end: End) -> Self {
        Self { ending: Ending::Done(end), ..self }
    }

    /// Sets the tokens that the end reports, or that are reported before the error.
    ///
    /// ```
    /// # use council_llm::{ChatModel, ChatRequest, ScriptedAnswer, ScriptedModel, Usage};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let model = ScriptedModel::new("author", [ScriptedAnswer::from("A draft.").usage(Usage::new(20, 3))]);
    /// assert_eq!(model.complete(ChatRequest::default()).await.unwrap().end.usage, Usage::new(20, 3));
    /// # }
    /// ```
    #[must_use]
    pub fn usage(mut self, usage: Usage) -> Self {
        *self.ending.usage() = usage;
        self
    }
}

impl From<&str> for ScriptedAnswer {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl From<String> for ScriptedAnswer {
    fn from(text: String) -> Self {
        Self { text, ending: Ending::Done(End::new("end_turn")) }
    }
}

impl Ending {
    /// The last item, after the tokens before an error, if there are any.
    pub(super) fn events(&self) -> Vec<Result<ChatEvent, ChatError>> {
        match self {
            Self::Done(end) => vec![Ok(ChatEvent::Done(end.clone()))],
            Self::Error(error, spent) => ChatEvent::spent(*spent).map(Ok).into_iter().chain([Err(error())]).collect(),
        }
    }

    fn usage(&mut self) -> &mut Usage {
        match self {
            Self::Done(end) => &mut end.usage,
            Self::Error(_, spent) => spent,
        }
    }
}

impl fmt::Debug for ScriptedAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScriptedAnswer").field("text", &self.text).field("ending", &self.ending.events()).finish()
    }
}
