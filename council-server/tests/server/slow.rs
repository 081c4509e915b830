//! Watchers that do not read.

use std::time::Duration;

use council_core::Graph;
use council_llm::{Council, CouncilBuilder, ScriptedModel};
use council_server::Config;
use serde_json::Value;

use crate::harness::TestServer;
use crate::models::{Flood, Gated};

/// A council whose critic writes more than what the two ends of a local connection buffer.
fn flood() -> Graph<Council> {
    let author = ScriptedModel::new("author", ["A text."]).repeating();
    let critic = Flood { pieces: 240, bytes: 64 << 10 };
    CouncilBuilder::new(author).critic_model(critic).build().unwrap()
}

/// The run and the other watchers go on; the slow one is told why it is closed, and comes back for the rest.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_reads_too_late_is_closed_with_1013_and_may_come_back() {
    let config = Config { watcher_queue: 16, send_timeout: Duration::from_secs(600), ..Config::default() };
    let server = TestServer::of(config, flood()).await;
    let id = server.run("Rust").await;
    let slow = server.watch(&id, 0).await;
    server.when(&id, "completed").await;

    let seen = slow.rest().await;
    assert_eq!(seen.close, Some(1013));
    let counted = server.get("/metrics").await.text;
    assert!(counted.contains("council_watchers_cut_off_total 1\n"), "{counted}");
    assert!(seen.events.iter().all(|event| !event.contains("run_complete")));

    let all = server.watch(&id, 0).await.rest().await;
    let missed = server.watch(&id, seen.numbered().len()).await.rest().await;
    let together = [seen.numbered(), missed.numbered()].concat();
    assert_eq!(together, all.numbered());
    assert_eq!(missed.close, Some(1000));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_never_reads_is_dropped_while_others_see_all() {
    let config = Config { watcher_queue: 4_096, send_timeout: Duration::from_millis(200), ..Config::default() };
    let server = TestServer::of(config, flood()).await;
    let id = server.run("Rust").await;
    let mut slow = server.watch(&id, 0).await;
    let connected: Value = serde_json::from_str(&slow.next().await).unwrap();
    assert_eq!(connected["event"], "connected");
    let good = server.watch(&id, 0).await.rest().await;
    assert_eq!((good.last()["event"].as_str(), good.close), (Some("run_complete"), Some(1000)));

    // By the time that the server has ended, the connection is gone.
    crate::harness::within(server.stop()).await.unwrap();
    let seen = slow.rest().await;
    assert_eq!(seen.close, None);
    assert!(seen.events.iter().all(|event| !event.contains("run_complete")));
}

/// What a model says at once may be long; what waits for a watcher is made of short pieces.
#[tokio::test]
async fn a_long_token_is_told_in_pieces() {
    let critic = Flood { pieces: 1, bytes: 100 << 10 };
    let author = Gated::new(ScriptedModel::new("author", ["A text."]).repeating());
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
