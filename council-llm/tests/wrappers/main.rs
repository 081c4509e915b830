//! `Budget`, `Fallback`, `Cached` and other wrappers: which model is called, and what the caller gets. Time is paused.
#![expect(clippy::unwrap_used, reason = "the helpers of a test are a test, too")]

use std::time::Duration;

use async_trait::async_trait;
use council_core::error_chain;
use council_llm::{
    Budget, Cached, ChatError, ChatEvent, ChatModel, ChatRequest, ChatStream, End, Fallback, Limiter, RateLimited,
    RateLimits, Retried, RetryPolicy, ScriptedAnswer, ScriptedModel, Usage, WaitReason,
};
use futures_util::StreamExt;
use tokio::time::{Instant, sleep};

#[path = "../support/streams.rs"]
mod streams;

mod budget;
mod council;

/// The text of an answer, or its error with all causes.
async fn ask(model: &impl ChatModel, text: &str) -> String {
    match model.complete(ChatRequest::user(text)).await {
        Ok(reply) => reply.text,
        Err(error) => format!("{}: {}", if error.is_retryable() { "passing" } else { "final" }, error_chain(&error)),
    }
}

fn overloaded() -> ScriptedAnswer {
    ScriptedAnswer::error(|| ChatError::status("provider", 503, "overloaded", None))
}

fn refused() -> ScriptedAnswer {
    ScriptedAnswer::error(|| ChatError::status("provider", 401, "wrong key", None))
}

#[tokio::test]
async fn a_fallback_answers_what_no_retry_can_mend_and_the_first_model_stays_in_use() {
    let first = ScriptedModel::new("first", [refused(), "First.".into()]);
    let model = Fallback::new(first, ScriptedModel::new("second", ["Second."]));
    assert_eq!(ask(&model, "a").await, "Second.");
    assert_eq!(ask(&model, "b").await, "First.");
}

#[tokio::test(start_paused = true)]
async fn a_fallback_answers_after_failures_in_a_row_until_its_pause_is_over() {
    let answers = [overloaded(), "First.".into(), overloaded(), overloaded(), "First again.".into()];
    let first = ScriptedModel::new("first", answers);
    let model = Fallback::new(first.clone(), ScriptedModel::new("second", ["Second."]).repeating())
        .failures(2)
        .pause(Duration::from_secs(60));
    let mut seen = Vec::new();
    for request in ["a", "b", "c", "d", "e"] {
        seen.push(ask(&model, request).await);
    }
    let passing = "passing: provider answered HTTP 503: overloaded";
    assert_eq!(seen, [passing, "First.", passing, "Second.", "Second."]);
    assert_eq!(first.requests().len(), 4);
    tokio::time::advance(Duration::from_secs(60)).await;
    assert_eq!(ask(&model, "f").await, "First again.");
}

