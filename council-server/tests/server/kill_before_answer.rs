//! Kills between the acceptance of a start and its answer: a client that tries again with the same key gets the same run.

use serde_json::json;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::harness::{eventually, within};
use crate::http;
use crate::kill::start;
use crate::process::signal;
use crate::provider::Provider;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_is_repeated_after_a_kill_without_a_second_run() {
    let directory = TempDir::new().unwrap();
    let provider = Provider::start().await;
    let (mut child, mut address) = start(&directory, &provider).await;
    for number in 0..KILLS {
        let (key, body) = (format!("key-{number}"), json!({ "input_topic": format!("topic-{number}") }).to_string());
        let head = format!("POST /api/councils/run HTTP/1.1\r\nhost: {address}\r\nidempotency-key: {key}\r\n");
        let request = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
        // The first call of the run shows that its start is stored. The answer of the server is never read.
        let mut connection = TcpStream::connect(address).await.unwrap();
        let (sent, ()) = tokio::join!(connection.write_all(request.as_bytes()), within(provider.hold_after(0)));
        sent.unwrap();
        signal(&child, "-KILL");
        child.wait().await.unwrap();
        provider.answer_all();
        (child, address) = start(&directory, &provider).await;
        let headers = [("idempotency-key", &*key)];
        let again = http::send(address, "POST /api/councils/run", &headers, body.as_bytes()).await;
        assert_eq!(again.status, 202, "{}", again.text);
        let id = again.json()["run_id"].as_str().unwrap().to_owned();
        let path = format!("GET /api/councils/run/{id}");
        eventually(async || {
            let result = http::send(address, &path, &[], b"").await;
            (result.json()["status"] == "completed").then_some(())
        })
        .await;
    }
    let history = http::send(address, "GET /api/runs/?limit=200", &[], b"").await.json();
    assert_eq!(history.as_array().unwrap().len(), KILLS);
    // Only the call that the kill has cut off is made again.
    let (calls, _) = provider.notes();
    for ((topic, agent, round), calls) in calls {
        let expected = if (agent.as_str(), round) == ("master_agent", 1) { 2 } else { 1 };
        assert_eq!(calls, expected, "{topic} {agent} {round}");
    }
}

const KILLS: usize = 5;
