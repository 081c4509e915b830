//! Answers with status 200, some of which end with an error.

use council_llm::CallLimits;
use expect_test::expect;
use serde_json::json;

use crate::dialect::{Dialect, Say, script};
use crate::picture::{case, check, check_within};
use crate::server::Reply;

const GREETING: &[Say] = &[Say::Start, Say::Text("Grü"), Say::Text("ße 🌲"), Say::Stop, Say::End];

#[tokio::test]
async fn an_answer_is_streamed_as_it_is_written() {
    let cases = [
        case("chunked", script(GREETING)),
        case("until close", |dialect| script(GREETING)(dialect).until_close()),
        case("CRLF", |dialect| Reply::events(dialect.events(GREETING).replace('\n', "\r\n"))),
        case("CR", |dialect| Reply::events(dialect.events(GREETING).replace('\n', "\r"))),
        case("empty text", script(&[Say::Start, Say::Text(""), Say::Stop, Say::End])),
    ];
    check(
        cases,
        expect![[r#"
        chunked: "Grü" "ße 🌲" done STOP, 12 in (3 cached), 5 out
        until close: "Grü" "ße 🌲" done STOP, 12 in (3 cached), 5 out
        CRLF: "Grü" "ße 🌲" done STOP, 12 in (3 cached), 5 out
        CR: "Grü" "ße 🌲" done STOP, 12 in (3 cached), 5 out
        empty text: done STOP, 12 in (3 cached), 5 out
    "#]],
    )
    .await;
}

#[tokio::test]
async fn unknown_events_and_fields_are_ignored() {
    let cases = [
        case(
            "events",
            script(&[Say::Unknown, Say::Start, Say::Ping, Say::Text("a"), Say::Unknown, Say::Stop, Say::End]),
        ),
        case("thoughts", script(&[Say::Start, Say::Thought, Say::Text("a"), Say::Stop, Say::End])),
        case("fields", |dialect| {
            Reply::events(format!("retry: 3\nid\nfoo\n\n:\n\ndata:\n\n{}", dialect.events(GREETING)))
        }),
    ];
    check(
        cases,
        expect![[r#"
            events: "a" done STOP, 12 in (3 cached), 5 out
            thoughts: thinks "hm" "a" done STOP, 12 in (3 cached), 5 out
            fields: "Grü" "ße 🌲" done STOP, 12 in (3 cached), 5 out
        "#]],
    )
    .await;
}

#[tokio::test]
async fn without_streaming_the_answer_comes_whole() {
    let cases = [
        case("text", |dialect| Reply::json(200, &dialect.reply("Grüße 🌲"))),
        case("empty text", |dialect| Reply::json(200, &dialect.reply(""))),
    ];
    check_within(
        CallLimits::default(),
        false,
        cases,
        expect![[r#"
            text: thinks "hm" "Grüße 🌲" done STOP, 12 in (3 cached), 5 out
            empty text: thinks "hm" done STOP, 12 in (3 cached), 5 out
        "#]],
    )
    .await;
}

#[tokio::test]
async fn a_json_reply_to_a_streaming_call_is_an_answer() {
    let cases = [
        case("answer", |dialect| Reply::json(200, &dialect.reply("Grüße 🌲"))),
        case("error", |dialect| Reply::json(200, &dialect.error("server_error", "Not now"))),
        case("neither", |_| Reply::json(200, &json!({ "greeting": "hello" }))),
        case("half", |dialect| Reply::new(200, "application/json", &dialect.reply("a").to_string()[..40])),
    ];
    check(
        cases,
        expect![[r#"
            answer: thinks "hm" "Grüße 🌲" done STOP, 12 in (3 cached), 5 out
            error: passing: PROVIDER reported an error while answering: server_error: Not now
            neither: passing: PROVIDER sent an answer that cannot be read: the JSON holds no answer
            half: passing: the answer was cut off before the model had finished it
        "#]],
    )
    .await;
}

#[tokio::test]
async fn an_unreadable_answer_is_malformed() {
    let cases = [
        case("a page", |_| Reply::new(200, "text/html", "<html>Please log in</html>")),
        case("an event", |_| Reply::events("data: {\"choices\": oops}\n\n")),
        case("no UTF-8", |_| Reply::events(b"data: \"\xff\"\n\n")),
        case("JSON", |_| Reply::new(200, "application/json", "{]")),
    ];
    check(
        cases,
        expect![[r#"
            a page: passing: PROVIDER sent an answer that cannot be read: neither events nor JSON, but "text/html" (a proxy or a login page may have answered instead of the provider)
            an event: passing: PROVIDER sent an answer that cannot be read: expected value at line 1 column 13
            no UTF-8: passing: PROVIDER sent an answer that cannot be read: invalid utf-8 sequence of 1 bytes from index 7
            JSON: passing: PROVIDER sent an answer that cannot be read: key must be a string at line 1 column 2
        "#]],
    )
    .await;
}

#[tokio::test]
async fn an_error_inside_a_stream_ends_it() {
    let cases = [
        case("overload", script(&[Say::Start, Say::Text("a"), Say::Error("overloaded_error"), Say::Text("b")])),
        case("refusal", script(&[Say::Start, Say::Error("invalid_request_error")])),
        case("number", |_| Reply::events("data: {\"error\": {\"code\": 502, \"message\": \"upstream\"}}\n\n")),
        case("vLLM", |_| Reply::events("data: {\"object\": \"error\", \"message\": \"no room\", \"code\": 400}\n\n")),
    ];
    check(
        cases,
        expect![[r#"
        overload: "a" passing: PROVIDER reported an error while answering: overloaded_error: Not now
        refusal: final: PROVIDER reported an error while answering: invalid_request_error: Not now
        number: passing: PROVIDER reported an error while answering: 502: upstream
        vLLM: final: PROVIDER reported an error while answering: 400: no room
    "#]],
    )
    .await;
}

const HALF: &[Say] = &[Say::Start, Say::Text("a"), Say::Text("b")];

fn inside(dialect: Dialect) -> Reply {
    let events = dialect.events(HALF);
    Reply::events(&events.as_bytes()[..events.len() - 7])
}

#[tokio::test]
async fn a_stream_that_is_cut_off_is_an_error() {
    let cases = [
        case("between events", |dialect| script(HALF)(dialect).until_close()),
        case("between events, ended properly", script(HALF)),
        case("between events, connection lost", |dialect| script(HALF)(dialect).then_cut()),
        case("inside an event", |dialect| inside(dialect).until_close()),
        case("inside an event, connection lost", |dialect| inside(dialect).then_cut()),
        case("before the last event", script(&[Say::Start, Say::Text("a"), Say::Stop])),
        case("no word why", script(&[Say::Start, Say::Text("a"), Say::End])),
        case("nothing", |_| Reply::events("")),
    ];
    check(
        cases,
        expect![[r#"
            between events: "a" "b" passing: the answer was cut off before the model had finished it
            between events, ended properly: "a" "b" passing: the answer was cut off before the model had finished it
            between events, connection lost: "a" "b" passing: the connection to PROVIDER at ADDRESS failed
            inside an event: "a" passing: the answer was cut off before the model had finished it
            inside an event, connection lost: "a" passing: the connection to PROVIDER at ADDRESS failed
            before the last event: "a" done STOP, 12 in (3 cached), 5 out
            no word why: "a" passing: the answer was cut off before the model had finished it
            nothing: passing: the answer was cut off before the model had finished it
        "#]],
    )
    .await;
}
