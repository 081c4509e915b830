//! [`Retry`] over real connections.

use std::time::Duration;

use council_llm::{CallLimits, ChatModel, Retry, RetryPolicy};

use crate::dialect::{Dialect, Say, script};
use crate::picture::picture;
use crate::server::{Reply, Server};

const ANSWER: &[Say] = &[Say::Start, Say::Text("a"), Say::Stop, Say::End];

fn patient(dialect: Dialect, server: &Server) -> impl ChatModel {
    let first_delay = Duration::from_millis(1);
    Retry::new(dialect.model(server, CallLimits::default(), true))
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
