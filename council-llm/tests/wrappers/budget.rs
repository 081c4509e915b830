//! `Budget`: which calls and tokens it counts.

use std::io;
use std::sync::Arc;

use council_llm::{
    Budget, Cached, ChatError, ChatEvent, ChatModel, ChatRequest, End, Fallback, Limiter, RateLimited, RateLimits,
    Retried, ScriptedAnswer, ScriptedModel, Usage, WaitReason,
};
use futures_util::StreamExt;

use crate::streams::Streams;
use crate::{ask, overloaded, refused};

#[tokio::test]
async fn a_budget_ends_at_its_calls_or_tokens_for_all_models_that_share_it() {
    let answer = || ScriptedAnswer::from("Yes.").usage(Usage::new(60, 40));
    let model = |name: &str| ScriptedModel::new(name, [answer()]).repeating();
    let watched = model("author");
    let author = Budget::new("essays", watched.clone()).calls(3).tokens(1_000);
    let critic = author.share(model("critic"));
    assert_eq!((ask(&author, "a").await, ask(&critic, "b").await), ("Yes.".to_owned(), "Yes.".to_owned()));
    assert_eq!(author.usage(), Usage::new(120, 80));
    ask(&author, "c").await;
    assert_eq!(ask(&author, "d").await, "final: the call failed: the budget `essays` of 3 calls is spent");
    assert_eq!(watched.requests().len(), 2);

    let author = Budget::new("tokens", model("author")).tokens(101);
    assert_eq!((ask(&author, "a").await, ask(&author, "b").await), ("Yes.".to_owned(), "Yes.".to_owned()));
    assert_eq!(ask(&author, "c").await, "final: the call failed: the budget `tokens` of 101 tokens is spent");
}

#[tokio::test]
async fn a_failed_call_counts_to_its_budget_if_it_may_have_cost_something() {
    let spent = "final: the call failed: the budget `essays` of 1 calls is spent";
    let unreachable = || ChatError::connection("provider", "gpu:1", io::Error::other("refused"));
    let free = [overloaded(), refused(), ScriptedAnswer::error(unreachable), "Yes.".into()];
    let model = Budget::new("essays", ScriptedModel::new("author", free)).calls(1);
    for expected in ["passing: provider answered HTTP 503: overloaded", "final: provider answered HTTP 401: wrong key"]
    {
        assert_eq!(ask(&model, "a").await, expected);
    }
    assert_eq!(ask(&model, "a").await, "passing: the connection to provider at gpu:1 failed: refused");
    assert_eq!((ask(&model, "a").await.as_str(), ask(&model, "a").await.as_str()), ("Yes.", spent));

    let in_stream = || ChatError::in_stream("provider", "overloaded_error", "too many calls");
    for paid in [ScriptedAnswer::from("Y").then_error(in_stream), ScriptedAnswer::error(|| ChatError::Truncated)] {
        let model = Budget::new("essays", ScriptedModel::new("author", [paid])).calls(1);
        assert!(ask(&model, "a").await.starts_with("passing: "));
        assert_eq!(ask(&model, "a").await, spent);
    }
}

#[tokio::test]
async fn a_call_that_is_given_up_in_the_queue_does_not_count_to_its_budget() {
    let limiter = Limiter::new(RateLimits::default().concurrency(1));
    let other = RateLimited::new(ScriptedModel::new("other", ["Other."]), &limiter);
    let model = RateLimited::new(ScriptedModel::new("author", ["Yes."]), &limiter);
    let model = Budget::new("essays", model).calls(1);
    let working = other.stream(ChatRequest::user("a")).await.unwrap();
    let mut waiting = model.stream(ChatRequest::user("b")).await.unwrap();
    assert!(matches!(waiting.next().await, Some(Ok(ChatEvent::Waiting { .. }))));
    drop(waiting);
    drop(working);
    assert_eq!(ask(&model, "c").await, "Yes.");
}

/// An answer that breaks off while its model reasons.
fn breaks_off() -> Vec<Result<ChatEvent, ChatError>> {
    let before = [ChatEvent::Reasoning("Hm".to_owned()), ChatEvent::Spent(Usage::new(10, 1))];
    before.map(Ok).into_iter().chain([Err(ChatError::Truncated)]).collect()
}

