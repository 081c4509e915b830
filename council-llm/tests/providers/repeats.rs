//! Calls that are repeated over real connections: by [`Retried`], and by the client itself after a connection that the server has closed.

use std::time::Duration;

use council_llm::{CallLimits, ChatModel, ChatRequest, Limiter, OpenAi, RateLimits, Retried, RetryPolicy};
use serde_json::Value;

use crate::dialect::{Dialect, Say, script};
use crate::picture::picture;
use crate::server::{Reply, Server};

const ANSWER: &[Say] = &[Say::Start, Say::Text("a"), Say::Stop, Say::End];

fn patient(dialect: Dialect, server: &Server) -> impl ChatModel {
    let first_delay = Duration::from_millis(1);
    Retried::new(dialect.model(server, CallLimits::default(), true))
        .policy(RetryPolicy::default().first_delay(first_delay))
}

#[tokio::test]
async fn retryable_errors_are_retried() {
    for dialect in Dialect::BOTH {
        let overload = Reply::events(dialect.events(&[Say::Start, Say::Error("overloaded_error")]));
        let unavailable = Reply::json(503, &dialect.error("api_error", "Not now"));
        let server = Server::answering([unavailable, Reply::hang_up(), overload, script(ANSWER)(dialect)]).await;
        let picture = picture(&patient(dialect, &server)).await;
        assert!(picture.starts_with("\"a\" done"), "{picture}");
        assert_eq!(server.received().len(), 4);
    }
}

#[tokio::test]
async fn a_retry_waits_as_long_as_the_provider_asks() {
    for dialect in Dialect::BOTH {
        let busy = Reply::json(429, &dialect.error("rate_limit_error", "Slow down")).header("retry-after-ms", "80");
        let server = Server::answering([busy, script(ANSWER)(dialect)]).await;
        picture(&patient(dialect, &server)).await;
        let times: Vec<_> = server.received().iter().map(|request| request.at).collect();
        assert!(times[1] - times[0] >= Duration::from_millis(80), "{times:?}");
    }
}

#[tokio::test]
async fn final_errors_are_not_retried() {
    for dialect in Dialect::BOTH {
        for status in [400, 401] {
            let refusal = Reply::json(status, &dialect.error("invalid", "No"));
            let server = Server::answering([refusal, script(ANSWER)(dialect)]).await;
            let picture = picture(&patient(dialect, &server)).await;
            assert!(picture.starts_with("final"), "{picture}");
            assert_eq!(server.received().len(), 1);
        }
    }
}

#[tokio::test]
async fn an_answer_that_breaks_after_its_first_text_is_not_retried() {
    for dialect in Dialect::BOTH {
        let broken = Reply::events(dialect.events(&[Say::Start, Say::Text("a")])).then_cut();
        let server = Server::answering([broken, script(ANSWER)(dialect)]).await;
        let picture = picture(&patient(dialect, &server)).await;
        assert!(picture.starts_with("\"a\" passing: the connection"), "{picture}");
        assert_eq!(server.received().len(), 1);
    }
}

/// The server closes each connection at its second request. If the repeated call had to queue again, a later call would overtake it.
#[tokio::test]
async fn a_call_on_a_connection_that_the_server_has_closed_is_repeated_within_its_turn() {
    let answer = Reply::json(200, &Dialect::OpenAi.reply("a"));
    let server = Server::deciding(move |_| answer.clone().kept_open()).await;
    let limiter = Limiter::new(RateLimits::default().concurrency(1));
    let model = OpenAi::new("gpt-test", None).base_url(&server.base_url()).unwrap().streaming(false).limiter(&limiter);
    let call = async |text: &str| model.complete(ChatRequest::user(text)).await.unwrap().text;
    let mut calls = 0;
    // A connection is free for the next call a moment after an answer, so a call may get a new one.
    while server.received().len() == calls {
        assert_eq!(tokio::join!(call("one"), call("two")), ("a".to_owned(), "a".to_owned()));
        calls += 2;
        assert!(calls < 1_000, "no connection is used twice");
    }
    let mut texts: Vec<_> = server.received().into_iter().map(|request| text(&request.body)).collect();
    texts.dedup();
    assert!(texts.chunks(2).all(|pair| pair == ["one", "two"]), "{texts:?}");
}

/// The server has worked on the call, so it may charge for it.
#[tokio::test]
async fn a_call_that_breaks_after_the_server_accepted_it_is_not_repeated_by_the_client() {
    let answer = Reply::json(200, &Dialect::OpenAi.reply("a"));
    let late = Reply::hang_up().after(Duration::from_millis(2_200));
    let server = Server::answering([answer.clone().kept_open(), late, answer]).await;
    let model = OpenAi::new("gpt-test", None).base_url(&server.base_url()).unwrap().streaming(false);
    assert_eq!(model.complete(ChatRequest::user("one")).await.unwrap().text, "a");
    let error = model.complete(ChatRequest::user("two")).await.unwrap_err().to_string();
    assert!(error.starts_with("the connection to openai"), "{error}");
}

fn text(body: &Value) -> String {
    body["messages"][0]["content"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_call_that_breaks_on_a_new_connection_is_not_repeated_by_the_client() {
    let refused = || Reply::json(503, &Dialect::OpenAi.error("api_error", "Not now"));
    let server = Server::answering([refused(), Reply::hang_up(), refused()]).await;
    let model = OpenAi::new("gpt-test", None).base_url(&server.base_url()).unwrap();
    for expected in ["openai answered HTTP 503: Not now", "the connection to openai"] {
        let error = model.complete(ChatRequest::user("a")).await.unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    }
    assert_eq!(server.received().len(), 2);
}
