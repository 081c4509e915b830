//! Ends of runs: by errors, panics, the valve and limits.

use std::iter;
use std::time::Duration;

use council_core::Retry;
use council_llm::{ChatError, CouncilBuilder, ScriptedAnswer, ScriptedModel};
use council_server::Config;
use expect_test::expect;
use serde_json::json;

use crate::calls::without_calls;
use crate::harness::TestServer;
use crate::models::{Panicking, two_rounds};
use crate::socket::mask;

async fn last_event(server: &TestServer, id: &str) -> String {
    let seen = server.watch(id, 0).await.rest().await;
    assert_eq!(seen.close, Some(1000));
    mask(seen.events.last().unwrap())
}

#[tokio::test]
async fn a_failing_model_fails_the_run_with_its_reason() {
    let model = ScriptedModel::new(
        "scripted",
        [
            ScriptedAnswer::from("First draft."),
            ScriptedAnswer::error(|| ChatError::status("a provider", 401, "invalid key", None)),
        ],
    );
    let server = TestServer::start(model).await;
    let id = server.run("Rust").await;
    expect![[r#"{"event":"run_failed","seq":6,at,"error":"node `critic_agent` failed in superstep 2, attempt 1: model `scripted` gave no answer: a provider answered HTTP 401: invalid key","node":"critic_agent","attempt":1}"#]].assert_eq(&last_event(&server, &id).await);
    let result = server.result(&id).await;
    expect![[r#"{"approved":null,"critic_score":null,"current_draft":"First draft.","document_fault":null,"document_from":null,"error":"node `critic_agent` failed in superstep 2, attempt 1: model `scripted` gave no answer: a provider answered HTTP 401: invalid key","final_draft":null,"iteration_count":1,"next_nodes":[],"paused":false,"queue_position":null,"run_id":"RUN","status":"failed","stopped_by":null,"usage":{"cached_tokens":0,"input_tokens":0,"output_tokens":0},"waiting":null}"#]].assert_eq(&without_calls(&result).replace(&id, "RUN"));
}

/// The event names the agent and its last attempt. A retry of the run counts on.
#[tokio::test]
async fn a_failed_run_names_the_agent_and_its_attempts() {
    let broken = || ScriptedAnswer::error(|| ChatError::status("a provider", 503, "overloaded", None));
    let answers = [ScriptedAnswer::from("First draft.")].into_iter().chain(iter::repeat_with(broken).take(6));
    let retry = Retry::default().attempts(3).pause(Duration::ZERO);
    let graph = CouncilBuilder::new(ScriptedModel::new("scripted", answers)).retry(retry).build().unwrap();
    let server = TestServer::of(Config::default(), graph).await;
    let id = server.run("Rust").await;
    let mut picture = vec![last_event(&server, &id).await];
    server.post(&format!("/api/councils/run/{id}/retry"), "").await;
    server.when(&id, "failed").await;
    picture.push(last_event(&server, &id).await);
    expect![[r#"
        {"event":"run_failed","seq":6,at,"error":"node `critic_agent` failed in superstep 2, attempt 3: model `scripted` gave no answer: a provider answered HTTP 503: overloaded","node":"critic_agent","attempt":3}
        {"event":"run_failed","seq":10,at,"error":"node `critic_agent` failed in superstep 2, attempt 6: model `scripted` gave no answer: a provider answered HTTP 503: overloaded","node":"critic_agent","attempt":6}"#]].assert_eq(&picture.join("\n"));
}

#[tokio::test]
async fn a_panicking_model_fails_the_run() {
    let server = TestServer::start(Panicking).await;
    let id = server.run("Rust").await;
    expect![[r#"{"event":"run_failed","seq":3,at,"error":"node `master_agent` panicked in superstep 1, attempt 1: the model has lost its mind","node":"master_agent","attempt":1}"#]].assert_eq(&last_event(&server, &id).await);
    assert_eq!(server.result(&id).await["status"], "failed");
}

/// If the critic never approves, the fifth draft goes to the writer with its score.
#[tokio::test]
async fn the_valve_ends_a_run_that_no_critic_approves() {
    let graph = CouncilBuilder::new(ScriptedModel::new("author", ["A text."]).repeating())
        .critic_model(ScriptedModel::new("critic", ["SCORE: 5"]).repeating())
        .build()
        .unwrap();
    let server = TestServer::of(Config::default(), graph).await;
    let id = server.run("Rust").await;
    expect![[r#"{"event":"run_complete","seq":34,at,"final_draft":"A text.","critic_score":5.0,"iteration_count":5,"approved":false,"stopped_by":"max_iterations","document_from":"writer","document_fault":null}"#]].assert_eq(&last_event(&server, &id).await);
    let result = server.result(&id).await;
    assert_eq!(result["approved"], false);
    assert_eq!(result["stopped_by"], "max_iterations");
    let entry = server.get(&format!("/api/runs/{id}")).await.json();
    assert_eq!((&entry["status"], &entry["approved"]), (&"completed".into(), &false.into()));
    assert_eq!((&result["critic_score"], &result["iteration_count"]), (&json!(5.0), &json!(5)));
}

#[tokio::test]
async fn a_limit_fails_the_run_and_keeps_its_draft() {
    let config = Config::default().limits(council_core::Limits { supersteps: 3, ..council_core::Limits::default() });
    let server = TestServer::with(config, two_rounds()).await;
    let id = server.run("Rust").await;
    expect![[r#"{"event":"run_failed","seq":12,at,"error":"the run was stopped by the limit of 3 supersteps"}"#]]
        .assert_eq(&last_event(&server, &id).await);
    let result = server.result(&id).await;
    assert_eq!((&result["final_draft"], &result["current_draft"]), (&json!(null), &json!("Second draft.")));
}
