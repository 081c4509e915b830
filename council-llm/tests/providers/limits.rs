//! Limits of time and size, with providers that are slow, silent, or never stop.

use std::time::Duration;

use council_llm::{ApiDialect, CallLimits, CallTimeouts, ChatEvent, ChatModel, Environment, ProviderSettings};
use expect_test::expect;
use futures_util::StreamExt;
use serde_json::json;

use crate::clock::on_a_slow_clock;
use crate::dialect::{Dialect, Say, script};
use crate::picture::{case, check, check_within, request};
use crate::server::{Reply, Server};

#[tokio::test]
async fn a_silent_provider_reaches_a_limit() {
    let limits = CallLimits::default().first_token(TICK * 10).between_tokens(TICK * 5);
    let cases = [
        case("no headers", |_| Reply::nothing()),
        case("after some tokens", |dialect| script(&[Say::Start, Say::Text("a")])(dialect).then_silence()),
        case("heartbeats only", |dialect| script(&[Say::Ping])(dialect).for_ever(TICK)),
        case("heartbeats without a pause", |dialect| script(&[Say::Ping])(dialect).for_ever(Duration::ZERO)),
        case("a byte at a time", |dialect| script(&[Say::Start, Say::Text("a")])(dialect).drop_by_drop(TICK)),
        case("half a JSON", |_| Reply::new(200, "application/json", "{").then_silence()),
    ];
    check_within(
        limits,
        true,
        cases,
        expect![[r#"
            no headers: passing: PROVIDER sent no first token within 0.2 s
            after some tokens: "a" passing: PROVIDER sent no further token within 0.1 s
            heartbeats only: passing: PROVIDER sent no first token within 0.2 s
            heartbeats without a pause: passing: PROVIDER sent no first token within 0.2 s
            a byte at a time: passing: PROVIDER sent no first token within 0.2 s
            half a JSON: passing: PROVIDER sent no first token within 0.2 s
        "#]],
    )
    .await;
}

#[tokio::test]
async fn reasoning_resets_the_limit_between_tokens_but_not_the_total_limit() {
    let limits = CallLimits::default().between_tokens(TICK * 8).total(TICK * 20);
    let cases = [case("reasoning", |dialect| script(&[Say::Thought])(dialect).for_ever(TICK))];
    check_within(
        limits,
        true,
        cases,
        expect![[r#"
            reasoning: thinks "hm" passing: PROVIDER did not finish within 0.4 s
        "#]],
    )
    .await;
}

#[tokio::test]
async fn a_slow_reader_reaches_no_limit() {
    for dialect in Dialect::BOTH {
        let texts: &[Say] = &[Say::Start, Say::Text("a"), Say::Text("b"), Say::Stop, Say::End];
        let server = Server::answering([script(texts)(dialect)]).await;
        let limits = CallLimits::default().first_token(TICK * 5).between_tokens(TICK * 5).total(TICK * 15);
        let model = dialect.model(&server, limits, true);
        let last = on_a_slow_clock(async {
            let mut items = model.stream(request()).await.unwrap();
            let mut last = None;
            while let Some(item) = items.next().await {
                tokio::time::sleep(TICK * 6).await;
                last = Some(item.unwrap());
            }
            last
        });
        let last = last.await;
        assert!(matches!(last, Some(ChatEvent::Done(_))), "{last:?}");
    }
}

#[tokio::test]
async fn the_limits_of_a_request_come_before_those_of_the_client() {
    let silent: fn(Dialect) -> Reply = |_| Reply::nothing();
    let silent_after_a_token: fn(Dialect) -> Reply =
        |dialect| script(&[Say::Start, Say::Text("a")])(dialect).then_silence();
    let (short, long) = (CallTimeouts::default(), Duration::from_secs(3_600));
    let client = CallLimits::default().first_token(long).between_tokens(long).total(long);
    let mut errors = Vec::new();
    for (reply, timeouts) in [
        (silent, short.first_token(TICK * 10)),
        (silent_after_a_token, short.between_tokens(TICK * 5)),
        (silent_after_a_token, short.total(TICK * 20)),
    ] {
        for dialect in Dialect::BOTH {
            let server = Server::answering([reply(dialect)]).await;
            let model = dialect.model(&server, client, true);
            let error = on_a_slow_clock(model.complete(request().timeouts(timeouts))).await.unwrap_err();
            errors.push(error.to_string());
        }
    }
    expect![[r#"
        anthropic sent no first token within 0.2 s
        openai sent no first token within 0.2 s
        anthropic sent no further token within 0.1 s
        openai sent no further token within 0.1 s
        anthropic did not finish within 0.4 s
        openai did not finish within 0.4 s"#]]
    .assert_eq(&errors.join("\n"));
}

/// The limits of the request come first, then those of the spec, of the provider and of the environment.
#[tokio::test]
async fn the_limits_of_a_spec_come_before_those_of_the_provider() {
    let none = CallTimeouts::default();
    let mut errors = Vec::new();
    for (spec, timeouts) in [
        ("openai/a", none),
        ("desk/a", none),
        ("openai/a?first-token-timeout=0.1", none),
        ("desk/a?first-token-timeout=0.1", none),
        ("desk/a?total-timeout=0.1", none),
        ("desk/a?first-token-timeout=1h", none.first_token(TICK * 3)),
        ("desk/a?first-token-timeout=0.1", none.total(TICK * 500)),
    ] {
        let server = Server::answering([Reply::nothing()]).await;
        let desk = ProviderSettings::new(ApiDialect::OpenAi).base_url(server.base_url());
        let environment = Environment::default()
            .openai_base_url(server.base_url())
            .call_limits(CallLimits::default().first_token(TICK * 20))
            .provider("desk", desk.first_token_timeout(TICK * 10));
        let model = environment.model(&spec.parse().unwrap()).unwrap();
        let error = on_a_slow_clock(model.complete(request().timeouts(timeouts))).await.unwrap_err();
        errors.push(format!("{spec}: {error}"));
    }
    expect![[r#"
        openai/a: openai sent no first token within 0.4 s
        desk/a: desk sent no first token within 0.2 s
        openai/a?first-token-timeout=0.1: openai sent no first token within 0.1 s
        desk/a?first-token-timeout=0.1: desk sent no first token within 0.1 s
        desk/a?total-timeout=0.1: desk did not finish within 0.1 s
        desk/a?first-token-timeout=1h: desk sent no first token within 0.06 s
        desk/a?first-token-timeout=0.1: desk sent no first token within 0.1 s"#]]
    .assert_eq(&errors.join("\n"));
}

#[tokio::test]
async fn the_longest_limit_is_no_limit() {
    let none = Duration::MAX;
    let limits = CallLimits::default().connect(none).first_token(none).between_tokens(none).total(none);
    let cases = [case("answer", script(&[Say::Start, Say::Text("a"), Say::Stop, Say::End]))];
    check_within(
        limits,
        true,
        cases,
        expect![[r#"
        answer: "a" done STOP, 12 in (3 cached), 5 out
    "#]],
    )
    .await;
}

#[tokio::test]
async fn without_streaming_the_whole_answer_counts_as_the_first_token() {
    let limits = CallLimits::default().first_token(TICK * 10).between_tokens(TICK);
    let cases = [
        case("no headers", |_| Reply::nothing()),
        case("blanks", |_| Reply::new(200, "application/json", " ").for_ever(TICK)),
    ];
    check_within(
        limits,
        false,
        cases,
        expect![[r#"
            no headers: passing: PROVIDER sent no first token within 0.2 s
            blanks: passing: PROVIDER sent no first token within 0.2 s
        "#]],
    )
    .await;
}

#[tokio::test]
async fn an_error_response_that_does_not_end_is_reported_by_its_status() {
    let limits = CallLimits::default().between_tokens(TICK * 5);
    let cases = [
        case("silence", |_| Reply::new(500, "text/plain", "half a").then_silence()),
        case("a byte at a time", |_| Reply::new(500, "text/plain", "x").for_ever(TICK * 20)),
    ];
    check_within(
        limits,
        true,
        cases,
        expect![[r#"
        silence: passing: PROVIDER answered HTTP 500: half a
        a byte at a time: passing: PROVIDER answered HTTP 500: x
    "#]],
    )
    .await;
}

#[tokio::test]
async fn too_many_bytes_are_an_error() {
    let limits = CallLimits::default().event_bytes(4096).body_bytes(20_000);
    let cases = [
        case("an endless line", |_| Reply::events("x".repeat(1000)).for_ever(Duration::ZERO)),
        case("endless heartbeats", |_| Reply::events(": still here\n\n".repeat(50)).for_ever(Duration::ZERO)),
        case("a long JSON", |_| Reply::json(200, &json!("x".repeat(30_000)))),
    ];
    check_within(
        limits,
        true,
        cases,
        expect![[r#"
        an endless line: final: PROVIDER sent more than 4096 bytes
        endless heartbeats: final: PROVIDER sent more than 20000 bytes
        a long JSON: final: PROVIDER sent more than 20000 bytes
    "#]],
    )
    .await;
}

#[tokio::test]
async fn a_broken_connection_names_the_address() {
    check(
        [case("hung up", |_| Reply::hang_up())],
        expect![[r#"
            hung up: passing: the connection to PROVIDER at ADDRESS failed
        "#]],
    )
    .await;
}

/// The time between two bytes of a slow server. The limits are multiples of it.
const TICK: Duration = Duration::from_millis(20);

#[tokio::test]
async fn dropping_a_stream_closes_the_connection() {
    for dialect in Dialect::BOTH {
        let server = Server::answering([script(&[Say::Start, Say::Text("a")])(dialect).then_silence()]).await;
        let model = dialect.model(&server, CallLimits::default(), true);
        let mut items = model.stream(request()).await.unwrap();
        assert_eq!(items.next().await.unwrap().unwrap(), ChatEvent::Delta("a".into()));
        drop(items);
        server.hung_up().await;
    }
}
