//! A wrapper that calls another model after failures.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use council_core::error_chain;
use futures_util::{StreamExt, stream};
use tokio::time::Instant;

use super::error::ChatError;
use super::event::ChatEvent;
use super::limiter::lessons::LONGEST_CLOSURE;
use super::model::{ChatModel, ChatStream};
use super::request::ChatRequest;
use crate::lock::Lock;

/// Wraps two models, and calls the second one after failures of the first.
///
/// - After an error that no retry can mend, such as a refused key, the second model gets the same request at once.
/// - A temporary error is returned, so that the caller tries again. After [`failures`](Self::failures) such errors in a row, the last of
///   these requests and all requests of the next 5 minutes ([`pause`](Self::pause)) go to the second model. Then the first one is tried
///   again.
/// - If a temporary error asks for a wait that is longer than the pause ([`ChatError::retry_after`]), the request goes to the second model
///   at once. The first model is not called before the end of this wait, which counts as a day at most.
/// - After the first token an error is returned in any case, because a reader has seen the beginning.
///
/// A fallback is a model, so a third model is a fallback of a fallback. Its name is the name of the first model. Each fallback is a `tracing`
/// warning.
///
/// ```
/// use council_llm::{ChatError, ChatModel, ChatRequest, Fallback, ScriptedAnswer, ScriptedModel};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), council_llm::ChatError> {
/// let refused = ScriptedAnswer::error(|| ChatError::status("openai", 401, "wrong key", None));
/// let first = ScriptedModel::new("gpt-4o", [refused]);
/// let second = ScriptedModel::new("llama3.2", ["Hello."]);
/// let model = Fallback::new(first, second);
/// assert_eq!(model.complete(ChatRequest::user("Say hello.")).await?.text, "Hello.");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Fallback<A, B>(Arc<Pair<A, B>>);

/// The models, and the state of the first one.
#[derive(Debug)]
struct Pair<A, B> {
    first: A,
    second: B,
    failures: u32,
    pause: Duration,
    health: Lock<Health>,
}

/// Whether the first model works.
#[derive(Clone, Copy, Debug, Default)]
struct Health {
    /// Temporary errors in a row.
    failures: u32,
    closed: Option<Closed>,
}

/// The time in which the first model is not called.
#[derive(Clone, Copy, Debug)]
struct Closed {
    since: Instant,
    /// It may be longer than the clock can count.
    time: Duration,
}

impl<A: ChatModel, B: ChatModel> Fallback<A, B> {
    /// Calls `first`, and `second` after an error that no retry can mend or after three temporary errors in a row.
    ///
    /// ```
    /// use council_llm::{ChatModel, Fallback, ScriptedModel};
    ///
    /// let model = Fallback::new(ScriptedModel::new("large", ["A draft."]), ScriptedModel::new("small", ["A draft."]));
    /// assert_eq!(model.name(), "large");
    /// ```
    #[must_use]
    pub fn new(first: A, second: B) -> Self {
        Self(Arc::new(Pair { first, second, failures: 3, pause: Duration::from_secs(5 * 60), health: Lock::default() }))
    }

    /// Sets the number of temporary errors in a row after which the second model is called; 0 counts as 1.
    ///
    /// ```
    /// use council_llm::{ChatError, ChatModel, ChatRequest, Fallback, ScriptedAnswer, ScriptedModel};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), council_llm::ChatError> {
    /// let broken = ScriptedModel::new("large", [ScriptedAnswer::error(|| ChatError::Truncated)]);
    /// let model = Fallback::new(broken, ScriptedModel::new("small", ["Hello."])).failures(1);
    /// assert_eq!(model.complete(ChatRequest::user("Say hello.")).await?.text, "Hello.");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn failures(self, failures: u32) -> Self {
        self.with(|models| models.failures = failures)
    }

    /// Sets the time for which the first model is not called after its last temporary error. With [`Duration::MAX`] it is not called any
    /// more.
    ///
    /// ```
    /// use std::time::Duration;
    /// use council_llm::{Fallback, ScriptedModel};
    ///
    /// let (large, small) = (ScriptedModel::new("large", ["A draft."]), ScriptedModel::new("small", ["A draft."]));
    /// let model = Fallback::new(large, small).pause(Duration::from_secs(60));
    /// ```
    #[must_use]
    pub fn pause(self, pause: Duration) -> Self {
        self.with(|models| models.pause = pause)
    }

    fn with(mut self, change: impl FnOnce(&mut Pair<A, B>)) -> Self {
        if let Some(models) = Arc::get_mut(&mut self.0) {
            change(models);
        }
        self
    }
}

