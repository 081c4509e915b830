//! A server that is killed, again and again, while it works.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::StreamExt;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::process::Child;
use tokio::sync::{Notify, watch};
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Message;

use crate::harness::within;
use crate::http;
use crate::process::{listening, program, signal};
use crate::provider::Provider;

/// Every run that was accepted ends, once; what a watcher was told has ended is not done again; and a watcher that comes back after
/// each kill has every event, with numbers without a gap.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_moment_it_is_killed_at_every_run_ends_once() {
    let directory = TempDir::new().unwrap();
    let provider = Provider::start().await;
    let mut randomness = TestRunner::default();
    let (mut child, address) = start(&directory, &provider).await;
    let (tell, told) = watch::channel(address);
    let mut watchers = BTreeMap::new();
    let mut topics = (0..).map(|number| format!("topic-{number}"));
    for _ in 0..KILLS {
        let moment = (0_u64..120).new_tree(&mut randomness).unwrap().current();
        let address = *told.borrow();
        let accepted = Notify::new();
        let load = async {
            loop {
                let topic = topics.next().unwrap();
                let body = json!({ "input_topic": topic }).to_string();
                let Some(answer) = http::try_send(address, "POST /api/councils/run", &[], body.as_bytes()).await else {
                    continue;
                };
                assert_eq!(answer.status, 202, "{}", answer.text);
                let id = answer.json()["run_id"].as_str().unwrap().to_owned();
                let watcher =
                    Comeback { id, topic: topic.clone(), addresses: told.clone(), provider: provider.clone() };
                watchers.insert(topic, tokio::spawn(watcher.see_it_through()));
                accepted.notify_one();
                // A load that the machine can bear: a run every few milliseconds.
                tokio::time::sleep(Duration::from_millis(3)).await;
            }
        };
        let killed = async {
            accepted.notified().await;
            tokio::time::sleep(Duration::from_millis(moment)).await;
        };
        tokio::select! {
            () = load => {}
            () = killed => {}
        }
        signal(&child, "-KILL");
        child.wait().await.unwrap();
        let address;
        (child, address) = start(&directory, &provider).await;
        tell.send(address).unwrap();
    }

    let runs = watchers.len();
    for (topic, watcher) in watchers {
        let completed = within(watcher).await.unwrap();
        let expected = ["master_agent 1", "critic_agent 1", "master_agent 2", "critic_agent 2", "writer_agent 2"];
        assert_eq!(completed, expected, "{topic}");
    }
    let (calls, repeated) = provider.notes();
    assert_eq!(repeated, [], "asked again after it had ended");
    assert!(calls.len() >= runs * 5, "each run has five pieces, whatever was cut off");
    // Also those that were stored, and whose start nobody was told of.
    within(async {
        let is_over = |history: &Value| history.as_array().unwrap().iter().all(|entry| entry["status"] == "completed");
        let get = "GET /api/runs/?limit=200";
        while !is_over(&http::send(address_now(&told), get, &[], b"").await.json()) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

async fn start(directory: &TempDir, provider: &Provider) -> (Child, SocketAddr) {
    let mut command = program(&["--listen", "127.0.0.1:0", "--model", "openai/m"]);
    command.env("OPENAI_BASE_URL", provider.base_url()).env("COUNCIL_DATABASE", directory.path().join("council.db"));
    // Nobody reads what it says.
    command.stderr(std::process::Stdio::null());
    let (child, address, _) = listening(command).await;
    (child, address)
}

fn address_now(told: &watch::Receiver<SocketAddr>) -> SocketAddr {
    *told.borrow()
}

/// A watcher that comes back with the number of the last event that it has.
struct Comeback {
    id: String,
    topic: String,
    addresses: watch::Receiver<SocketAddr>,
    provider: Provider,
}

impl Comeback {
    /// What was completed, in order, once the run has.
    async fn see_it_through(self) -> Vec<String> {
        let mut completed = Vec::new();
        let mut last = 0;
        loop {
            let url = format!("ws://{}/ws/council/{}?after={last}", address_now(&self.addresses), self.id);
            let Ok(stream) = TcpStream::connect(address_now(&self.addresses)).await else {
                tokio::time::sleep(Duration::from_millis(5)).await;
                continue;
            };
            let Ok((mut socket, _)) = client_async(url, stream).await else { continue };
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

/// How often it is killed.
const KILLS: usize = 25;
