//! A wrapper that returns the stored answer to a request that was answered before.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::{StreamExt, stream};

use super::error::ChatError;
use super::event::{ChatEvent, Usage};
use super::model::{ChatModel, ChatStream};
use super::request::ChatRequest;
use super::stop::StopKind;
use crate::lock::Lock;

/// Wraps a model, and returns the stored answer to a request that was answered before.
///
/// Two requests are the same if all their fields but the time limits are equal. The answers stay in memory; if there are more than the
/// [`capacity`](Self::capacity), the answer that was not used for the longest time is dropped. An answer that is empty or not whole is not
/// stored, because its caller may ask again. An answer that its caller cannot use is forgotten ([`ChatModel::forget`]): a critic's verdict
/// that is not clear is asked for again from the model, in the next round too. A stored answer has no tokens, because it costs nothing. Two same requests at the same time are
/// two calls.
///
/// ```
/// use council_llm::{Cached, ChatModel, ChatRequest, ScriptedModel};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), council_llm::ChatError> {
/// let model = Cached::new(ScriptedModel::new("scripted", ["One.", "Two."]));
/// for (request, expected) in [("Count.", "One."), ("Count.", "One."), ("Go on.", "Two.")] {
///     assert_eq!(model.complete(ChatRequest::user(request)).await?.text, expected);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Cached<M> {
    model: M,
    capacity: usize,
    answers: Arc<Lock<Answers>>,
}

/// The stored answers by their requests as JSON.
#[derive(Debug, Default)]
struct Answers {
    by_request: HashMap<String, Answer>,
    /// The number of uses so far, by which answers are dropped.
    uses: u64,
}

#[derive(Debug)]
struct Answer {
    events: Vec<ChatEvent>,
    last_use: u64,
}

impl<M: ChatModel> Cached<M> {
    /// Wraps `model`, and stores at most 256 answers.
    ///
    /// ```
    /// use council_llm::{Cached, ChatModel, ScriptedModel};
    ///
    /// assert_eq!(Cached::new(ScriptedModel::new("critic", ["SCORE: 9"])).name(), "critic");
    /// ```
    #[must_use]
    pub fn new(model: M) -> Self {
        Self { model, capacity: DEFAULT_CAPACITY, answers: Arc::default() }
    }

    /// Sets the number of answers that are stored at most.
    ///
    /// ```
    /// use council_llm::{Cached, ChatModel, ChatRequest, ScriptedModel};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), council_llm::ChatError> {
    /// let model = Cached::new(ScriptedModel::new("scripted", ["One.", "Two.", "Three."])).capacity(1);
    /// for (request, expected) in [("Count.", "One."), ("Go on.", "Two."), ("Count.", "Three.")] {
    ///     assert_eq!(model.complete(ChatRequest::user(request)).await?.text, expected);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn capacity(self, capacity: usize) -> Self {
        Self { capacity, ..self }
    }
}

#[async_trait]
impl<M: ChatModel> ChatModel for Cached<M> {
    fn name(&self) -> &str {
        self.model.name()
    }

    async fn stream(&self, request: ChatRequest) -> Result<ChatStream, ChatError> {
        // A request whose temperature is no number has no JSON, and is not stored.
        let key = serde_json::to_string(&request).ok();
        if let Some(events) = key.as_ref().and_then(|key| self.answers.lock().find(key)) {
            return Ok(stream::iter(events.into_iter().map(Ok)).boxed());
        }
        let items = self.model.stream(request).await?;
        let (answers, capacity) = (Arc::clone(&self.answers), self.capacity);
        let mut events = Vec::new();
        let mut key = key;
        let stored = items.inspect(move |item| {
            let Ok(event) = item else { return };
            if !matches!(event, ChatEvent::Waiting { .. } | ChatEvent::Sent | ChatEvent::Spent(_)) {
                events.push(event.clone());
            }
            if matches!(event, ChatEvent::Done(end) if matches!(end.kind, StopKind::Completed | StopKind::Other))
                && let Some(key) = key.take()
            {
                answers.lock().store(key, std::mem::take(&mut events), capacity);
            }
        });
        Ok(stored.boxed())
    }

    fn forget(&self, request: &ChatRequest) {
        if let Ok(key) = serde_json::to_string(request) {
            self.answers.lock().by_request.remove(&key);
        }
        self.model.forget(request);
    }
}

impl Answers {
    fn find(&mut self, request: &str) -> Option<Vec<ChatEvent>> {
        self.uses += 1;
        let answer = self.by_request.get_mut(request)?;
        answer.last_use = self.uses;
        Some(answer.events.clone())
    }

    fn store(&mut self, request: String, mut events: Vec<ChatEvent>, capacity: usize) {
        let has_text = events.iter().any(|event| matches!(event, ChatEvent::Delta(text) if !text.trim().is_empty()));
        if !has_text || capacity == 0 {
            return;
        }
        if let Some(ChatEvent::Done(end)) = events.last_mut() {
            end.usage = Usage::default();
        }
        self.uses += 1;
        self.by_request.insert(request, Answer { events, last_use: self.uses });
        while self.by_request.len() > capacity {
            let oldest = self.by_request.iter().min_by_key(|(_, answer)| answer.last_use);
            let Some(oldest) = oldest.map(|(request, _)| request.clone()) else { return };
            self.by_request.remove(&oldest);
        }
    }
}

const DEFAULT_CAPACITY: usize = 256;