#[async_trait]
impl<A: ChatModel, B: ChatModel> ChatModel for Fallback<A, B> {
    fn name(&self) -> &str {
        self.0.first.name()
    }

    async fn stream(&self, request: ChatRequest) -> Result<ChatStream, ChatError> {
        let models = Arc::clone(&self.0);
        if models.is_closed() {
            return models.second.stream(request).await;
        }
        match models.first.stream(request.clone()).await {
            Ok(items) => Ok(models.watched(items, request)),
            Err(error) => models.after(error, request).await,
        }
    }
}

impl<A: ChatModel, B: ChatModel> Pair<A, B> {
    fn is_closed(&self) -> bool {
        self.health.lock().closed.is_some_and(|closed| closed.since.elapsed() < closed.time)
    }

    /// The answer of the second model after an error of the first one, or the error.
    async fn after(&self, error: ChatError, request: ChatRequest) -> Result<ChatStream, ChatError> {
        let is_over = self.failed(&error);
        if !is_over {
            return Err(error);
        }
        let text = error_chain(&error);
        tracing::warn!(
            model = self.first.name(),
            fallback = self.second.name(),
            error = text,
            "another model is called"
        );
        self.second.stream(request).await
    }

    /// Counts an error, and returns whether the second model is to be called.
    fn failed(&self, error: &ChatError) -> bool {
        if !error.is_retryable() {
            return true;
        }
        let mut health = self.health.lock();
        health.failures = health.failures.saturating_add(1);
        let asked = error.retry_after().unwrap_or_default();
        let is_over = health.failures >= self.failures.max(1) || asked > self.pause;
        if is_over {
            health.closed = Some(Closed { since: Instant::now(), time: self.pause.max(asked.min(LONGEST_CLOSURE)) });
        }
        is_over
    }

    /// The answer of the first model, which the second one replaces if it fails before its first token.
    fn watched(self: Arc<Self>, items: ChatStream, request: ChatRequest) -> ChatStream {
        let begin = Watched { models: self, items, request: Some(request), is_first: true };
        let items = stream::unfold(begin, async |mut watched| {
            let item = watched.next().await?;
            Some((item, watched))
        });
        items.boxed()
    }
}

/// An answer that is watched.
struct Watched<A, B> {
    models: Arc<Pair<A, B>>,
    items: ChatStream,
    /// The request, until the answer has begun.
    request: Option<ChatRequest>,
    /// Whether the first model answers.
    is_first: bool,
}

impl<A: ChatModel, B: ChatModel> Watched<A, B> {
    async fn next(&mut self) -> Option<Result<ChatEvent, ChatError>> {
        let item = self.items.next().await;
        let item = match item {
            None if self.request.is_some() && self.is_first => Err(ChatError::Truncated),
            item => item?,
        };
        // None of these is a part of the answer, so the second model can still take over.
        let is_before = matches!(
            item,
            Ok(ChatEvent::Waiting { .. } | ChatEvent::Sent | ChatEvent::Reasoning(_) | ChatEvent::Spent(_))
        );
        if !self.is_first || is_before {
            return Some(item);
        }
        let request = self.request.take();
        match (item, request) {
            (Err(error), Some(request)) => {
                self.is_first = false;
                match self.models.after(error, request).await {
                    Ok(items) => {
                        self.items = items;
                        self.items.next().await
                    }
                    Err(error) => {
                        self.items = stream::empty().boxed();
                        Some(Err(error))
                    }
                }
            }
            (Err(error), None) => {
                self.models.failed(&error);
                Some(Err(error))
            }
            (item, _) => {
                if matches!(item, Ok(ChatEvent::Done(_))) {
                    *self.models.health.lock() = Health::default();
                }
                Some(item)
            }
        }
    }
}
