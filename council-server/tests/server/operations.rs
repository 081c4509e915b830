//! Routes for operators: readiness and metrics.

use std::sync::Arc;
use std::time::Duration;

use council_llm::{CouncilBuilder, Models, ScriptedAnswer, ScriptedModel, Usage};
use council_server::{Config, Councils, Database};
use expect_test::{Expect, expect};
use rusqlite::Connection;
use serde_json::json;
use tempfile::TempDir;

use crate::harness::{StoppedClock, TestServer, eventually, within};
use crate::http;
use crate::models::{Gated, two_rounds};

/// The metrics. Of times, whose values differ, only the count is kept.
async fn counted(server: &TestServer) -> String {
    let answer = server.get("/metrics").await;
    assert_eq!(answer.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    let is_time = |line: &&str| line.contains("_bucket{") || line.contains("_seconds_sum");
    let mut lines: Vec<_> = answer.text.lines().filter(|line| !line.starts_with('#') && !is_time(line)).collect();
    lines.sort_unstable();
    lines.join("\n")
}

/// The lines of the metrics that contain this text.
async fn of(server: &TestServer, name: &str, picture: Expect) {
    let text = counted(server).await;
    let lines: Vec<_> = text.lines().filter(|line| line.starts_with(name) && !line.ends_with(" 0")).collect();
    picture.assert_eq(&lines.join("\n"));
}

/// Waits until the metrics have this line. Some metrics change shortly after the end of the run.
async fn until(server: &TestServer, line: &str) {
    eventually(async || counted(server).await.contains(line).then_some(())).await;
}

#[tokio::test]
async fn all_metrics_are_listed_from_the_start() {
    let server = TestServer::start(two_rounds()).await;
    let text = counted(&server).await;
    expect![[r#"
        council_build_info{version="0.1.0"} 1
        council_call_retries_total 0
        council_events_sent_total 0
        council_http_requests_total{status="1xx"} 0
        council_http_requests_total{status="2xx"} 0
        council_http_requests_total{status="3xx"} 0
        council_http_requests_total{status="4xx"} 0
        council_http_requests_total{status="5xx"} 0
        council_journal_append_failures_total 0
        council_journal_append_seconds_count 0
        council_log_lines_dropped_total 0
        council_node_duration_seconds_count{node="agent"} 0
        council_node_duration_seconds_count{node="critic"} 0
        council_node_duration_seconds_count{node="critic_agent"} 0
        council_node_duration_seconds_count{node="master_agent"} 0
        council_node_duration_seconds_count{node="writer_agent"} 0
        council_runs_ended_total{outcome="cancelled",mode="auto-pilot",blueprint="false"} 0
        council_runs_ended_total{outcome="cancelled",mode="auto-pilot",blueprint="true"} 0
        council_runs_ended_total{outcome="cancelled",mode="god-mode",blueprint="false"} 0
        council_runs_ended_total{outcome="cancelled",mode="god-mode",blueprint="true"} 0
        council_runs_ended_total{outcome="completed",mode="auto-pilot",blueprint="false"} 0
        council_runs_ended_total{outcome="completed",mode="auto-pilot",blueprint="true"} 0
        council_runs_ended_total{outcome="completed",mode="god-mode",blueprint="false"} 0
        council_runs_ended_total{outcome="completed",mode="god-mode",blueprint="true"} 0
        council_runs_ended_total{outcome="failed",mode="auto-pilot",blueprint="false"} 0
        council_runs_ended_total{outcome="failed",mode="auto-pilot",blueprint="true"} 0
        council_runs_ended_total{outcome="failed",mode="god-mode",blueprint="false"} 0
        council_runs_ended_total{outcome="failed",mode="god-mode",blueprint="true"} 0
        council_runs_retried_total 0
        council_runs_waiting 0
        council_runs{status="paused"} 0
        council_runs{status="pending"} 0
        council_runs{status="running"} 0
        council_tokens_total{direction="input"} 0
        council_tokens_total{direction="output"} 0
        council_watchers 0
        council_watchers_cut_off_total 0"#]]
    .assert_eq(&text);
}

#[tokio::test]
async fn runs_are_counted_by_how_they_end() {
    let server = TestServer::start(two_rounds()).await;
    let id = server.run("Rust").await;
    server.when(&id, "completed").await;
    let watched = server.watch(&id, 0).await.rest().await;
    assert_eq!(watched.close, Some(1000));
    server.run("The script has come to its end").await;
    until(&server, r#"council_runs_ended_total{outcome="failed",mode="auto-pilot",blueprint="false"} 1"#).await;
    let rejected = server.run_with_chair("Rust").await;
    let cancelled = server.run_with_chair("Rust").await;
    server.when(&rejected, "paused").await;
    server.when(&cancelled, "paused").await;
    of(
        &server,
        "council_runs",
        expect![[r#"
        council_runs_ended_total{outcome="completed",mode="auto-pilot",blueprint="false"} 1
        council_runs_ended_total{outcome="failed",mode="auto-pilot",blueprint="false"} 1
        council_runs{status="paused"} 2"#]],
    )
    .await;
    server.answer(&rejected, json!({ "action": "reject" })).await;
    server.post(&format!("/api/councils/run/{cancelled}/cancel"), "").await;
    of(
        &server,
        "council_runs",
        expect![[r#"
            council_runs_ended_total{outcome="cancelled",mode="god-mode",blueprint="false"} 1
            council_runs_ended_total{outcome="completed",mode="auto-pilot",blueprint="false"} 1
            council_runs_ended_total{outcome="failed",mode="auto-pilot",blueprint="false"} 1
            council_runs_ended_total{outcome="failed",mode="god-mode",blueprint="false"} 1"#]],
    )
    .await;
    of(&server, "council_http_requests_total{status=\"4", expect![""]).await;
    assert_eq!(server.get("/nothing").await.status, 404);
    of(&server, "council_http_requests_total{status=\"4", expect![[r#"council_http_requests_total{status="4xx"} 1"#]])
        .await;
    of(
        &server,
        "council_node_duration_seconds_count",
        expect![[r#"
            council_node_duration_seconds_count{node="critic_agent"} 2
            council_node_duration_seconds_count{node="master_agent"} 2
            council_node_duration_seconds_count{node="writer_agent"} 1"#]],
    )
    .await;
    until(&server, &format!("council_events_sent_total {}", watched.numbered().len() + 1)).await;
}

/// Agents of blueprints have only their role as a label, so clients cannot create labels.
#[tokio::test]
async fn agents_of_blueprints_are_counted_by_their_roles() {
    let models = Models::new(|_| Ok(Arc::new(ScriptedModel::new("content", ["SCORE: 9"]).repeating())));
    let councils = Councils::new(CouncilBuilder::new(two_rounds()).build().unwrap()).models(models);
    let server = TestServer::of(Config::default(), councils).await;
    let blueprint = json!({ "id": "b1", "name": "Essays", "nodes": [
        { "id": "author", "model": "rehearsal" },
        { "id": "judge", "model": "rehearsal", "role": "critic" },
        { "id": "printer", "model": "rehearsal" },
    ], "edges": [{ "source": "author", "target": "judge" }, { "source": "judge", "target": "printer" }] });
    assert_eq!(server.post("/api/councils/", blueprint.to_string()).await.status, 201);
    server.start_run("/api/councils/b1/run", &json!({ "input_topic": "Rust" })).await;
    until(&server, r#"council_runs_ended_total{outcome="completed",mode="auto-pilot",blueprint="true"} 1"#).await;
    of(
        &server,
        "council_node_duration_seconds_count",
        expect![[r#"
        council_node_duration_seconds_count{node="agent"} 2
        council_node_duration_seconds_count{node="critic"} 1"#]],
    )
    .await;
}

#[tokio::test]
async fn tokens_are_counted() {
    let usage = Usage::new(1_000, 100).cached(10);
    let answers = ["Draft.", "SCORE: 9", "Document."].map(|text| ScriptedAnswer::from(text).usage(usage));
    let server = TestServer::start(ScriptedModel::new("scripted", answers)).await;
    server.run("Rust").await;
    until(&server, r#"outcome="completed",mode="auto-pilot",blueprint="false"} 1"#).await;
    of(
        &server,
        "council_tokens",
        expect![[r#"
        council_tokens_total{direction="input"} 3000
        council_tokens_total{direction="output"} 300"#]],
    )
    .await;
}

#[tokio::test]
async fn running_runs_and_connected_watchers_are_counted() {
    let model = Gated::new(two_rounds());
    let server = TestServer::start(model.clone()).await;
    let id = server.run("Rust").await;
    let mut watcher = server.watch(&id, 0).await;
    watcher.until("node_start").await;
    of(&server, "council_runs{", expect![[r#"council_runs{status="running"} 1"#]]).await;
    of(&server, "council_watchers", expect!["council_watchers 1"]).await;
    model.allow(100);
    watcher.rest().await;
    server.when(&id, "completed").await;
    of(&server, "council_runs{", expect![""]).await;
    until(&server, "council_watchers 0").await;
}

/// The count is right before any request has loaded the runs.
#[tokio::test]
async fn paused_runs_of_an_earlier_server_are_counted() {
    let directory = TempDir::new().unwrap();
    let config = Config::default().database(Database::File(directory.path().join("council.db")));
    let server = TestServer::with(config.clone(), two_rounds()).await;
    let ids = [server.run_with_chair("Rust").await, server.run_with_chair("Rust").await];
    for id in &ids {
        server.when(id, "paused").await;
    }
    within(server.stop()).await.unwrap();
    let server = TestServer::with(config, two_rounds()).await;
    of(&server, "council_runs{", expect![[r#"council_runs{status="paused"} 2"#]]).await;
    server.result(&ids[0]).await;
    of(&server, "council_runs{", expect![[r#"council_runs{status="paused"} 2"#]]).await;
    server.answer(&ids[0], json!({ "action": "reject" })).await;
    of(&server, "council_runs{", expect![[r#"council_runs{status="paused"} 1"#]]).await;
}

#[tokio::test]
async fn a_server_is_ready_while_its_database_can_be_written() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("council.db");
    let config = Config::default().database(Database::File(path.clone()));
    let server = TestServer::with(config, two_rounds()).await;
    let clock = StoppedClock::new();
    server.until_ready().await;

    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    // The last result counts for a second. The next check has a time limit.
    let step = Duration::from_millis(100);
    let refused = clock.advance_until(step, async {
        loop {
            let answer = server.get("/api/ready").await;
            if answer.status != 200 {
                return answer;
            }
        }
    });
    expect![[r#"503 {"detail":"Runs cannot be stored or read at the moment: the database does not answer in time"}"#]]
        .assert_eq(&refused.await.line());
    assert_eq!(server.get("/api/health").await.status, 200, "the server is healthy although it is not ready");
    other.execute_batch("ROLLBACK").unwrap();
    clock.advance_until(step, server.until_ready()).await;
    let runs: i64 = other.query_row("SELECT count(*) FROM council_runs", [], |row| row.get(0)).unwrap();
    assert_eq!(runs, 0, "no run is stored for the refused starts");
}

/// A server that shuts down is not ready, and answers health checks until it ends.
#[tokio::test]
async fn a_server_that_drains_is_not_ready() {
    let model = Gated::new(two_rounds());
    let server = TestServer::start(model.clone()).await;
    server.until_ready().await;
    let id = server.run("Rust").await;
    server.when(&id, "running").await;
    let draining = server.drain().await;
    expect![[r#"503 {"detail":"The server is shutting down."}"#]].assert_eq(&draining.refused.line());
    assert_eq!(http::send(draining.address, "GET /api/health", &[], b"").await.status, 200);
    model.allow(100);
    within(draining.ended).await.unwrap();
}
