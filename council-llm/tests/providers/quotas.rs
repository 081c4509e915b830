//! The quotas and slots of providers: what their answers reveal, and which models share it.

use council_llm::{
    ApiDialect, CallLimits, ChatEvent, ChatModel, Environment, ModelSpec, ProviderSettings, RateLimits, WaitReason,
};
use futures_util::StreamExt;
use serde_json::json;

use crate::clock::on_a_slow_clock;
use crate::dialect::{Dialect, Say, script};
use crate::picture::request;
use crate::server::{Reply, Server};

const ANSWER: &[Say] = &[Say::Start, Say::Text("a"), Say::Stop, Say::End];

/// The first event of a call, or its error as text.
async fn first(model: &impl ChatModel) -> Result<ChatEvent, String> {
    let mut items = model.stream(request()).await.map_err(|error| error.to_string())?;
    items.next().await.unwrap().map_err(|error| error.to_string())
}

fn is_waiting(event: &Result<ChatEvent, String>, expected: WaitReason) -> bool {
    matches!(event, Ok(ChatEvent::Waiting { reason, .. }) if *reason == expected)
}

#[tokio::test]
async fn nobody_calls_before_a_spent_quota_is_full_again() {
    for (dialect, names) in [
        (Dialect::OpenAi, ["x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"]),
        (Dialect::OpenAi, ["x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"]),
        (Dialect::Anthropic, ["anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-reset"]),
    ] {
        let spent = script(ANSWER)(dialect).header(names[0], "0").header(names[1], "150ms");
        let server = Server::answering([spent, script(ANSWER)(dialect)]).await;
        let model = dialect.model(&server, CallLimits::default(), true);
        on_a_slow_clock(async {
            assert_eq!(first(&model).await, Ok(ChatEvent::Delta("a".into())));
            let mut second = model.stream(request()).await.unwrap();
            let waiting = second.next().await.unwrap().map_err(|error| error.to_string());
            assert!(is_waiting(&waiting, WaitReason::Quota), "{waiting:?}");
            assert_eq!(server.received().len(), 1);
            assert_eq!(second.next().await.unwrap().unwrap(), ChatEvent::Sent);
            assert_eq!(second.next().await.unwrap().unwrap(), ChatEvent::Delta("a".into()));
            assert_eq!(server.received().len(), 2);
        })
        .await;
    }
}

#[tokio::test]
async fn nobody_calls_before_the_time_of_a_retry_after() {
    for (status, reason) in [(429, WaitReason::Quota), (503, WaitReason::Overload)] {
        let refusal = Reply::json(status, &json!({ "error": "later" })).header("retry-after-ms", "150");
        let server = Server::answering([refusal, script(ANSWER)(Dialect::OpenAi)]).await;
        let model = Dialect::OpenAi.model(&server, CallLimits::default(), true);
        on_a_slow_clock(async {
            first(&model).await.unwrap_err();
            let waiting = first(&model).await;
            assert!(is_waiting(&waiting, reason), "{waiting:?}");
        })
        .await;
    }
}

#[tokio::test]
async fn a_local_server_that_was_busy_gets_one_call_at_a_time() {
    let busy = Reply::json(503, &json!({ "error": "no slot available" }));
    let open = script(&[Say::Start, Say::Text("a")])(Dialect::OpenAi).then_silence();
    let server = Server::answering([open, busy]).await;
    let model = Dialect::OpenAi.model(&server, CallLimits::default(), true);
    let mut working = model.stream(request()).await.unwrap();
    assert_eq!(working.next().await.unwrap().unwrap(), ChatEvent::Delta("a".into()));
    // The refused call waits for the slot, and the next call is not even sent.
    for _ in 0..2 {
        assert!(is_waiting(&first(&model).await, WaitReason::Slot));
    }
    assert_eq!(server.received().len(), 2);
}

