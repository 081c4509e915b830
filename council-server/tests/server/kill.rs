//! Kills of a working server: every accepted run still ends once.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use futures_util::StreamExt;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::process::Child;
use tokio::sync::watch;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Message;

use crate::harness::{eventually, within};
use crate::http;
use crate::process::{listening, program, signal};
use crate::provider::Provider;

/// Every accepted run ends once. Work whose end a watcher has received is not repeated. A watcher that reconnects after each kill
/// receives every event, with numbers without a gap.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_run_of_a_killed_server_ends_once() {
    let directory = TempDir::new().unwrap();
    let provider = Provider::start().await;
    let (mut child, address) = start(&directory, &provider).await;
    let (tell, told) = watch::channel(address);
    let mut watchers = BTreeMap::new();
    let mut topics = (0..).map(|number| format!("topic-{number}"));
    for kill in 0..KILLS {
        let address = *told.borrow();
        let load = async {
            for topic in topics.by_ref().take(RUNS) {
                let body = json!({ "input_topic": topic }).to_string();
                let answer = http::send(address, "POST /api/councils/run", &[], body.as_bytes()).await;
                assert_eq!(answer.status, 202, "{}", answer.text);
                let id = answer.json()["run_id"].as_str().unwrap().to_owned();
                let watcher = ReconnectingWatcher {
                    id,
                    topic: topic.clone(),
                    addresses: told.clone(),
                    provider: provider.clone(),
                };
                watchers.insert(topic, tokio::spawn(watcher.watch_to_the_end()));
            }
            std::future::pending::<()>().await;
        };
        // The kill comes while models write: the first answer that is held back is never sent.
        tokio::select! {
            () = load => {}
            () = within(provider.hold_after(kill % (5 * RUNS))) => {}
        }
        signal(&child, "-KILL");
        child.wait().await.unwrap();
        let address;
        (child, address) = start(&directory, &provider).await;
        tell.send(address).unwrap();
    }
    provider.answer_all();

    let runs = watchers.len();
    for (topic, watcher) in watchers {
        let completed = within(watcher).await.unwrap();
        let expected = ["master_agent 1", "critic_agent 1", "master_agent 2", "critic_agent 2", "writer_agent 2"];
        assert_eq!(completed, expected, "{topic}");
    }
    let (calls, repeated) = provider.notes();
    assert_eq!(repeated, [], "a call was repeated although its agent had ended");
    assert!(calls.len() >= runs * 5, "each run makes at least five calls");
    // This includes runs that were stored, but whose start was not answered because of the kill.
    let address = *told.borrow();
    eventually(async || {
        let history = http::send(address, "GET /api/runs/?limit=200", &[], b"").await.json();
        history.as_array().unwrap().iter().all(|entry| entry["status"] == "completed").then_some(())
    })
    .await;
}

pub(crate) async fn start(directory: &TempDir, provider: &Provider) -> (Child, SocketAddr) {
    start_with_model("openai/m", directory, provider).await
}

pub(crate) async fn start_with_model(model: &str, directory: &TempDir, provider: &Provider) -> (Child, SocketAddr) {
    let mut command = program(&["--listen", "127.0.0.1:0", "--model", model]);
    command.env("OPENAI_BASE_URL", provider.base_url()).env("COUNCIL_DATABASE", directory.path().join("council.db"));
    // The log is not read.
    command.stderr(std::process::Stdio::null());
    let (child, address, _) = listening(command).await;
    (child, address)
}

/// A watcher that reconnects with the number of its last event.
struct ReconnectingWatcher {
    id: String,
    topic: String,
    addresses: watch::Receiver<SocketAddr>,
    provider: Provider,
}

impl ReconnectingWatcher {
    /// Watches until the run completes. Returns the completed nodes, in order.
    async fn watch_to_the_end(mut self) -> Vec<String> {
        let mut completed = Vec::new();
        let mut last = 0;
        loop {
            let address = *self.addresses.borrow_and_update();
            let url = format!("ws://{address}/ws/council/{}?after={last}", self.id);
            let connected = async { client_async(url, TcpStream::connect(address).await.ok()?).await.ok() };
            let Some((mut socket, _)) = connected.await else {
                self.addresses.changed().await.unwrap();
                continue;
            };
            while let Some(Ok(Message::Text(text))) = socket.next().await {
                let event: Value = serde_json::from_str(&text).unwrap();
                let Some(seq) = event["seq"].as_u64() else { continue };
                assert_eq!(seq, last + 1, "{}: {completed:?}", self.topic);
                last = seq;
                let iteration = event["iteration"].as_u64().unwrap_or_default();
                match (event["event"].as_str().unwrap(), event["node"].as_str()) {
                    ("node_complete", Some(node)) => {
                        let round = u32::try_from(iteration).unwrap();
                        self.provider.has_ended((self.topic.clone(), node.to_owned(), round));
                        completed.push(format!("{node} {iteration}"));
                    }
                    ("run_complete", _) => return completed,
                    ("run_failed" | "run_cancelled", _) => panic!("{event}"),
                    _ => {}
                }
            }
        }
    }
}

/// The number of kills.
const KILLS: usize = 25;
/// The number of runs that are started before each kill.
const RUNS: usize = 3;
