//! A wrapper that repeats a failed call.

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::{StreamExt, stream};

use super::attempts::Attempts;
use super::error::ChatError;
use super::event::{ChatEvent, ChatReply};
use super::model::{ChatModel, ChatStream};
use super::request::ChatRequest;
use super::retry_policy::RetryPolicy;

/// Wraps a model, and repeats a call after a temporary error as long as no part of the answer has been emitted.
///
/// [`ChatError::is_retryable`] says which errors are temporary. [`stream`](ChatModel::stream) holds the reasoning back until the first item
/// after it. After the first delta it passes an error on, because a reader has seen the beginning. [`complete`](ChatModel::complete) emits
/// nothing before the end, so it repeats the whole call. [`ChatEvent::Waiting`] and [`ChatEvent::Sent`] are passed on at once, and the time
/// between them does not count to [`RetryPolicy::total`]. The tokens of the calls that broke off are passed on as [`ChatEvent::Spent`], or
/// are in the usage of the [`ChatReply`].
///
/// Each repetition is a `tracing` warning with the model, the attempt, the error and the delay. It contains no prompt and no key.
///
/// ```
/// use std::time::Duration;
/// use council_llm::{ChatModel, Retried, RetryPolicy};
///
/// fn patient(model: impl ChatModel) -> impl ChatModel {
///     Retried::new(model).policy(RetryPolicy::default().attempts(8).total(Duration::from_secs(600)))
/// }
/// ```
#[derive(Debug)]
pub struct Retried<M> {
    model: Arc<M>,
    policy: RetryPolicy,
}

impl<M: ChatModel> Retried<M> {
    /// Wraps `model` with the default policy.
    ///
    /// ```
    /// use council_llm::{ChatError, ChatModel, ChatRequest, Retried, ScriptedAnswer, ScriptedModel};
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), ChatError> {
    /// let answers = [ScriptedAnswer::error(|| ChatError::Truncated), ScriptedAnswer::from("Hello.")];
    /// let model = Retried::new(ScriptedModel::new("scripted", answers));
    /// assert_eq!(model.complete(ChatRequest::user("Say hello.")).await?.text, "Hello.");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn new(model: M) -> Self {
        Self { model: Arc::new(model), policy: RetryPolicy::default() }
    }

    /// Sets the policy.
    ///
    /// ```
    /// use council_llm::{ChatError, ChatModel, ChatRequest, Retried, RetryPolicy, ScriptedAnswer, ScriptedModel};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let answers = [ScriptedAnswer::error(|| ChatError::Truncated)];
    /// let model = Retried::new(ScriptedModel::new("scripted", answers)).policy(RetryPolicy::default().attempts(1));
    /// assert!(matches!(model.complete(ChatRequest::user("Say hello.")).await, Err(ChatError::Truncated)));
    /// # }
    /// ```
    #[must_use]
    pub fn policy(mut self, policy: RetryPolicy) -> Self {
        self.policy = policy;
        self
    }
}

#[async_trait]
impl<M: ChatModel> ChatModel for Retried<M> {
    fn name(&self) -> &str {
        self.model.name()
    }

    async fn stream(&self, request: ChatRequest) -> Result<ChatStream, ChatError> {
        let mut attempts = Attempts::new(Arc::clone(&self.model), request, self.policy);
        match attempts.begin().await {
            Ok((head, items)) if is_before_answer(&head) => Ok(queued(attempts, head, items)),
            Ok((head, items)) => Ok(shown(head, items)),
            Err(error) => match attempts.take_spent() {
                Some(spent) => Ok(failed(Some(spent), error)),
                None => Err(error),
            },
        }
    }

    fn forget(&self, request: &ChatRequest) {
        self.model.forget(request);
    }

    async fn complete(&self, request: ChatRequest) -> Result<ChatReply, ChatError> {
        Attempts::new(Arc::clone(&self.model), request, self.policy).whole().await
    }
}

impl<M> Clone for Retried<M> {
    fn clone(&self) -> Self {
        Self { model: Arc::clone(&self.model), policy: self.policy }
    }
}

/// The stream of a call that waits for its turn: the wait and its end at once, and the answer of the attempt that succeeds.
fn queued<M: ChatModel>(attempts: Attempts<M>, head: Vec<ChatEvent>, items: ChatStream) -> ChatStream {
    let parts = stream::unfold(Some((attempts, Some(head), items)), async |state| {
        let (mut attempts, head, items) = state?;
        let (head, items) = match head {
            Some(head) => (head, items),
            None => match attempts.go_on(items).await {
                Ok(next) => next,
                Err(error) => return Some((failed(attempts.take_spent(), error), None)),
            },
        };
        if is_before_answer(&head) {
            Some((shown(head, stream::empty().boxed()), Some((attempts, None, items))))
        } else {
            Some((shown(head, items), None))
        }
    });
    parts.flatten().boxed()
}

/// These events, and the items after them.
fn shown(head: Vec<ChatEvent>, items: ChatStream) -> ChatStream {
    stream::iter(head.into_iter().map(Ok)).chain(items).boxed()
}

/// The tokens of the calls that broke off, and the last error.
fn failed(spent: Option<ChatEvent>, error: ChatError) -> ChatStream {
    stream::iter(spent.map(Ok).into_iter().chain([Err(error)])).boxed()
}

fn is_before_answer(head: &[ChatEvent]) -> bool {
    matches!(head, [.., ChatEvent::Waiting { .. } | ChatEvent::Sent])
}
