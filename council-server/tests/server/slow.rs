//! Watchers that do not read, and are disconnected.

use std::time::Duration;

use council_core::Graph;
use council_llm::{Council, CouncilBuilder, ScriptedModel};
use council_server::Config;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::blueprints::big_blueprint;
use crate::harness::{StoppedClock, TestServer, eventually};
use crate::http;
use crate::models::{Flood, Gated};

/// A council whose critic writes far more than a narrow connection holds, once the author may answer.
fn flood(author: &Gated) -> Graph<Council> {
    let critic = Flood { pieces: 96, bytes: 16 << 10 };
    CouncilBuilder::new(author.clone()).critic_model(critic).build().unwrap()
}

fn author() -> Gated {
    Gated::new(ScriptedModel::new("author", ["A text."]).repeating())
}

/// Waits until the server has disconnected a watcher.
async fn cut_off(server: &TestServer) {
    eventually(async || {
        let counted = server.get("/metrics").await.text;
        counted.contains("council_watchers_cut_off_total 1\n").then_some(())
    })
    .await;
}

/// The run and the other watchers continue. The slow watcher is closed with a reason, and reconnects for the rest.
#[tokio::test]
async fn a_watcher_that_reads_too_late_is_closed_with_1013_and_may_reconnect() {
    let author = author();
    let config = Config::default().watcher_queue(16).send_timeout(Duration::from_secs(600));
    let server = TestServer::of(config, flood(&author)).await;
    let id = server.run("Rust").await;
    let slow = server.watch_narrow(&id).await;
    author.allow(2);
    server.when(&id, "completed").await;

    let seen = slow.rest().await;
    assert_eq!(seen.close, Some(1013));
    cut_off(&server).await;
    assert!(seen.events.iter().all(|event| !event.contains("run_complete")));

    let all = server.watch(&id, 0).await.rest().await;
    let missed = server.watch(&id, seen.numbered().len()).await.rest().await;
    let together = [seen.numbered(), missed.numbered()].concat();
    assert_eq!(together, all.numbered());
    assert_eq!(missed.close, Some(1000));
}

#[tokio::test]
async fn a_watcher_that_never_reads_is_disconnected_and_others_receive_all() {
    let author = author();
    let send_timeout = Duration::from_secs(10);
    let config = Config::default().watcher_queue(4_096).send_timeout(send_timeout);
    let server = TestServer::of(config, flood(&author)).await;
    let clock = StoppedClock::new();
    let id = server.run("Rust").await;
    let slow = server.watch_narrow(&id).await;
    let good = server.watch(&id, 0).await;
    author.allow(2);
    let seen = good.rest().await;
    assert_eq!((seen.last()["event"].as_str(), seen.close), (Some("run_complete"), Some(1000)));

    clock.advance(send_timeout).await;
    cut_off(&server).await;
    let seen = slow.rest().await;
    assert_eq!(seen.close, None);
    assert!(seen.events.iter().all(|event| !event.contains("run_complete")));
}

/// A client that reads a little all the time is never silent for long, and is still too slow.
#[tokio::test]
async fn a_client_that_reads_slowly_is_disconnected() {
    let config = Config::default().send_timeout(Duration::from_secs(86_400));
    let server = TestServer::of(config, flood(&author())).await;
    for id in ["one", "two", "three", "four"] {
        assert_eq!(server.post("/api/councils/", big_blueprint(id).to_string()).await.status, 201);
    }
    let clock = StoppedClock::new();
    let mut client = http::narrow(server.address()).await;
    let request = format!("GET /api/councils/ HTTP/1.1\r\nhost: {}\r\n\r\n", server.address());
    client.write_all(request.as_bytes()).await.unwrap();
    let reading = async {
        let (mut piece, mut taken) = ([0; 1 << 10], 0);
        while let Ok(bytes @ 1..) = client.read(&mut piece).await {
            taken += bytes;
            tokio::time::sleep(Duration::from_secs(2)).await;
        }
        taken
    };
    let taken = clock.advance_until(Duration::from_secs(2), reading).await;
    assert!(taken < 1 << 20, "{taken} bytes of 3.6 MB");
    assert_eq!(server.get("/api/health").await.status, 200);
}

/// A long token is sent in pieces of limited size, so the queue of a watcher has a limited size.
#[tokio::test]
async fn a_long_token_is_sent_in_pieces() {
    let critic = Flood { pieces: 1, bytes: 100 << 10 };
    let author = author();
    let graph = CouncilBuilder::new(author.clone()).critic_model(critic).build().unwrap();
    let server = TestServer::of(Config::default(), graph).await;
    let id = server.run("Rust").await;
    let watcher = server.watch(&id, 0).await;
    author.allow(2);
    let events = watcher.rest().await.events;
    let events = events.iter().map(|event| serde_json::from_str::<Value>(event).unwrap());
    let tokens = events.filter(|event| event["event"] == "token" && event["node"] == "critic_agent");
    let texts: Vec<_> = tokens.map(|event| event["text"].as_str().unwrap().to_owned()).collect();
    assert!(texts.iter().all(|text| text.len() <= 16 << 10));
    assert_eq!(texts.concat(), format!("SCORE: 9\n{}", "x".repeat(100 << 10)));
}
