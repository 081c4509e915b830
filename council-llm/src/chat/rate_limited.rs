//! A wrapper that limits the calls of any model.

use std::sync::Arc;

use async_trait::async_trait;

use super::error::ChatError;
use super::limiter::Limiter;
use super::limiter::lessons::Lessons;
use super::limiter::permit::Permit;
use super::model::{ChatModel, ChatStream};
use super::request::ChatRequest;

/// Wraps a model, and sends its calls through a [`Limiter`].
///
/// The models of the providers have a limiter of their own and read the headers of answers. This wrapper is for models of your own: it
/// learns only from the errors of the model, for example from [`ChatError::retry_after`].
///
/// Do not wrap a model in a limiter through which it already goes. Each call takes two slots of that limiter then, so with
/// [`concurrency(1)`](crate::RateLimits::concurrency) it waits for ever.
///
/// ```
/// use council_llm::{ChatEvent, ChatModel, ChatRequest, Limiter, RateLimited, RateLimits, ScriptedModel, WaitReason};
/// use futures_util::StreamExt;
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), council_llm::ChatError> {
/// let limiter = Limiter::new(RateLimits::default().concurrency(1));
/// let model = RateLimited::new(ScriptedModel::new("scripted", ["One.", "Two."]), &limiter);
///
/// let first = model.stream(ChatRequest::user("Count.")).await?;
/// let mut second = model.stream(ChatRequest::user("Go on.")).await?;
/// assert_eq!(second.next().await.unwrap()?, ChatEvent::waiting(WaitReason::Slot, None));
///
/// drop(first);
/// assert_eq!(second.next().await.unwrap()?, ChatEvent::Sent);
/// assert_eq!(second.next().await.unwrap()?, ChatEvent::Delta("Two.".into()));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct RateLimited<M> {
    model: Arc<M>,
    limiter: Limiter,
}

impl<M: ChatModel> RateLimited<M> {
    /// Wraps `model` with a limiter, which other models may share.
    ///
    /// ```
    /// use council_llm::{ChatModel, Limiter, RateLimited, ScriptedModel};
    ///
    /// let model = RateLimited::new(ScriptedModel::new("critic", ["SCORE: 9"]), &Limiter::default());
    /// assert_eq!(model.name(), "critic");
    /// ```
    #[must_use]
    pub fn new(model: M, limiter: &Limiter) -> Self {
        Self { model: Arc::new(model), limiter: limiter.clone() }
    }
}

#[async_trait]
impl<M: ChatModel> ChatModel for RateLimited<M> {
    fn name(&self) -> &str {
        self.model.name()
    }

    async fn stream(&self, request: ChatRequest) -> Result<ChatStream, ChatError> {
        let model = Arc::clone(&self.model);
        let send = move |request: ChatRequest, permit: Arc<Permit>| {
            let model = Arc::clone(&model);
            async move {
                let answer = model.stream(request).await;
                let lessons = Lessons::default();
                permit.answered(&match &answer {
                    Ok(_) => lessons,
                    Err(error) => lessons.with_error(error, false),
                });
                answer
            }
        };
        self.limiter.call(self.model.name(), request, send).await
    }

    fn forget(&self, request: &ChatRequest) {
        self.model.forget(request);
    }
}
