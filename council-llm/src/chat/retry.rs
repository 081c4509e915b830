//! A wrapper that repeats a failed call.

use std::error::Error;
use std::time::Duration;

use async_trait::async_trait;
use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder, Retryable};
use futures_util::{StreamExt, stream};
use tokio::time::Instant;

use crate::chat::error::ChatError;
use crate::chat::event::{ChatEvent, ChatReply};
use crate::chat::model::{ChatModel, ChatStream};
use crate::chat::request::ChatRequest;

/// Wraps a model, and repeats a call after a temporary error as long as no part of the answer has been emitted.
///
/// [`ChatError::is_retryable`] says which errors are temporary. [`stream`](ChatModel::stream) waits for the first item behind the reasoning. After
/// the first delta it passes an error on, because a reader has seen the beginning. [`complete`](ChatModel::complete) emits nothing
/// before the end, so it repeats the whole call. [`ChatEvent::Waiting`] is passed on with the first item of the answer.
///
/// Each repetition is a `tracing` warning with the model, the attempt, the error and the delay. It contains no prompt and no key.
///
/// ```
/// use std::time::Duration;
/// use council_llm::{ChatModel, Retry, RetryPolicy};
///
/// fn patient(model: impl ChatModel) -> impl ChatModel {
///     Retry::new(model).policy(RetryPolicy::default().attempts(8).total(Duration::from_secs(600)))
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Retry<M> {
    model: M,
    policy: RetryPolicy,
}

impl<M: ChatModel> Retry<M> {
    /// Wraps `model` with the default policy.
    ///
    /// ```
    /// use council_llm::{ChatError, ChatModel, ChatRequest, Retry, ScriptedAnswer, ScriptedModel};
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), ChatError> {
    /// let answers = [ScriptedAnswer::error(|| ChatError::Truncated), ScriptedAnswer::from("Hello.")];
    /// let model = Retry::new(ScriptedModel::new("scripted", answers));
    /// assert_eq!(model.complete(ChatRequest::user("Say hello.")).await?.text, "Hello.");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn new(model: M) -> Self {
        Self { model, policy: RetryPolicy::default() }
    }

    /// Sets the policy.
    ///
    /// ```
    /// use council_llm::{ChatError, ChatModel, ChatRequest, Retry, RetryPolicy, ScriptedAnswer, ScriptedModel};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let answers = [ScriptedAnswer::error(|| ChatError::Truncated)];
    /// let model = Retry::new(ScriptedModel::new("scripted", answers)).policy(RetryPolicy::default().attempts(1));
    /// assert!(matches!(model.complete(ChatRequest::user("Say hello.")).await, Err(ChatError::Truncated)));
    /// # }
    /// ```
    #[must_use]
    pub fn policy(mut self, policy: RetryPolicy) -> Self {
        self.policy = policy;
        self
    }

    async fn repeat<T, F>(&self, call: impl FnMut() -> F + Send) -> Result<T, ChatError>
    where
        T: Send,
        F: Future<Output = Result<T, ChatError>> + Send,
    {
        let RetryPolicy { longest_delay, total, .. } = self.policy;
        let begin = Instant::now();
        let mut attempt = 1_u32;
        call.retry(self.policy.delays())
            .when(ChatError::is_retryable)
            .adjust(|error, delay| {
                // Not before the time that the provider asks for. The delay on top spreads callers that failed together.
                let asked = error.retry_after().unwrap_or_default();
                let delay = asked.saturating_add(delay?.min(longest_delay));
                (begin.elapsed().saturating_add(delay) <= total).then_some(delay)
            })
            .notify(|error, delay| {
                let cause = root(error).map(tracing::field::display);
                tracing::warn!(model = self.model.name(), attempt, %error, cause, ?delay, "the call is repeated");
                attempt += 1;
            })
            .await
    }
}

#[async_trait]
impl<M: ChatModel> ChatModel for Retry<M> {
    fn name(&self) -> &str {
        self.model.name()
    }

