//! Restarts of a server with other flags.

use std::net::SocketAddr;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{eventually, within};
use crate::http;
use crate::process::{listening, program};
use crate::provider::Provider;

/// If the new limit of drafts is already reached, the run goes to the writer, and keeps its work.
#[tokio::test]
async fn fewer_drafts_end_an_unfinished_run_by_the_valve() {
    let directory = TempDir::new().unwrap();
    let provider = Provider::start().await;
    let database = directory.path().join("council.db");
    let flags = |drafts| {
        let database = database.to_str().unwrap();
        let flags = ["--listen", "127.0.0.1:0", "--model", "openai/x", "--threshold", "10", "--database", database];
        let mut command = program(&[&flags[..], &["--max-iterations", drafts]].concat());
        command.env("OPENAI_BASE_URL", provider.base_url());
        command
    };
    let (mut child, address, _lines) = listening(flags("5")).await;
    let body = json!({ "input_topic": "topic-1", "god_mode": true }).to_string();
    let id = http::send(address, "POST /api/councils/run", &[], body.as_bytes()).await.json()["run_id"].clone();
    let id = id.as_str().unwrap();
    for node in ["master_agent", "critic_agent", "master_agent"] {
        assert_eq!(waiting(address, id).await["next_nodes"], json!([node]));
        approve(address, id).await;
    }
    assert_eq!(waiting(address, id).await["iteration_count"], 2);
    within(child.kill()).await.unwrap();

    let (_child, address, _lines) = listening(flags("1")).await;
    for node in ["critic_agent", "writer_agent"] {
        assert_eq!(waiting(address, id).await["next_nodes"], json!([node]));
        approve(address, id).await;
    }
    let result = waiting(address, id).await;
    let end = (&result["status"], &result["stopped_by"], &result["iteration_count"]);
    assert_eq!(end, (&json!("completed"), &json!("max_iterations"), &json!(2)), "{result}");
}

/// The result once the run is paused or has ended.
async fn waiting(address: SocketAddr, id: &str) -> Value {
    eventually(async || {
        let result = http::send(address, &format!("GET /api/councils/run/{id}"), &[], b"").await.json();
        (result["status"] != "running" && result["status"] != "pending").then_some(result)
    })
    .await
}

async fn approve(address: SocketAddr, id: &str) {
    let request = format!("POST /api/councils/run/{id}/approve");
    assert_eq!(http::send(address, &request, &[], br#"{"action":"approve"}"#).await.status, 200);
}
