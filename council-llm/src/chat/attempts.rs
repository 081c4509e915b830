//! The attempts of one request, until one of them has an answer or no further attempt may start.

use std::sync::Arc;
use std::time::Duration;

use backon::ExponentialBackoff;
use council_core::error_chain;
use futures_util::StreamExt;
use tokio::time::{Instant, sleep};

use super::error::ChatError;
use super::event::{ChatEvent, ChatReply, Usage};
use super::model::{ChatModel, ChatStream};
use super::request::ChatRequest;
use super::retry_policy::RetryPolicy;

/// The attempts of one request.
pub(super) struct Attempts<M> {
    model: Arc<M>,
    request: ChatRequest,
    policy: RetryPolicy,
    delays: ExponentialBackoff,
    begin: Instant,
    /// How long calls have waited for their turn.
    waited: Duration,
    /// The time since which the current call waits for its turn.
    waits_since: Option<Instant>,
    /// The tokens of the calls that broke off, which the caller has not received yet.
    spent: Usage,
    attempt: u32,
}

impl<M: ChatModel> Attempts<M> {
    pub(super) fn new(model: Arc<M>, request: ChatRequest, policy: RetryPolicy) -> Self {
        let (delays, begin) = (policy.delays(), Instant::now());
        let (waited, waits_since, spent) = (Duration::ZERO, None, Usage::default());
        Self { model, request, policy, delays, begin, waited, waits_since, spent, attempt: 1 }
    }

    /// Calls the model until an attempt has a [head](Self::head).
    pub(super) async fn begin(&mut self) -> Result<(Vec<ChatEvent>, ChatStream), ChatError> {
        loop {
            let error = match self.model.stream(self.request.clone()).await {
                Ok(mut items) => match self.head(&mut items).await {
                    Ok(head) => return Ok((head, items)),
                    Err(error) => error,
                },
                Err(error) => error,
            };
            self.pause(error).await?;
        }
    }

    /// Goes on after a wait or its end: the next head of the same attempt, or of a further one if it fails.
    pub(super) async fn go_on(&mut self, mut items: ChatStream) -> Result<(Vec<ChatEvent>, ChatStream), ChatError> {
        match self.head(&mut items).await {
            Ok(head) => Ok((head, items)),
            Err(error) => {
                self.pause(error).await?;
                self.begin().await
            }
        }
    }

    /// The whole answer of the first attempt that has one.
    pub(super) async fn whole(&mut self) -> Result<ChatReply, ChatError> {
        loop {
            match self.collect().await {
                Ok(reply) => return Ok(reply),
                Err(error) => self.pause(error).await?,
            }
        }
    }

    async fn collect(&mut self) -> Result<ChatReply, ChatError> {
        let mut items = self.model.stream(self.request.clone()).await?;
        let mut text = String::new();
        while let Some(item) = self.next(&mut items).await {
            match item? {
                ChatEvent::Delta(delta) => text.push_str(&delta),
                ChatEvent::Done(mut end) => {
                    end.usage += self.spent;
                    return Ok(ChatReply { text, end });
                }
                ChatEvent::Reasoning(_) | ChatEvent::Waiting { .. } | ChatEvent::Sent | ChatEvent::Spent(_) => {}
            }
        }
        Err(ChatError::Truncated)
    }

    /// The next events that are shown together: a wait, its end or the first item of the answer, with the reasoning and the tokens before
    /// it. A call that breaks while its model still reasons has shown nothing of the answer.
    async fn head(&mut self, items: &mut ChatStream) -> Result<Vec<ChatEvent>, ChatError> {
        let mut head = Vec::new();
        loop {
            let event = self.next(items).await.ok_or(ChatError::Truncated)??;
            match event {
                ChatEvent::Spent(_) => {}
                ChatEvent::Reasoning(_) => head.push(event),
                _ => {
                    head.extend(self.take_spent());
                    head.push(event);
                    return Ok(head);
                }
            }
        }
    }

    /// The tokens of the calls that broke off, if any were reported since the last time.
    pub(super) fn take_spent(&mut self) -> Option<ChatEvent> {
        ChatEvent::spent(std::mem::take(&mut self.spent))
    }

    /// The next item. Counts the time for which the call waits for its turn, and the tokens of calls that broke off.
    async fn next(&mut self, items: &mut ChatStream) -> Option<Result<ChatEvent, ChatError>> {
        let item = items.next().await;
        if let Some(since) = self.waits_since.take() {
            self.waited += since.elapsed();
        }
        self.waits_since = matches!(item, Some(Ok(ChatEvent::Waiting { .. }))).then(Instant::now);
        if let Some(Ok(ChatEvent::Spent(usage))) = item {
            self.spent += usage;
        }
        item
    }

    /// Waits before the next attempt, or returns the error if there is none.
    async fn pause(&mut self, error: ChatError) -> Result<(), ChatError> {
        sleep(self.delay(error)?).await;
        Ok(())
    }

    fn delay(&mut self, error: ChatError) -> Result<Duration, ChatError> {
        let RetryPolicy { longest_delay, total, .. } = self.policy;
        let next = if error.is_retryable() { self.delays.next() } else { None };
        // Not before the time that the provider asks for. The delay on top spreads callers that failed together.
        let asked = error.retry_after().unwrap_or_default();
        let delay = next.map(|delay| asked.saturating_add(delay.min(longest_delay)));
        let rest = total.saturating_sub(self.begin.elapsed().saturating_sub(self.waited));
        // A delay that would end after the total time is cut, unless the provider asks for a longer one.
        let is_in_time = |delay: &Duration| *delay <= rest || (asked <= rest && !rest.is_zero());
        let Some(delay) = delay.filter(is_in_time).map(|delay| delay.min(rest)) else { return Err(error) };
        let text = error_chain(&error);
        tracing::warn!(model = self.model.name(), attempt = self.attempt, error = text, ?delay, "the call is repeated");
        self.attempt += 1;
        Ok(delay)
    }
}
