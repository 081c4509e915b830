//! Requests that a model refuses, and that are changed as the refusal says.

use std::time::Duration;

use council_llm::{CallLimits, ChatEvent, ChatModel, ChatRequest, Limiter, OpenAi, RateLimits, WaitReason};
use futures_util::StreamExt;
use serde_json::{Value, json};

use crate::clock::on_a_slow_clock;
use crate::dialect::Dialect;
use crate::picture::request;
use crate::server::{Received, Reply, Server};

fn refusal(status: u16, message: &str) -> Reply {
    Reply::json(status, &Dialect::OpenAi.error("invalid_request_error", message))
}

/// Calls a server twice, which refuses the first request in these words. Returns the values of a field in the three requests.
async fn sent(dialect: Dialect, status: u16, words: &str, call: &ChatRequest, field: &str) -> [Value; 3] {
    let answer = || Reply::json(200, &dialect.reply("a"));
    let server = Server::answering([refusal(status, words), answer(), answer()]).await;
    let model = dialect.model(&server, CallLimits::default(), true);
    for _ in 0..2 {
        assert_eq!(model.complete(call.clone()).await.unwrap().text, "a", "{words}");
    }
    let sent: Vec<Value> = server.received().into_iter().map(|request| request.body[field].clone()).collect();
    sent.try_into().unwrap()
}

#[tokio::test]
async fn a_model_that_refuses_a_temperature_is_called_without_it() {
    for (dialect, words) in [
        (Dialect::Anthropic, "`temperature` is deprecated for this model."),
        (Dialect::OpenAi, "Unsupported value: 'temperature' does not support 0.7 with this model."),
        (Dialect::OpenAi, "Unsupported parameter: 'temperature' is not supported with this model."),
        (Dialect::OpenAi, "invalid temperature: only 1 is allowed for this model"),
    ] {
        assert_eq!(sent(dialect, 400, words, &request(), "temperature").await, [json!(0.7), json!(null), json!(null)]);
    }
}

#[tokio::test]
async fn a_server_that_refuses_stream_options_is_called_without_them() {
    let some = json!({ "include_usage": true });
    for (status, words) in
        [(400, "Unrecognized request argument supplied: stream_options"), (422, "stream_options: extra")]
    {
        let sent = sent(Dialect::OpenAi, status, words, &request(), "stream_options").await;
        assert_eq!(sent, [some.clone(), json!(null), json!(null)]);
    }
}

#[tokio::test]
async fn a_model_that_does_not_stream_answers_whole() {
    for words in [
        "Unsupported value: 'stream' does not support true with this model. Only the default (false) value is supported.",
        "Your organization must be verified to stream this model.",
    ] {
        let sent = sent(Dialect::OpenAi, 400, words, &request(), "stream").await;
        assert_eq!(sent, [json!(true), json!(false), json!(false)]);
    }
}

#[tokio::test]
async fn a_model_without_messages_of_the_system_gets_the_text_in_the_first_message() {
    let before = json!([{ "role": "system", "content": "You are terse." }, { "role": "user", "content": "Grüß Gott" }]);
    let after = json!([{ "role": "user", "content": "You are terse.\n\nGrüß Gott" }]);
    for (status, words) in [
        (500, "Jinja Exception: System role not supported"),
        (400, "Unsupported value: 'messages[0].role' does not support 'system' with this model."),
        (400, "Conversation roles must alternate user/assistant/user/assistant/..."),
        (400, "Developer instruction is not enabled for models/gemma-3-27b-it"),
    ] {
        let sent = sent(Dialect::OpenAi, status, words, &request(), "messages").await;
        assert_eq!(sent, [before.clone(), after.clone(), after.clone()], "{words}");
    }
}

#[tokio::test]
async fn a_change_that_does_not_help_is_tried_once() {
    let refuse = |request: &Received| {
        let field = if request.body["max_tokens"].is_null() { "max_completion_tokens" } else { "max_tokens" };
        refusal(400, &format!("Unsupported parameter: '{field}' is not supported with this model."))
    };
    let server = Server::deciding(refuse).await;
    let model = Dialect::OpenAi.model(&server, CallLimits::default(), true);
    for calls in [2, 3] {
        let error = model.complete(request()).await.unwrap_err();
        assert!(error.to_string().contains("'max_completion_tokens' is not supported"), "{error}");
        assert_eq!(server.received().len(), calls);
    }
}

#[tokio::test]
async fn a_limit_with_the_wrong_name_gets_the_other_name() {
    let words =
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.";
    for (field, expected) in [
        ("max_tokens", [json!(64), json!(null), json!(null)]),
        ("max_completion_tokens", [json!(null), json!(64), json!(64)]),
    ] {
        assert_eq!(sent(Dialect::OpenAi, 400, words, &request(), field).await, expected);
    }
}

