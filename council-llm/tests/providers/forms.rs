//! Answers in another form than was requested or announced, reports of tokens at other places, and streams without a proper end.

use std::time::Duration;

use council_llm::{Anthropic, CallLimits, ChatModel, OpenAi};
use expect_test::expect;
use serde_json::{Value, json};

use crate::dialect::{Dialect, KEY, Say, script};
use crate::learnt::{check as check_learnt, chunks, delta, stop};
use crate::picture::{case, check, check_within, picture, request};
use crate::server::{Reply, Server};

const ANSWER: &[Say] = &[Say::Start, Say::Text("a"), Say::Stop, Say::End];

#[tokio::test]
async fn the_first_byte_decides_the_form_more_than_the_content_type() {
    let events =
        |content_type: &'static str| move |dialect: Dialect| Reply::new(200, content_type, dialect.events(ANSWER));
    let cases = [
        case("events as JSON", events("application/json")),
        case("events as plain text", events("text/plain; charset=utf-8")),
        case("events as bytes", events("application/octet-stream")),
        case("an answer as events", |dialect| Reply::events(dialect.reply("a").to_string())),
        case("an answer as plain text", |dialect| Reply::new(200, "text/plain", dialect.reply("a").to_string())),
        case("blanks first", |dialect| Reply::new(200, "text/plain", format!("\n \n{}", dialect.reply("a")))),
        case("an error as events", |dialect| Reply::events(dialect.error("server_error", "Not now").to_string())),
        case("a page as events", |_| Reply::events("<html>Please log in</html>")),
        case("a page as JSON", |_| Reply::new(200, "application/json", "<html>Please log in</html>")),
        case("text", |_| Reply::new(200, "text/plain", "Please log in")),
        case("no events", |_| Reply::events("")),
        case("no JSON", |_| Reply::new(200, "application/json", "")),
    ];
    check(
        cases,
        expect![[r#"
            events as JSON: "a" done STOP, 12 in (3 cached), 5 out
            events as plain text: "a" done STOP, 12 in (3 cached), 5 out
            events as bytes: "a" done STOP, 12 in (3 cached), 5 out
            an answer as events: thinks "hm" "a" done STOP, 12 in (3 cached), 5 out
            an answer as plain text: thinks "hm" "a" done STOP, 12 in (3 cached), 5 out
            blanks first: thinks "hm" "a" done STOP, 12 in (3 cached), 5 out
            an error as events: passing: PROVIDER reported an error while answering: server_error: Not now
            a page as events: passing: PROVIDER sent an answer that cannot be read: neither events nor JSON, but "text/html" (a proxy or a login page may have answered instead of the provider)
            a page as JSON: passing: PROVIDER sent an answer that cannot be read: neither events nor JSON, but "text/html" (a proxy or a login page may have answered instead of the provider)
            text: passing: PROVIDER sent an answer that cannot be read: neither events nor JSON, but "text/plain" (a proxy or a login page may have answered instead of the provider)
            no events: passing: the answer was cut off before the model had finished it
            no JSON: passing: the answer was cut off before the model had finished it
        "#]],
    )
    .await;
}

#[tokio::test]
async fn an_event_with_the_name_error_is_an_error_in_any_form() {
    let error = |data: &'static str| move |_| Reply::events(format!("event: error\ndata: {data}\n\n"));
    let cases = [
        case("an object", error(r#"{"message": "Overloaded", "code": 503}"#)),
        case("a kind", error(r#"{"error": {"type": "invalid_request_error", "message": "No"}}"#)),
        case("a text", error("upstream went away")),
        case("nothing", error("")),
        case("another name", |dialect| Reply::events(dialect.events(ANSWER).replace("data:", "event: errors\ndata:"))),
    ];
    check(
        cases,
        expect![[r#"
            an object: passing: PROVIDER reported an error while answering: 503: Overloaded
            a kind: final: PROVIDER reported an error while answering: invalid_request_error: No
            a text: passing: PROVIDER reported an error while answering: error: upstream went away
            nothing: passing: PROVIDER reported an error while answering: error: no message
            another name: "a" done STOP, 12 in (3 cached), 5 out
        "#]],
    )
    .await;
}

#[tokio::test]
async fn a_break_after_the_stop_reason_is_the_end() {
    const FINISHED: &[Say] = &[Say::Start, Say::Text("a"), Say::Stop];
    let cases = [
        case("connection lost", |dialect| script(FINISHED)(dialect).then_cut()),
        case("silence", |dialect| script(FINISHED)(dialect).then_silence()),
        case("heartbeats", |dialect| {
            let ping = dialect.events(&[Say::Ping]);
            Reply::events(dialect.events(FINISHED) + &ping.repeat(3)).then_silence()
        }),
    ];
    let limits = CallLimits::default().between_tokens(Duration::from_millis(200));
    check_within(
        limits,
        true,
        cases,
        expect![[r#"
        connection lost: "a" done STOP, 12 in (3 cached), 5 out
        silence: "a" done STOP, 12 in (3 cached), 5 out
        heartbeats: "a" done STOP, 12 in (3 cached), 5 out
    "#]],
    )
    .await;
}

#[tokio::test]
async fn a_message_is_found_wherever_a_server_puts_it() {
    let message = json!({ "role": "assistant", "content": "Hello" });
    let cases = vec![
        ("a whole message in an event", chunks(&[json!({ "index": 0, "message": message, "finish_reason": "stop" })])),
        (
            "a whole message after its pieces",
            chunks(&[delta(&json!({ "content": "Hello" })), json!({ "message": message, "finish_reason": "stop" })]),
        ),
        ("one part", chunks(&[delta(&json!({ "content": { "type": "text", "text": "Hello" } })), stop("stop")])),
        (
            "MiniMax without credit",
            Reply::json(
                200,
                &json!({ "choices": null, "base_resp": { "status_code": 1008, "status_msg": "insufficient balance" } }),
            ),
        ),
    ];
    check_learnt(
        Dialect::OpenAi,
        true,
        cases,
        expect![[r#"
        a whole message in an event: "Hello" Completed (stop)
        a whole message after its pieces: "Hello" Completed (stop)
        one part: "Hello" Completed (stop)
        MiniMax without credit: final: openai reported an error while answering: error: insufficient balance
    "#]],
    )
    .await;
    let text = json!({ "content": "Hello", "stop_reason": "end_turn" });
    check_learnt(
        Dialect::Anthropic,
        true,
        vec![("a text", Reply::json(200, &text))],
        expect![[r#"
        a text: "Hello" Completed (end_turn)
    "#]],
    )
    .await;
}

#[tokio::test]
async fn tokens_are_counted_wherever_a_server_reports_them() {
    let tokens =
        json!({ "prompt_tokens": 12, "completion_tokens": 5, "prompt_tokens_details": { "cached_tokens": 3 } });
    let hit = json!({ "prompt_tokens": 12, "completion_tokens": 5, "prompt_cache_hit_tokens": 3 });
    let empty = json!({ "prompt_tokens": 0, "completion_tokens": 0, "prompt_tokens_details": null });
    let event = |mut event: Value, choice: Value| {
        event["choices"] = json!([choice]);
        event
    };
    for (name, events) in [
        ("Groq", vec![event(json!({ "x_groq": { "usage": tokens } }), stop("stop"))]),
        ("Moonshot", vec![event(json!({}), json!({ "delta": {}, "finish_reason": "stop", "usage": tokens }))]),
        ("DeepSeek", vec![event(json!({ "usage": hit }), stop("stop"))]),
        (
            "an empty report at the end",
            vec![event(json!({ "usage": tokens }), stop("stop")), event(json!({ "usage": empty }), json!({}))],
        ),
    ] {
        let body = events.iter().fold(String::new(), |body, event| format!("{body}data: {event}\n\n"));
        let server = Server::answering([Reply::events(body)]).await;
        let model = Dialect::OpenAi.model(&server, CallLimits::default(), true);
        assert_eq!(picture(&model).await, "done stop, 12 in (3 cached), 5 out", "{name}");
    }
}

#[tokio::test]
async fn a_base_address_may_be_that_of_the_endpoint() {
    let server = Server::answering([Reply::hang_up(), Reply::hang_up(), Reply::hang_up()]).await;
    let base = server.base_url();
    OpenAi::new("x", None)
        .base_url(&format!("{base}/chat/completions"))
        .unwrap()
        .stream(request())
        .await
        .err()
        .unwrap();
    OpenAi::new("x", None).base_url(&format!("{base}/chat/completions/?a=b")).unwrap().list_models().await.unwrap_err();
    Anthropic::new("x", KEY).base_url(&format!("{base}/messages")).unwrap().stream(request()).await.err().unwrap();
    let lines: Vec<String> = server.received().into_iter().map(|received| received.line).collect();
    let expected = ["POST /v1/chat/completions HTTP/1.1", "GET /v1/models?a=b HTTP/1.1", "POST /v1/messages HTTP/1.1"];
    assert_eq!(lines, expected);
}
