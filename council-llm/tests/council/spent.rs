//! Tokens that a provider had reported before an answer broke off: the state and a budget have the same sum.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use council_core::Failure;
use council_llm::{
    AgentError, Budget, ChatError, ChatEvent, ChatModel, Council, CouncilBuilder, End, Fallback, Feedback,
    ScriptedAnswer, ScriptedModel, Usage, WaitReason,
};

use crate::room::too_long;
use crate::streams::Streams;

fn reported() -> Usage {
    Usage::new(100, 1)
}

/// Runs a council with this model, and returns its state and the tokens that a budget has counted.
async fn run(model: impl ChatModel, council: Council) -> (Council, Usage) {
    let model = Arc::new(Budget::new("essays", model));
    let graph = CouncilBuilder::new(Arc::clone(&model)).build().unwrap();
    (graph.run(council).await.unwrap().into_state(), model.usage())
}

/// The model has reported tokens, and breaks off.
fn breaks_off(error: ChatError) -> Vec<Result<ChatEvent, ChatError>> {
    vec![Ok(ChatEvent::Spent(reported())), Err(error)]
}

fn answers() -> [ScriptedAnswer; 3] {
    ["A draft.", "SCORE: 9", "The document."].map(ScriptedAnswer::from)
}

#[tokio::test(start_paused = true)]
async fn the_tokens_before_an_error_count_whatever_the_error_is() {
    let errors: [fn() -> ChatError; 2] =
        [|| ChatError::in_stream("provider", "overloaded_error", "busy"), || ChatError::Truncated];
    for error in errors {
        let broken = ScriptedAnswer::error(error).usage(reported());
        let model = ScriptedModel::new("gpt", [broken].into_iter().chain(answers()));
        let (council, counted) = run(model, Council::new("Rust")).await;
        assert_eq!((council.usage, counted, council.calls[0].usage), (reported(), reported(), reported()));
        assert!(council.calls[0].fault.is_some());
    }
}

#[tokio::test(start_paused = true)]
async fn the_tokens_of_a_model_count_if_its_fallback_has_to_wait() {
    let until = SystemTime::now().duration_since(UNIX_EPOCH).unwrap() + Duration::from_secs(3_600);
    let until = u64::try_from(until.as_millis()).unwrap();
    let waits = vec![Ok(ChatEvent::waiting(WaitReason::Slot, until))];
    let first = Streams::new("first", [breaks_off(ChatError::Truncated)]);
    let second = Fallback::new(Streams::new("second", [waits]), ScriptedModel::new("third", answers()));
    let model = Fallback::new(first, second).failures(1).pause(Duration::MAX);
    let (council, counted) = run(model, Council::new("Rust")).await;
    assert_eq!((council.usage, counted), (reported(), reported()));
}

#[tokio::test]
async fn the_tokens_of_a_model_count_if_the_request_is_too_long_for_its_fallback() {
    let first = Streams::new("first", [breaks_off(ChatError::Truncated)]);
    let second = ScriptedModel::new("second", [too_long()].into_iter().chain(answers()));
    let model = Fallback::new(first, second).failures(1).pause(Duration::MAX);
    let mut council = Council::new("Rust");
    council.feedback = ["Shorter.", "Longer.", "Shorter again."].map(|text| Feedback::Chair(text.to_owned())).into();
    let (council, counted) = run(model, council).await;
    assert_eq!((council.usage, counted), (reported(), reported()));
    assert_eq!(council.calls[0].feedback_left_out, 2);
}

#[tokio::test]
async fn the_tokens_of_a_model_are_in_the_error_if_the_request_is_too_long_for_its_fallback() {
    let first = Streams::new("first", [breaks_off(ChatError::Truncated)]);
    let model = Fallback::new(first, ScriptedModel::new("second", [too_long()])).failures(1);
    let error = CouncilBuilder::new(model).build().unwrap().run(Council::new("Rust")).await.unwrap_err();
    let Failure::Node { source, .. } = error.failure() else { panic!("{error}") };
    let calls = source.downcast_ref::<AgentError>().unwrap().calls();
    assert_eq!(calls.iter().map(|call| call.usage).collect::<Vec<_>>(), [reported()]);
    assert!(calls[0].fault.as_deref().unwrap().contains("prompt is too long"));
}

/// The first model answers in part, and reports tokens for the continuation, which is too long for its fallback.
#[tokio::test]
async fn the_tokens_of_a_continuation_that_is_too_long_count_when_the_run_begins_the_answer_again() {
    let cut = Usage::new(10, 5);
    let begins = vec![Ok(ChatEvent::Delta("A dra".to_owned())), Ok(ChatEvent::Done(End::new("length").usage(cut)))];
    let second = ScriptedModel::new("second", [too_long()].into_iter().chain(answers()));
    let first = Streams::new("first", [begins, breaks_off(ChatError::Truncated)]);
    let model = Arc::new(Budget::new("essays", Fallback::new(first, second.clone()).failures(1).pause(Duration::MAX)));
    let graph = CouncilBuilder::new(Arc::clone(&model)).build().unwrap();
    let error = graph.run(Council::new("Rust")).await.unwrap_err();
    let council = graph.resume(error.into_position()).await.unwrap().into_state();
    assert_eq!(council.draft, "A draft.");
    let of_master: Vec<_> = council.calls[..3].iter().map(|call| (call.usage, call.fault.is_some())).collect();
    assert_eq!(of_master, [(cut, true), (reported(), true), (Usage::default(), false)]);
    assert_eq!(council.usage, model.usage());
    assert_eq!(second.requests()[1].messages.len(), 1);
}
