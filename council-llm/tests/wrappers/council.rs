//! Wrapped models in a council: the records of the calls, and the errors.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use council_core::{Outcome, RunError, error_chain};
use council_llm::{
    Budget, Cached, CallRecord, ChatError, ChatModel, ChatRequest, Council, CouncilBuilder, End, Fallback, Limiter,
    RateLimited, RateLimits, Retried, RetryPolicy, ScriptedAnswer, ScriptedModel, Usage, agent_retry,
};

use super::{overloaded, refused};

async fn run(model: impl ChatModel) -> Result<Council, RunError<Council>> {
    let graph = CouncilBuilder::new(model).retry(agent_retry().attempts(1)).build().unwrap();
    graph.run(Council::new("Rust")).await.map(Outcome::into_state)
}

/// The model of each call, with the fault of the call.
fn models(calls: &[CallRecord]) -> Vec<(&str, Option<&str>)> {
    calls.iter().map(|call| (call.model.as_str(), call.fault.as_deref())).collect()
}

#[tokio::test(start_paused = true)]
async fn a_call_is_recorded_under_the_model_that_answered() {
    let first = ScriptedModel::new("first", [refused(), "SCORE: 9".into(), refused()]);
    let second = Fallback::new(
        ScriptedModel::new("second", ["A draft.".into(), refused()]),
        ScriptedModel::new("third", ["The document."]),
    );
    let limited = RateLimited::new(Fallback::new(first, second), &Limiter::new(RateLimits::default()));
    let cached = Cached::new(Budget::new("essays", limited).calls(9));
    let model = Arc::new(Retried::new(cached).policy(RetryPolicy::default().attempts(1)));
    for _ in 0..2 {
        // The second council gets its answers from the cache.
        let council = run(Arc::clone(&model)).await.unwrap();
        assert_eq!(models(&council.calls), [("second", None), ("first", None), ("third", None)]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_fault_is_recorded_under_the_model_that_had_it() {
    let withheld = ScriptedAnswer::from("Part").then_end(End::new("content_filter"));
    let broken = ScriptedAnswer::from("Part").usage(Usage::new(9, 1)).then_error(|| ChatError::Truncated);
    let second = ScriptedModel::new("second", [withheld, " ".into(), broken, "A draft.".into()]);
    let rest = ["SCORE: 9".into(), "The document.".into()];
    let first = ScriptedModel::new("first", [refused(), refused(), refused(), refused()].into_iter().chain(rest));
    let graph = CouncilBuilder::new(Fallback::new(first, second)).build().unwrap();
    let council = graph.run(Council::new("Rust")).await.unwrap().into_state();
    let faults = [
        Some("the provider withheld the answer or a part of it"),
        Some("the answer was empty"),
        Some(
            "model `first` failed (provider answered HTTP 401: wrong key), and so did its fallback `second`: the answer was cut off before \
             the model had finished it",
        ),
        None,
    ];
    let of_second: Vec<_> = faults.into_iter().map(|fault| ("second", fault)).collect();
    assert_eq!(models(&council.calls), [of_second, vec![("first", None), ("first", None)]].concat());
    assert_eq!(council.usage, Usage::new(9, 1));
}

#[tokio::test(start_paused = true)]
async fn the_error_has_the_failures_of_both_models() {
    let unknown = || ScriptedAnswer::error(|| ChatError::status("other", 404, "model `small` does not exist", None));
    let model = Fallback::new(ScriptedModel::new("large", [refused()]), ScriptedModel::new("small", [unknown()]));
    let error = error_chain(&run(model).await.unwrap_err());
    assert!(
        error.ends_with(
            "model `large` gave no answer: model `large` failed (provider answered HTTP 401: wrong key), and so did its fallback `small`: \
             other answered HTTP 404: model `small` does not exist"
        ),
        "{error}"
    );

    let withheld = ScriptedAnswer::from("Part").then_end(End::new("content_filter"));
    let model = Fallback::new(ScriptedModel::new("large", [refused()]), ScriptedModel::new("small", [withheld]));
    let error = error_chain(&run(model).await.unwrap_err());
    assert!(error.contains("model `small` gave no answer that can be used"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn the_error_of_the_second_model_decides_on_a_retry_and_names_the_last_error_of_the_first() {
    let first = ScriptedModel::new("first", [overloaded()]);
    let slow = || ScriptedAnswer::error(|| ChatError::status("other", 429, "slow", Duration::from_secs(7)));
    let model = Fallback::new(first.clone(), ScriptedModel::new("second", [slow(), slow(), refused()])).failures(1);
    for expected in [Some(7), Some(7), None] {
        let error = model.complete(ChatRequest::user("a")).await.unwrap_err();
        assert_eq!(error.retry_after().map(|wait| wait.as_secs()), expected);
        assert_eq!(error.is_retryable(), expected.is_some());
        assert!(error.to_string().contains("HTTP 503: overloaded"), "{error}");
        assert!(error.source().unwrap().to_string().starts_with("other") || expected.is_none());
    }
    assert_eq!(first.requests().len(), 1);
}

/// A draft, an unclear verdict and two clarifications of the same text, twice, and a clear verdict in the third round.
#[tokio::test(start_paused = true)]
async fn a_cache_forgets_an_answer_that_the_critic_asks_for_again() {
    let master = ScriptedModel::new("master", ["A draft."]);
    let unclear = "I do not know.";
    let critic = ScriptedModel::new("critic", [unclear, unclear, unclear, unclear, unclear, "SCORE: 9"]);
    let writer = ScriptedModel::new("writer", ["The document."]);
    let graph = CouncilBuilder::new(writer)
        .master_model(Cached::new(master.repeating()))
        .critic_model(Cached::new(critic.clone()));
    let council = graph.build().unwrap().run(Council::new("Rust")).await.unwrap().into_state();
    assert_eq!((council.score, critic.requests().len()), (Some(9.0), 6));
}

#[tokio::test(start_paused = true)]
async fn a_cache_forgets_an_answer_of_reasoning_only() {
    let model = ScriptedModel::new("gpt", ["<think>Let me see.", "A draft.", "SCORE: 9", "The document."]);
    let graph = CouncilBuilder::new(Cached::new(model)).build().unwrap();
    let council = graph.run(Council::new("Rust")).await.unwrap().into_state();
    assert_eq!(council.draft, "A draft.");
}

#[tokio::test]
async fn every_wrapper_lets_its_cache_forget() {
    let cached = Cached::new(ScriptedModel::new("gpt", ["One.", "Two."]));
    let limited = RateLimited::new(Budget::new("essays", cached), &Limiter::new(RateLimits::default()));
    let model = Arc::new(Retried::new(Fallback::new(limited, ScriptedModel::new("other", ["Other."]))));
    let request = ChatRequest::user("Count.");
    for expected in ["One.", "One."] {
        assert_eq!(model.complete(request.clone()).await.unwrap().text, expected);
    }
    model.forget(&request);
    assert_eq!(model.complete(request).await.unwrap().text, "Two.");
}