/// The answers to two calls of one model, and then of another model with the same address and key.
async fn beside_another_model(first_reply: Reply) -> [Result<ChatEvent, String>; 2] {
    let server = Server::answering([first_reply, script(ANSWER)(Dialect::OpenAi)]).await;
    let environment = Environment::default().openai_base_url(server.base_url()).openai_api_key("sk-the-key");
    let model = |name: &str| environment.model(&ModelSpec::OpenAi(name.to_owned())).unwrap();
    let _ = first(&model("gpt-a")).await;
    [first(&model("gpt-a")).await, first(&model("gpt-b")).await]
}

#[tokio::test]
async fn a_model_without_quota_does_not_hold_back_another_model_with_the_same_key() {
    let reported = |names: [&str; 2]| script(ANSWER)(Dialect::OpenAi).header(names[0], "0").header(names[1], "1h");
    let refusal = |status| Reply::json(status, &json!({ "error": "later" })).header("retry-after", "3600");
    for (reply, for_all_models) in [
        (reported(["x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"]), None),
        (reported(["x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"]), None),
        (reported(["x-ratelimit-remaining", "x-ratelimit-reset"]), Some(WaitReason::Quota)),
        (refusal(429), None),
        (refusal(503), Some(WaitReason::Overload)),
    ] {
        let [same, other] = beside_another_model(reply).await;
        assert!(is_waiting(&same, for_all_models.unwrap_or(WaitReason::Quota)), "{same:?}");
        match for_all_models {
            Some(reason) => assert!(is_waiting(&other, reason), "{other:?}"),
            None => assert_eq!(other, Ok(ChatEvent::Delta("a".into()))),
        }
    }
}

#[tokio::test]
async fn the_smaller_limit_of_two_providers_with_the_same_address_and_key_counts() {
    for limits in [[4, 1], [1, 4]] {
        let open = || script(&[Say::Start, Say::Text("a")])(Dialect::OpenAi).then_silence();
        let server = Server::answering([open(), open()]).await;
        let provider = |calls| {
            let limits = RateLimits::default().concurrency(calls);
            ProviderSettings::new(ApiDialect::OpenAi).base_url(server.base_url()).rate_limits(limits)
        };
        let [one, other] = limits.map(provider);
        let environment = Environment::default().provider("one", one).provider("other", other);
        let [one, other] = ["one/gpt-a", "other/gpt-b"].map(|spec| environment.model(&spec.parse().unwrap()).unwrap());
        let mut working = one.stream(request()).await.unwrap();
        assert_eq!(working.next().await.unwrap().unwrap(), ChatEvent::Delta("a".into()));
        for model in [&one, &other] {
            assert!(is_waiting(&first(model).await, WaitReason::Slot), "{limits:?}");
        }
    }
}

#[tokio::test]
async fn models_with_the_same_address_and_key_share_a_limiter() {
    let open = || script(&[Say::Start, Say::Text("a")])(Dialect::OpenAi).then_silence();
    let server = Server::answering([open(), open(), open()]).await;
    let environment = |key: &str| {
        let limits = RateLimits::default().concurrency(1);
        Environment::default().openai_base_url(server.base_url()).openai_api_key(key).rate_limits(limits)
    };
    let (one, other) = (environment("sk-the-first-key"), environment("sk-the-other-key"));
    let model = |environment: &Environment, name: &str| environment.model(&ModelSpec::OpenAi(name.to_owned())).unwrap();

    let mut working = model(&one, "gpt-a").stream(request()).await.unwrap();
    assert_eq!(working.next().await.unwrap().unwrap(), ChatEvent::Delta("a".into()));
    assert!(matches!(first(&model(&other, "gpt-a")).await, Ok(ChatEvent::Delta(_))));
    let shared = one.clone();
    let mut waiting = model(&shared, "gpt-b").stream(request()).await.unwrap();
    assert_eq!(waiting.next().await.unwrap().unwrap(), ChatEvent::waiting(WaitReason::Slot, None));
    drop(working);
    assert_eq!(waiting.next().await.unwrap().unwrap(), ChatEvent::Sent);
    assert_eq!(waiting.next().await.unwrap().unwrap(), ChatEvent::Delta("a".into()));
}