#[tokio::test(start_paused = true)]
async fn a_fallback_answers_at_once_if_the_first_model_asks_for_a_wait_beyond_the_pause() {
    let asks = |seconds| {
        ScriptedAnswer::error(move || ChatError::status("provider", 429, "slow down", Duration::from_secs(seconds)))
    };
    let first = ScriptedModel::new("first", [asks(60), asks(3_600), "First.".into(), asks(u64::MAX), "First.".into()]);
    let model = Fallback::new(first.clone(), ScriptedModel::new("second", ["Second."]).repeating())
        .pause(Duration::from_secs(60));
    assert_eq!(ask(&model, "a").await, "passing: provider answered HTTP 429: slow down");
    assert_eq!(ask(&model, "b").await, "Second.");
    tokio::time::advance(Duration::from_secs(3_599)).await;
    assert_eq!(ask(&model, "c").await, "Second.");
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!((ask(&model, "d").await, ask(&model, "e").await), ("First.".to_owned(), "Second.".to_owned()));
    tokio::time::advance(Duration::from_secs(24 * 60 * 60)).await;
    assert_eq!(ask(&model, "f").await, "First.");
    assert_eq!(first.requests().len(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_pause_may_be_without_end() {
    let first = ScriptedModel::new("first", [overloaded()]);
    let model = Fallback::new(first.clone(), ScriptedModel::new("second", ["Second."]).repeating())
        .failures(1)
        .pause(Duration::MAX);
    for request in ["a", "b"] {
        assert_eq!(ask(&model, request).await, "Second.");
        tokio::time::advance(Duration::from_secs(24 * 60 * 60)).await;
    }
    assert_eq!(first.requests().len(), 1);
}

#[tokio::test]
async fn an_answer_that_has_begun_is_not_replaced() {
    let cut = ScriptedAnswer::from("A dra").then_error(|| ChatError::request("provider", "no"));
    let second = ScriptedModel::new("second", ["Second."]);
    let model = Fallback::new(ScriptedModel::new("first", [cut]), second.clone());
    let events: Vec<_> = model.stream(ChatRequest::user("a")).await.unwrap().collect().await;
    assert!(matches!(events.as_slice(), [Ok(_), Ok(_), Err(ChatError::Request { .. })]), "{events:?}");
    assert!(second.requests().is_empty());
}

#[tokio::test]
async fn a_fallback_shows_the_wait_of_the_first_model_and_then_replaces_it() {
    let limiter = Limiter::new(RateLimits::default().concurrency(1));
    let first = RateLimited::new(ScriptedModel::new("first", ["First.".into(), refused()]), &limiter);
    let model = Fallback::new(first, ScriptedModel::new("second", ["Second."]));
    let working = model.stream(ChatRequest::user("a")).await.unwrap();
    let mut waiting = model.stream(ChatRequest::user("b")).await.unwrap();
    assert_eq!(waiting.next().await.unwrap().unwrap(), ChatEvent::waiting(WaitReason::Slot, None));
    drop(working);
    assert_eq!(waiting.next().await.unwrap().unwrap(), ChatEvent::Sent);
    assert_eq!(waiting.next().await.unwrap().unwrap(), ChatEvent::Delta("Second.".into()));
}

#[tokio::test]
async fn a_cache_answers_the_same_request_and_stores_only_whole_answers() {
    let cut = ScriptedAnswer::from("A dra").then_error(|| ChatError::Truncated);
    let billed = ScriptedAnswer::from("One.").usage(Usage::new(9, 1));
    let scripted = ScriptedModel::new("scripted", [cut, " ".into(), billed, "Two.".into()]);
    let model = Cached::new(scripted.clone());
    assert!(ask(&model, "a").await.starts_with("passing: "));
    assert_eq!(ask(&model, "a").await, " ");
    assert_eq!(model.complete(ChatRequest::user("a")).await.unwrap().end.usage, Usage::new(9, 1));
    let stored = model.complete(ChatRequest::user("a")).await.unwrap();
    assert_eq!((stored.text.as_str(), stored.end.usage), ("One.", Usage::default()));
    let warmer = ChatRequest::user("a").temperature(0.9);
    assert_eq!(model.complete(warmer).await.unwrap().text, "Two.");
    assert_eq!(scripted.requests().len(), 4);
}

#[tokio::test]
async fn a_full_cache_drops_the_answer_that_was_not_used_for_the_longest_time() {
    let scripted = ScriptedModel::new("scripted", ["1", "2", "3", "4"]);
    let model = Cached::new(scripted).capacity(2);
    let mut seen = Vec::new();
    for request in ["a", "b", "a", "c", "a", "b"] {
        seen.push(ask(&model, request).await);
    }
    assert_eq!(seen, ["1", "2", "1", "3", "1", "4"]);
}

/// A model that reads the prompt `b` for two minutes before it answers or fails.
struct Slow(ScriptedModel);

#[async_trait]
impl ChatModel for Slow {
    fn name(&self) -> &str {
        self.0.name()
    }

    async fn stream(&self, request: ChatRequest) -> Result<ChatStream, ChatError> {
        if request.messages[0].content == "b" {
            sleep(2 * MINUTE).await;
        }
        self.0.stream(request).await
    }
}

/// The events of a call that waits behind another one, each with the minute at which it comes.
async fn seen_behind_another_call(model: impl ChatModel) -> Vec<(u64, ChatEvent)> {
    let begin = Instant::now();
    let mut first = model.stream(ChatRequest::user("a")).await.unwrap();
    let mut second = model.stream(ChatRequest::user("b")).await.unwrap();
    let working = async {
        sleep(10 * MINUTE).await;
        while first.next().await.is_some() {}
    };
    let mut events = Vec::new();
    let waiting = async {
        while let Some(event) = second.next().await {
            events.push((begin.elapsed().as_secs() / 60, event.unwrap()));
        }
    };
    tokio::join!(working, waiting);
    events
}

#[tokio::test(start_paused = true)]
async fn every_wrapper_says_that_a_call_is_sent_before_its_first_token() {
    let slot = (RateLimits::default().concurrency(1), 10);
    let quota = (RateLimits::default().requests_per_minute(1), 1);
    for (limits, sent) in [slot, quota] {
        let scripted = ScriptedModel::new("slow", ["First.", "Second."]);
        let limited = RateLimited::new(Slow(scripted), &Limiter::new(limits));
        let cached = Cached::new(Budget::new("essays", limited).calls(2));
        let model = Retried::new(Fallback::new(cached, ScriptedModel::new("other", ["Other."])));
        let events = seen_behind_another_call(model).await;
        assert!(matches!(events[0], (0, ChatEvent::Waiting { .. })), "{events:?}");
        let answer = [ChatEvent::Delta("Second.".into()), ChatEvent::Done(End::new("end_turn"))];
        let [delta, done] = answer.map(|event| (sent + 2, event));
        assert_eq!(events[1..], [(sent, ChatEvent::Sent), delta, done]);
    }
}

#[tokio::test(start_paused = true)]
async fn the_time_after_a_wait_counts_to_the_time_of_a_retry() {
    let policy = RetryPolicy::default().total(MINUTE);
    for is_whole in [false, true] {
        let limiter = Limiter::new(RateLimits::default().concurrency(1));
        let other = RateLimited::new(ScriptedModel::new("other", ["Other."]), &limiter);
        let slow = ScriptedModel::new("slow", [overloaded(), "Too late.".into()]);
        let model = Retried::new(RateLimited::new(Slow(slow.clone()), &limiter)).policy(policy);
        let working = other.stream(ChatRequest::user("a")).await.unwrap();
        let call = async {
            let request = ChatRequest::user("b");
            if is_whole {
                model.complete(request).await.unwrap_err().to_string()
            } else {
                let mut items = model.stream(request).await.unwrap();
                assert!(matches!(items.next().await, Some(Ok(ChatEvent::Waiting { .. }))));
                assert_eq!(items.next().await.unwrap().unwrap(), ChatEvent::Sent);
                items.next().await.unwrap().unwrap_err().to_string()
            }
        };
        let end = async {
            sleep(10 * MINUTE).await;
            drop(working);
        };
        let (error, ()) = tokio::join!(call, end);
        assert_eq!((error.as_str(), slow.requests().len()), ("provider answered HTTP 503: overloaded", 1));
    }
}

const MINUTE: Duration = Duration::from_secs(60);
