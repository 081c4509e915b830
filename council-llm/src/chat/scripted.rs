//! A model with prepared answers, for tests, documentation and examples.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::{StreamExt, stream};

use crate::chat::chunks::words;
use crate::chat::error::ChatError;
use crate::chat::event::{ChatEvent, Usage};
use crate::chat::model::{ChatModel, ChatStream};
use crate::chat::request::ChatRequest;
use crate::chat::scripted_answer::{Ending, ScriptedAnswer};
use crate::lock::Lock;

/// A [`ChatModel`] that returns prepared answers, one for each call, and records its requests.
///
/// Clones share one script, so a test can keep a clone and pass the other to an agent.
///
/// ```
/// use council_llm::{ScriptedAnswer, ChatError, ChatModel, ChatRequest, ScriptedModel};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let model = ScriptedModel::new("critic", [
///     ScriptedAnswer::from("SCORE: 6\nFEEDBACK: Too short."),
///     ScriptedAnswer::error(|| ChatError::Truncated),
/// ]);
/// let watch = model.clone();
///
/// let reply = model.complete(ChatRequest::default()).await.unwrap();
/// assert_eq!(reply.text, "SCORE: 6\nFEEDBACK: Too short.");
/// assert!(matches!(model.complete(ChatRequest::default()).await, Err(ChatError::Truncated)));
/// assert!(matches!(model.complete(ChatRequest::default()).await, Err(ChatError::ScriptEnded { call: 3, .. })));
/// assert_eq!(watch.requests().len(), 3);
/// # }
/// ```
#[derive(Clone)]
pub struct ScriptedModel {
    name: Arc<str>,
    answers: Arc<[ScriptedAnswer]>,
    requests: Arc<Lock<Vec<ChatRequest>>>,
    repeating: bool,
}

impl ScriptedModel {
    /// A model with this name and these answers, in this order.
    ///
    /// ```
    /// # use council_llm::{ChatModel, ChatRequest, ScriptedModel};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let model = ScriptedModel::new("author", ["A draft.", "A better draft."]);
    /// for expected in ["A draft.", "A better draft."] {
    ///     assert_eq!(model.complete(ChatRequest::default()).await.unwrap().text, expected);
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn new<A: Into<ScriptedAnswer>>(name: &str, answers: impl IntoIterator<Item = A>) -> Self {
        Self {
            name: name.into(),
            answers: answers.into_iter().map(Into::into).collect(),
            requests: Arc::default(),
            repeating: false,
        }
    }

    /// Repeats the last answer for all further calls.
    ///
    /// ```
    /// # use council_llm::{ChatModel, ChatRequest, ScriptedModel};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let model = ScriptedModel::new("critic", ["SCORE: 6", "SCORE: 9"]).repeating();
    /// for expected in ["SCORE: 6", "SCORE: 9", "SCORE: 9"] {
    ///     assert_eq!(model.complete(ChatRequest::default()).await.unwrap().text, expected);
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn repeating(mut self) -> Self {
        self.repeating = true;
        self
    }

    /// The requests to this model and its clones so far, oldest first.
    ///
    /// ```
    /// # use council_llm::{ChatModel, ChatRequest, ScriptedModel};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), council_llm::ChatError> {
    /// let model = ScriptedModel::new("scripted", ["Hello."]);
    /// model.complete(ChatRequest::user("Say hello.")).await?;
    /// assert_eq!(model.requests()[0].messages[0].content, "Say hello.");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn requests(&self) -> Vec<ChatRequest> {
        self.requests.lock().clone()
    }

    /// Records a request, and returns the number of the call, from 1.
    fn note(&self, request: ChatRequest) -> usize {
        let mut requests = self.requests.lock();
        requests.push(request);
        requests.len()
    }
}

#[async_trait]
impl ChatModel for ScriptedModel {
    fn name(&self) -> &str {
        &self.name
    }

    async fn stream(&self, request: ChatRequest) -> Result<ChatStream, ChatError> {
        let call = self.note(request);
        let last = if self.repeating { self.answers.last() } else { None };
        let Some(answer) = self.answers.get(call - 1).or(last) else {
            return Err(ChatError::ScriptEnded { model: self.name().to_owned(), call });
        };
        match &answer.ending {
            Ending::Error(error, spent) if answer.text.is_empty() && *spent == Usage::default() => Err(error()),
            ending => {
                let deltas = words(&answer.text).into_iter().map(|word| Ok(ChatEvent::Delta(word)));
                let items: Vec<_> = deltas.chain(ending.events()).collect();
                Ok(stream::iter(items).boxed())
            }
        }
    }
}

impl fmt::Debug for ScriptedModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let calls = self.requests.lock().len();
        f.debug_struct("ScriptedModel")
            .field("name", &self.name)
            .field("answers", &self.answers.len())
            .field("calls", &calls)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt;

    use super::ScriptedModel;
    use crate::chat::error::ChatError;
    use crate::chat::event::{ChatEvent, Usage};
    use crate::chat::model::ChatModel;
    use crate::chat::request::ChatRequest;
    use crate::chat::scripted_answer::ScriptedAnswer;

    #[tokio::test]
    async fn a_text_is_streamed_word_by_word() {
        let usage = Usage::new(3, 4);
        let model = ScriptedModel::new("master", [ScriptedAnswer::from(" one two\n\nthree").usage(usage)]);
        let mut stream = model.stream(ChatRequest::default()).await.unwrap();
        let mut deltas = Vec::new();
        let end = loop {
            match stream.next().await.unwrap().unwrap() {
                ChatEvent::Delta(delta) => deltas.push(delta),
                ChatEvent::Reasoning(_) => {}
                ChatEvent::Done(end) => break end,
                event @ (ChatEvent::Waiting { .. } | ChatEvent::Sent | ChatEvent::Spent(_)) => {
                    panic!("{event:?} is not expected here")
                }
            }
        };
        assert_eq!(deltas, [" ", "one ", "two\n\n", "three"]);
        assert_eq!(end.usage, usage);
        assert!(stream.next().await.is_none());
    }

    #[tokio::test]
    async fn an_error_can_cut_a_text_off() {
        let model = ScriptedModel::new("master", [ScriptedAnswer::from("one").then_error(|| ChatError::Truncated)]);
        let events: Vec<_> = model.stream(ChatRequest::default()).await.unwrap().collect().await;
        assert!(matches!(events.as_slice(), [Ok(ChatEvent::Delta(_)), Err(ChatError::Truncated)]));
    }
}
