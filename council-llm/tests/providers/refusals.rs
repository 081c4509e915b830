//! Answers with a status other than success.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use council_llm::{CallLimits, ChatModel};
use expect_test::expect;
use serde_json::{Value, json};

use crate::dialect::{Dialect, KEY, Say, script};
use crate::picture::{case, check, request};
use crate::server::{Reply, Server};

fn busy(dialect: Dialect) -> Reply {
    Reply::json(429, &dialect.error("rate_limit_error", "Slow down"))
}

#[tokio::test]
async fn too_many_requests_contain_the_delay_of_the_provider() {
    let cases = [
        case("no word", busy),
        case("seconds", |dialect| busy(dialect).header("retry-after", "7")),
        case("milliseconds", |dialect| busy(dialect).header("retry-after-ms", "1500").header("retry-after", "2")),
        case("a past date", |dialect| busy(dialect).header("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")),
        case("no time", |dialect| busy(dialect).header("retry-after", "soon")),
        case("negative", |dialect| busy(dialect).header("retry-after", "-1")),
        case("of the provider behind a proxy", |dialect| busy(dialect).header("llm_provider-retry-after", "7")),
        case("in the message", |dialect| Reply::json(429, &dialect.error("tokens", "Please try again in 1m2.5s."))),
        case("in a field", |_| Reply::json(429, &json!([{ "error": { "details": [{}, { "retryDelay": "34s" }] } }]))),
    ];
    check(
        cases,
        expect![[r#"
            no word: passing: PROVIDER answered HTTP 429: Slow down
            seconds: passing, wait 7s: PROVIDER answered HTTP 429: Slow down
            milliseconds: passing, wait 1.5s: PROVIDER answered HTTP 429: Slow down
            a past date: passing, wait 0ns: PROVIDER answered HTTP 429: Slow down
            no time: passing: PROVIDER answered HTTP 429: Slow down
            negative: passing: PROVIDER answered HTTP 429: Slow down
            of the provider behind a proxy: passing, wait 7s: PROVIDER answered HTTP 429: Slow down
            in the message: passing, wait 62.5s: PROVIDER answered HTTP 429: Please try again in 1m2.5s.
            in a field: passing, wait 34s: PROVIDER answered HTTP 429: [{"error":{"details":[{},{"retryDelay":"34s"}]}}]
        "#]],
    )
    .await;
}

#[tokio::test]
async fn a_date_in_retry_after_is_a_delay() {
    let date = SystemTime::now() + Duration::from_secs(100);
    let seconds = date.duration_since(UNIX_EPOCH).unwrap().as_secs().to_string();
    for dialect in Dialect::BOTH {
        for date in [&httpdate::fmt_http_date(date), &seconds] {
            let server = Server::answering([busy(dialect).header("retry-after", date)]).await;
            let model = dialect.model(&server, CallLimits::default(), true);
            let delay = model.complete(request()).await.unwrap_err().retry_after().unwrap();
            assert!((90..=100).contains(&delay.as_secs()), "{date}: {delay:?}");
        }
    }
}

#[tokio::test]
async fn the_status_decides_whether_an_error_is_retryable() {
    let status =
        |name, status| case(name, move |dialect| Reply::json(status, &dialect.error("a_kind", "Its own words")));
    let cases = [
        status("bad request", 400),
        status("unauthorized", 401),
        status("forbidden", 403),
        status("not found", 404),
        status("timeout", 408),
        status("internal", 500),
        status("unavailable", 503),
        status("overloaded", 529),
    ];
    check(
        cases,
        expect![[r#"
            bad request: final: PROVIDER answered HTTP 400: Its own words
            unauthorized: final: PROVIDER answered HTTP 401: Its own words (give the model a valid key, restart the program, then start again, or retry a stored run)
            forbidden: final: PROVIDER answered HTTP 403: Its own words (check the permissions of the account, then start again, or retry a stored run)
            not found: final: PROVIDER answered HTTP 404: Its own words (check the name `MODEL` of the model)
            timeout: passing: PROVIDER answered HTTP 408: Its own words
            internal: passing: PROVIDER answered HTTP 500: Its own words
            unavailable: passing: PROVIDER answered HTTP 503: Its own words
            overloaded: passing: PROVIDER answered HTTP 529: Its own words
        "#]],
    )
    .await;
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = |_| Reply::new(307, "text/plain", "elsewhere").header("location", "http://127.0.0.1:1/");
    check(
        [case("elsewhere", elsewhere)],
        expect![[r#"
        elsewhere: final: PROVIDER answered HTTP 307: elsewhere
    "#]],
    )
    .await;
}

#[tokio::test]
async fn error_responses_have_many_shapes() {
    let page = "<html>\n<head><title>502 Bad Gateway</title></head>\n<body>\r\n  nginx</body></html>";
    let cases = [
        case("a page", move |_| Reply::new(502, "text/html", page)),
        case("a string", |_| Reply::json(500, &json!({ "error": "model 'x' not found" }))),
        case("no envelope", |_| Reply::json(400, &json!({ "object": "error", "message": "too long", "code": 400 }))),
        case("details", |_| Reply::json(422, &json!({ "detail": [{ "msg": "Field required" }] }))),
        case("no message", |_| Reply::json(500, &json!({ "error": { "message": null } }))),
        case("no body", |_| Reply::new(503, "text/plain", "")),
        case("half a body", |_| Reply::new(503, "text/plain", "half a").then_cut()),
    ];
    check(cases, expect![[r#"
        a page: passing: PROVIDER answered HTTP 502: <html> <head><title>502 Bad Gateway</title></head> <body> nginx</body></html>
        a string: passing: PROVIDER answered HTTP 500: model 'x' not found
        no envelope: final: PROVIDER answered HTTP 400: too long
        details: final: PROVIDER answered HTTP 422: {"detail":[{"msg":"Field required"}]}
        no message: passing: PROVIDER answered HTTP 500: {"error":{"message":null}}
        no body: passing: PROVIDER answered HTTP 503: service unavailable
        half a body: passing: PROVIDER answered HTTP 503: half a
    "#]]).await;
}

#[tokio::test]
async fn a_long_error_message_is_truncated() {
    let server = Server::answering([Reply::new(502, "text/html", "ü".repeat(100_000))]).await;
    let model = Dialect::OpenAi.model(&server, CallLimits::default(), true);
    let message = model.complete(request()).await.unwrap_err().to_string();
    assert_eq!(message, format!("openai answered HTTP 502: {}...", "ü".repeat(500)));
}

/// Each expected text is also checked for the key itself.
#[tokio::test]
async fn a_key_that_is_echoed_is_masked() {
    let cases = [
        case("in JSON", |dialect| Reply::json(401, &dialect.error("auth", &format!("{KEY} is no key")))),
        case("in a page", |_| Reply::new(401, "text/html", format!("<p>{KEY}</p>"))),
        case("in a stream", |dialect| script(&[Say::Error(KEY)])(dialect)),
    ];
    check(
        cases,
        expect![[r#"
            in JSON: final: PROVIDER answered HTTP 401: *** is no key (give the model a valid key, restart the program, then start again, or retry a stored run)
            in a page: final: PROVIDER answered HTTP 401: <p>***</p> (give the model a valid key, restart the program, then start again, or retry a stored run)
            in a stream: passing: PROVIDER reported an error while answering: ***: Not now
        "#]],
    )
    .await;

    let edge = format!("{}{KEY}", "x".repeat(490));
    let server = Server::answering([Reply::new(401, "text/plain", edge)]).await;
    let model = Dialect::Anthropic.model(&server, CallLimits::default(), true);
    let message = model.complete(request()).await.unwrap_err().to_string();
    assert!(message.contains("xx*** ("), "{message}");
}

#[tokio::test]
async fn a_request_that_is_too_long_is_an_overflow_whatever_the_status() {
    let openai =
        json!({ "error": { "message": "no", "type": "invalid_request_error", "code": "context_length_exceeded" } });
    let llama = json!({ "error": { "code": 500, "message": "the request exceeds the available context size. try increasing the context size",
        "type": "exceed_context_size_error", "n_prompt_tokens": 1407, "n_ctx": 256 } });
    let raw = json!({ "error": { "message": "This model's maximum context length is 8192 tokens", "code": null } });
    let router = json!({ "error": { "message": "Provider returned error", "code": 400, "metadata": { "raw": raw.to_string(), "provider_name": "x" } } });
    let never = "Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 39143.";
    let gemini = json!([{ "error": { "code": 400, "message": "The input token count exceeds the maximum number of tokens allowed (1048576)." } }]);
    let cases = [
        ("OpenAI", Reply::json(400, &openai), true),
        ("OpenAI, in a stream", Reply::events(format!("data: {openai}\n\n")), true),
        (
            "a quota",
            Reply::json(
                429,
                &json!({ "error": { "message": never, "type": "tokens", "code": "rate_limit_exceeded" } }),
            ),
            true,
        ),
        ("llama.cpp", Reply::json(500, &llama), true),
        ("llama.cpp, in a stream", Reply::events(format!("data: {llama}\n\n")), true),
        (
            "Ollama",
            Reply::json(400, &json!({ "error": "prompt too long; exceeded max context length by 4 tokens" })),
            true,
        ),
        ("OpenRouter", Reply::json(400, &router), true),
        ("Gemini", Reply::json(400, &gemini), true),
        ("a proxy", Reply::new(413, "text/html", "<h1>413 Request Entity Too Large</h1>"), true),
        ("another quota", Reply::json(429, &json!({ "error": "Too many tokens, please wait" })), false),
    ];
    for (name, reply, expected) in cases {
        let server = Server::answering([reply]).await;
        let error = Dialect::OpenAi.model(&server, CallLimits::default(), true).complete(request()).await.unwrap_err();
        assert_eq!(error.is_context_overflow(), expected, "{name}: {error}");
        assert_eq!(error.is_retryable(), !expected, "{name}: {error}");
    }
}

#[tokio::test]
async fn an_account_without_credit_is_told_at_once() {
    let error =
        |kind: &str, code: Value, message: &str| json!({ "error": { "type": kind, "code": code, "message": message } });
    let quota = "You exceeded your current quota, please check your plan and billing details.";
    let suspended = "Your account is suspended, please check your plan and billing details";
    let spent = "Insufficient balance or no resource package. Please recharge.";
    let cases = [
        ("OpenAI", Reply::json(429, &error("insufficient_quota", json!("insufficient_quota"), quota)), true),
        (
            "OpenAI, in a stream",
            Reply::events(format!("data: {}\n\n", error("insufficient_quota", Value::Null, quota))),
            true,
        ),
        ("Moonshot", Reply::json(429, &error("exceeded_current_quota_error", Value::Null, suspended)), true),
        ("Z.ai", Reply::json(429, &error("rate_limit_error", json!("1113"), spent)), true),
        ("Z.ai, with success", Reply::json(200, &json!({ "error": { "code": 1113, "message": spent } })), true),
        (
            "DeepSeek",
            Reply::json(402, &error("unknown_error", json!("invalid_request_error"), "Insufficient Balance")),
            true,
        ),
        (
            "Anthropic",
            Reply::json(400, &error("invalid_request_error", Value::Null, "Your credit balance is too low")),
            true,
        ),
        ("Gemini's quota of a minute", Reply::json(429, &error("RESOURCE_EXHAUSTED", json!(429), quota)), false),
    ];
    for (name, reply, is_final) in cases {
        let server = Server::answering([reply]).await;
        let error = Dialect::OpenAi.model(&server, CallLimits::default(), true).complete(request()).await.unwrap_err();
        assert_eq!(error.is_retryable(), !is_final, "{name}: {error}");
    }
}