    async fn stream(&self, request: ChatRequest) -> Result<ChatStream, ChatError> {
        self.repeat(async || {
            let mut items = self.model.stream(request.clone()).await?;
            // A call that breaks while its model still reasons has shown nothing of the answer.
            let mut begin = Vec::new();
            while begin.last().is_none_or(|event| matches!(event, ChatEvent::Waiting { .. } | ChatEvent::Reasoning(_)))
            {
                begin.push(items.next().await.ok_or(ChatError::Truncated)??);
            }
            Ok(stream::iter(begin.into_iter().map(Ok)).chain(items).boxed())
        })
        .await
    }

    async fn complete(&self, request: ChatRequest) -> Result<ChatReply, ChatError> {
        self.repeat(|| self.model.complete(request.clone())).await
    }
}

/// How often a call is repeated, and after which delays.
///
/// ```
/// use std::time::Duration;
/// use council_llm::RetryPolicy;
///
/// let policy = RetryPolicy::default();
/// assert_eq!(policy.attempts, 4);
/// assert_eq!(policy.first_delay, Duration::from_millis(500));
/// assert_eq!(policy.longest_delay, Duration::from_secs(30));
/// assert_eq!(policy.total, Duration::from_secs(120));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// The number of calls at most, with the first call. 4 by default; 0 counts as 1.
    pub attempts: u32,
    /// The delay before the second attempt. Each further delay is twice as long. A random time of up to the same length is added, so that
    /// callers that failed together do not return together. 500 ms by default.
    pub first_delay: Duration,
    /// The limit of these delays. The provider may ask for a longer delay (`Retry-After`), which is obeyed. 30 s by default.
    pub longest_delay: Duration,
    /// The time after the start of the first attempt in which further attempts may start. If the provider asks for a delay beyond it, the
    /// error is returned at once. An attempt that runs is not cut. 2 min by default.
    pub total: Duration,
}

impl RetryPolicy {
    /// Sets the number of calls at most, with the first call.
    ///
    /// ```
    /// use council_llm::RetryPolicy;
    ///
    /// assert_eq!(RetryPolicy::default().attempts(8).attempts, 8);
    /// ```
    #[must_use]
    pub fn attempts(self, attempts: u32) -> Self {
        Self { attempts, ..self }
    }

    /// Sets the delay before the second attempt.
    ///
    /// ```
    /// use std::time::Duration;
    /// use council_llm::RetryPolicy;
    ///
    /// let policy = RetryPolicy::default().first_delay(Duration::from_secs(5));
    /// assert_eq!(policy.first_delay, Duration::from_secs(5));
    /// ```
    #[must_use]
    pub fn first_delay(self, first_delay: Duration) -> Self {
        Self { first_delay, ..self }
    }

    /// Sets the limit of the delays.
    ///
    /// ```
    /// use std::time::Duration;
    /// use council_llm::RetryPolicy;
    ///
    /// let policy = RetryPolicy::default().longest_delay(Duration::from_secs(5));
    /// assert_eq!(policy.longest_delay, Duration::from_secs(5));
    /// ```
    #[must_use]
    pub fn longest_delay(self, longest_delay: Duration) -> Self {
        Self { longest_delay, ..self }
    }

    /// Sets the time in which attempts may start.
    ///
    /// ```
    /// use std::time::Duration;
    /// use council_llm::RetryPolicy;
    ///
    /// let policy = RetryPolicy::default().total(Duration::from_secs(5));
    /// assert_eq!(policy.total, Duration::from_secs(5));
    /// ```
    #[must_use]
    pub fn total(self, total: Duration) -> Self {
        Self { total, ..self }
    }

    fn delays(&self) -> ExponentialBackoff {
        ExponentialBuilder::new()
            .with_jitter()
            .with_min_delay(self.first_delay)
            .with_max_delay(self.longest_delay)
            .with_max_times(self.attempts.saturating_sub(1) as usize)
            .build()
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 4,
            first_delay: Duration::from_millis(500),
            longest_delay: Duration::from_secs(30),
            total: Duration::from_secs(120),
        }
    }
}

/// The last source of an error, for example the error of the network in a [`ChatError::Connection`].
fn root(error: &ChatError) -> Option<&(dyn Error + 'static)> {
    std::iter::successors(error.source(), |&cause| cause.source()).last()
}