/// A budget counts them, a fallback passes them on beside the answer of the other model, and a cache does not repeat them.
#[tokio::test]
async fn the_tokens_of_an_answer_that_breaks_off_count_once() {
    let first = Arc::new(Budget::new("essays", Streams::new("first", [breaks_off()])).tokens(11));
    let other = ScriptedModel::new("other", [ScriptedAnswer::from("Yes.").usage(Usage::new(60, 40))]);
    let model = Cached::new(Fallback::new(Arc::clone(&first), other).failures(1));
    let reply = model.complete(ChatRequest::user("a")).await.unwrap();
    assert_eq!((reply.text.as_str(), reply.end.usage), ("Yes.", Usage::new(70, 41)));
    let again = model.complete(ChatRequest::user("a")).await.unwrap();
    assert_eq!((again.text.as_str(), again.end.usage), ("Yes.", Usage::default()));
    assert_eq!(first.usage(), Usage::new(10, 1));
    assert_eq!(ask(&first, "b").await, "final: the call failed: the budget `essays` of 11 tokens is spent");
}

/// A fallback that waits for its second model, after the first one has answered in part.
#[tokio::test]
async fn a_call_that_was_paid_counts_to_its_budget_whatever_its_fallback_does() {
    for is_given_up in [true, false] {
        let limiter = Limiter::new(RateLimits::default().concurrency(1));
        let other = RateLimited::new(ScriptedModel::new("other", ["Other."]), &limiter);
        let second = RateLimited::new(ScriptedModel::new("second", [refused()]), &limiter);
        let model = Fallback::new(Streams::new("first", [breaks_off()]), second).failures(1);
        let model = Budget::new("essays", model).calls(1);
        let working = other.stream(ChatRequest::user("a")).await.unwrap();
        let mut items = model.stream(ChatRequest::user("b")).await.unwrap();
        while !matches!(items.next().await, Some(Ok(ChatEvent::Waiting { .. }))) {}
        if is_given_up {
            drop((items, working));
        } else {
            drop(working);
            while items.next().await.is_some() {}
        }
        assert_eq!(ask(&model, "c").await, "final: the call failed: the budget `essays` of 1 calls is spent");
    }
}

#[tokio::test]
async fn a_call_whose_tokens_were_reported_counts_to_its_budget() {
    let in_stream = Err(ChatError::in_stream("provider", "overloaded_error", "too many calls"));
    let waited = [ChatEvent::waiting(WaitReason::Slot, None), ChatEvent::Done(End::new("end_turn"))];
    for items in [vec![Ok(ChatEvent::Spent(Usage::new(10, 1))), in_stream], waited.map(Ok).into()] {
        let model = Budget::new("essays", Streams::new("author", [items])).calls(1);
        ask(&model, "a").await;
        assert_eq!(ask(&model, "b").await, "final: the call failed: the budget `essays` of 1 calls is spent");
    }
}

#[tokio::test(start_paused = true)]
async fn the_tokens_of_a_repeated_call_count() {
    let answer = [ChatEvent::Delta("Yes.".into()), ChatEvent::Done(End::new("end_turn").usage(Usage::new(60, 40)))];
    let answered = || Streams::new("author", [breaks_off(), breaks_off(), answer.clone().map(Ok).into(), breaks_off()]);
    let reply = Retried::new(answered()).complete(ChatRequest::default()).await.unwrap();
    assert_eq!(reply.end.usage, Usage::new(80, 42));
    let model = Budget::new("essays", Retried::new(answered()));
    let reply = model.complete(ChatRequest::default()).await.unwrap();
    assert_eq!((reply.end.usage, model.usage()), (Usage::new(80, 42), Usage::new(80, 42)));
    // The last stream breaks off, and no other is left.
    model.complete(ChatRequest::default()).await.unwrap_err();
    assert_eq!(model.usage(), Usage::new(90, 43));
}

/// The second model waits, fails and is called again, although the first one has reasoned.
#[tokio::test(start_paused = true)]
async fn a_call_that_waits_after_reasoning_is_repeated() {
    let limiter = Limiter::new(RateLimits::default().concurrency(1));
    let other = RateLimited::new(ScriptedModel::new("other", ["Other."]), &limiter);
    let second = RateLimited::new(ScriptedModel::new("second", [overloaded(), "Yes.".into()]), &limiter);
    let model = Retried::new(Fallback::new(Streams::new("first", [breaks_off()]), second).failures(1));
    let working = other.stream(ChatRequest::user("a")).await.unwrap();
    let mut items = model.stream(ChatRequest::user("b")).await.unwrap();
    while !matches!(items.next().await, Some(Ok(ChatEvent::Waiting { .. }))) {}
    drop(working);
    let mut text = String::new();
    while let Some(item) = items.next().await {
        if let ChatEvent::Delta(delta) = item.unwrap() {
            text += &delta;
        }
    }
    assert_eq!(text, "Yes.");
}
