//! A wrapper that calls another model after failures.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::{StreamExt, stream};
use tokio::time::Instant;

use super::error::ChatError;
use super::event::ChatEvent;
use super::fallback_answer::FirstFailure;
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
/// - An answer that has ended is never replaced: an answer that is empty, cut, withheld or refused, or that calls a tool, is no failure.
///   Its caller decides what to do. The agents of a council ask the same model for it again, and then fail.
///
/// A fallback is a model, so a third model is a fallback of a fallback. Its name is the name of the first model. The
/// [end](crate::End::model) of an answer names the second model if it answered, so an agent records the call under that name. If the second
/// model fails too, the error is a [`ChatError::Fallback`] with both failures. Each fallback is a `tracing` warning.
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
#[derive(Debug, Default)]
struct Health {
    /// Temporary errors in a row.
    failures: u32,
    closed: Option<Closed>,
}

/// The time in which the first model is not called.
#[derive(Debug)]
struct Closed {
    failure: FirstFailure,
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
        if let Some(failure) = models.closed() {
            return failure.answer_of(&models.second, request).await;
        }
        match models.first.stream(request.clone()).await {
            Ok(items) => Ok(models.watched(items, request)),
            Err(error) => models.after(error, request).await,
        }
    }

    fn forget(&self, request: &ChatRequest) {
        self.0.first.forget(request);
        self.0.second.forget(request);
    }
}

impl<A: ChatModel, B: ChatModel> Pair<A, B> {
    /// The failure for which the first model is not called now.
    fn closed(&self) -> Option<FirstFailure> {
        let health = self.health.lock();
        let closed = health.closed.as_ref().filter(|closed| closed.since.elapsed() < closed.time)?;
        Some(closed.failure.clone())
    }

    /// The answer of the second model after an error of the first one, or the error.
    async fn after(&self, error: ChatError, request: ChatRequest) -> Result<ChatStream, ChatError> {
        let Some(failure) = self.failed(&error) else { return Err(error) };
        tracing::warn!(
            model = self.first.name(),
            fallback = self.second.name(),
            error = failure.error(),
            "another model is called"
        );
        failure.answer_of(&self.second, request).await
    }

    /// Counts an error, and returns the failure if the second model is to be called.
    fn failed(&self, error: &ChatError) -> Option<FirstFailure> {
        let failure = FirstFailure::new(self.first.name(), error);
        if !error.is_retryable() {
            return Some(failure);
        }
        let mut health = self.health.lock();
        health.failures = health.failures.saturating_add(1);
        let asked = error.retry_after().unwrap_or_default();
        if health.failures < self.failures.max(1) && asked <= self.pause {
            return None;
        }
        let time = self.pause.max(asked.min(LONGEST_CLOSURE));
        health.closed = Some(Closed { failure: failure.clone(), since: Instant::now(), time });
        Some(failure)
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