#[tokio::test]
async fn the_longest_answer_of_a_model_is_learnt_from_its_refusal() {
    let bare = ChatRequest::user("Grüß Gott");
    let words = "max_tokens: 128000 > 8192, which is the maximum allowed number of output tokens for claude-test";
    let unlimited = sent(Dialect::Anthropic, 400, words, &bare, "max_tokens").await;
    assert_eq!(unlimited, [json!(128_000), json!(8192), json!(8192)]);

    let words = "max_tokens is too large: 40000. This model supports at most 16384 completion tokens, whereas you provided 40000.";
    let long = bare.max_tokens(40_000);
    let sent = sent(Dialect::OpenAi, 400, words, &long, "max_tokens").await;
    assert_eq!(sent, [json!(40_000), json!(16_384), json!(16_384)]);
}

/// The next prompt may be shorter, so the rest of the context behind this one is not remembered.
#[tokio::test]
async fn an_answer_that_does_not_fit_behind_its_prompt_is_made_shorter_for_this_request() {
    let words = "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens (3000 in the messages, 2000 in the completion).";
    let call = request().max_tokens(2000);
    assert_eq!(sent(Dialect::OpenAi, 400, words, &call, "max_tokens").await, [json!(2000), json!(1096), json!(2000)]);
}

#[tokio::test]
async fn a_refusal_that_names_no_change_is_an_error_at_once() {
    for (status, words) in [
        (400, "temperature: range: 0..1"),
        (400, "max_tokens must be at least 1"),
        (400, "an upstream server does not support this"),
        (404, "'temperature' is not supported with this model"),
        (500, "'temperature' is not supported with this model"),
        (400, "This model's maximum context length is 4096 tokens. However, your messages resulted in 5000 tokens."),
    ] {
        let server = Server::answering([refusal(status, words)]).await;
        let model = Dialect::OpenAi.model(&server, CallLimits::default(), true);
        let error = model.complete(request()).await.unwrap_err();
        let advice = if status == 404 { " (check the name `gpt-test` of the model)" } else { "" };
        assert_eq!(error.to_string(), format!("openai answered HTTP {status}: {words}{advice}"));
    }
}

#[tokio::test]
async fn several_changes_are_learnt_one_after_the_other() {
    let refusals = [
        refusal(400, "'temperature' is not supported with this model"),
        refusal(400, "Unrecognized request argument supplied: stream_options"),
        refusal(400, "System role not supported"),
    ];
    let server = Server::answering(refusals.into_iter().chain([Reply::json(200, &Dialect::OpenAi.reply("a"))])).await;
    let model = OpenAi::new("gpt-test", None).base_url(&server.base_url()).unwrap();
    assert_eq!(model.complete(request()).await.unwrap().text, "a");
    let last = server.received().pop().unwrap().body;
    let messages = json!([{ "role": "user", "content": "You are terse.\n\nGrüß Gott" }]);
    assert_eq!(last, json!({ "model": "gpt-test", "max_tokens": 64, "messages": messages, "stream": true }));
}

#[tokio::test]
async fn a_changed_request_counts_to_the_rate_and_waits_for_it() {
    let answer = Reply::json(200, &Dialect::OpenAi.reply("a"));
    let server = Server::answering([refusal(400, "'temperature' is not supported with this model"), answer]).await;
    let limiter = Limiter::new(RateLimits::default().requests_per_minute(1));
    let model = OpenAi::new("gpt-test", None).base_url(&server.base_url()).unwrap().limiter(&limiter);
    on_a_slow_clock(async {
        let mut items = model.stream(request()).await.unwrap();
        let first = items.next().await.unwrap().unwrap();
        assert!(matches!(first, ChatEvent::Waiting { reason: WaitReason::Quota, .. }), "{first:?}");
        assert_eq!(server.received().len(), 1);
    })
    .await;
}

/// A changed request that held the slot of the refused one would wait for itself.
#[tokio::test]
async fn a_changed_request_gets_the_only_slot() {
    let answer = Reply::json(200, &Dialect::OpenAi.reply("a"));
    let server = Server::answering([refusal(400, "'temperature' is not supported with this model"), answer]).await;
    let limiter = Limiter::new(RateLimits::default().concurrency(1));
    let model = OpenAi::new("gpt-test", None).base_url(&server.base_url()).unwrap().limiter(&limiter);
    let reply = on_a_slow_clock(tokio::time::timeout(Duration::from_secs(5), model.complete(request()))).await;
    assert_eq!(reply.expect("the call does not end").unwrap().text, "a");
}
