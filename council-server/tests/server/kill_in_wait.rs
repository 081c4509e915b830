//! Kills of a server whose run waits for a quota: the run waits on after the restart, and no answer is paid for twice.

use std::net::SocketAddr;

use expect_test::expect;
use jiff::Timestamp;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Child;

use crate::harness::eventually;
use crate::http;
use crate::kill::start;
use crate::process::signal;
use crate::provider::Provider;
use crate::socket::Watcher;

/// A server with a run whose critic is refused.
struct Waiting {
    directory: TempDir,
    provider: Provider,
    child: Child,
    address: SocketAddr,
    id: String,
    /// Until when it waits.
    until: Timestamp,
}

impl Waiting {
    /// Starts a run, and waits until it waits for the critic.
    async fn begin(retry_after: u64) -> Self {
        let directory = TempDir::new().unwrap();
        let provider = Provider::start().await;
        provider.refuse("critic_agent", retry_after);
        let (child, address) = start(&directory, &provider).await;
        let body = json!({ "input_topic": "topic-1" }).to_string();
        let answer = http::send(address, "POST /api/councils/run", &[], body.as_bytes()).await;
        let id = answer.json()["run_id"].as_str().unwrap().to_owned();
        let mut watcher = Watcher::connect(address, &format!("/ws/council/{id}"), &[]).await.unwrap();
        let until = watcher.until("run_waiting").await["until"].as_str().unwrap().parse().unwrap();
        Self { directory, provider, child, address, id, until }
    }

    async fn kill_and_start(&mut self) {
        signal(&self.child, "-KILL");
        self.child.wait().await.unwrap();
        (self.child, self.address) = start(&self.directory, &self.provider).await;
    }

    async fn result(&self) -> Value {
        http::send(self.address, &format!("GET /api/councils/run/{}", self.id), &[], b"").await.json()
    }

    async fn completed(&self) -> Value {
        eventually(async || Some(self.result().await).filter(|result| result["status"] == "completed")).await
    }

    /// The number of answers to each agent in each round.
    fn paid(&self) -> String {
        let answered = self.provider.answered();
        let mut lines: Vec<_> =
            answered.iter().map(|((_, agent, round), calls)| format!("{agent} {round}: {}", calls.len())).collect();
        lines.sort();
        lines.join("\n")
    }
}

/// The wait of an hour is the same after each restart, and nothing is called meanwhile. A retry by a person does not wait for its end.
#[tokio::test]
async fn a_killed_server_waits_on() {
    let mut waiting = Waiting::begin(3600).await;
    let before = waiting.result().await["waiting"].clone();
    assert!(before["for"].as_str().unwrap().contains("the quota is used up"), "{before}");
    for _ in 0..3 {
        waiting.kill_and_start().await;
        let result = waiting.result().await;
        assert_eq!((&result["status"], &result["waiting"]), (&json!("running"), &before));
    }
    let (calls, _) = waiting.provider.notes();
    assert_eq!(calls.values().sum::<usize>(), 2, "one of the master, one of the critic: {calls:?}");

    waiting.provider.refuse_none();
    for deed in ["cancel", "retry"] {
        let path = format!("POST /api/councils/run/{}/{deed}", waiting.id);
        http::send(waiting.address, &path, &[], b"").await;
    }
    assert_eq!(waiting.completed().await["final_draft"], "The document on topic-1.");
}

/// The run goes on by itself, not before the time that the provider has asked for, and every answer is paid for once.
#[tokio::test]
async fn a_run_of_a_killed_server_goes_on_after_its_wait() {
    let mut waiting = Waiting::begin(3).await;
    for _ in 0..2 {
        waiting.kill_and_start().await;
        assert_eq!(waiting.result().await["status"], "running");
    }
    waiting.provider.refuse_none();
    let result = waiting.completed().await;
    assert_eq!((&result["final_draft"], &result["error"]), (&json!("The document on topic-1."), &Value::Null));
    expect![[r#"
        critic_agent 1: 1
        critic_agent 2: 1
        master_agent 1: 1
        master_agent 2: 1
        writer_agent 2: 1"#]]
    .assert_eq(&waiting.paid());
    let judged = waiting.provider.answered()[&("topic-1".to_owned(), "critic_agent".to_owned(), 1)][0];
    assert!(judged >= waiting.until, "called at {judged}, before {}", waiting.until);
}
