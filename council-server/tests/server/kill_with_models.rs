//! Kills of a server that is started again with another model: its runs wait for their model, or go on with the other one after a retry.

use std::net::SocketAddr;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Child;

use crate::harness::{eventually, within};
use crate::http;
use crate::kill::start_with_model;
use crate::process::signal;
use crate::provider::Provider;

async fn run(address: SocketAddr, topic: &str) -> String {
    let body = json!({ "input_topic": topic }).to_string();
    let answer = http::send(address, "POST /api/councils/run", &[], body.as_bytes()).await;
    answer.json()["run_id"].as_str().unwrap().to_owned()
}

/// The reason why a run is pending.
async fn reason(address: SocketAddr, id: &str) -> String {
    let pending = result_when(address, id, |result| result["status"] == "pending" && !result["error"].is_null()).await;
    pending["error"].as_str().unwrap().to_owned()
}

async fn result_when(address: SocketAddr, id: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    let path = format!("GET /api/councils/run/{id}");
    eventually(async || Some(http::send(address, &path, &[], b"").await.json()).filter(&is_so)).await
}

async fn kill(child: &mut Child) {
    signal(child, "-KILL");
    child.wait().await.unwrap();
}

#[tokio::test]
async fn a_run_of_a_killed_server_keeps_its_model() {
    let (directory, provider) = (TempDir::new().unwrap(), Provider::start().await);
    let (mut child, address) = start_with_model("openai/m", &directory, &provider).await;
    // The first run is in its second round when the server is killed, and the second one at its beginning.
    let ((), kept) = tokio::join!(within(provider.hold_after(3)), run(address, "topic-1"));
    let retried = run(address, "topic-2").await;
    kill(&mut child).await;

    let (mut child, address) = start_with_model("rehearsal", &directory, &provider).await;
    for id in [&kept, &retried] {
        let reason = reason(address, id).await;
        assert!(reason.contains("start the server with `--model openai/m "), "{reason}");
    }
    let answer = http::send(address, &format!("POST /api/councils/run/{retried}/retry"), &[], b"").await;
    assert_eq!((answer.status, &answer.json()["status"]), (202, &json!("running")));
    kill(&mut child).await;

    provider.answer_all();
    let (_child, address) = start_with_model("openai/m", &directory, &provider).await;
    let completed = result_when(address, &kept, |result| result["status"] == "completed").await;
    assert_eq!(completed["final_draft"], "The document on topic-1.");
    let reason = reason(address, &retried).await;
    assert!(reason.contains("have `rehearsal` in the run and `openai/m` on this server"), "{reason}");
    let paid = provider.answered();
    let paid: Vec<_> =
        paid.iter().filter(|((topic, ..), _)| topic == "topic-1").map(|(_, calls)| calls.len()).collect();
    assert_eq!(paid, [1; 5], "each agent was paid for once in each round");
}
