//! Several who want something of one run at the same moment: one is first, nobody is told twice or not at all.

use std::sync::Arc;

use council_llm::{CouncilBuilder, Models, Rehearsal, ScriptedModel};
use council_server::{Config, Councils};
use serde_json::{Value, json};

use crate::blueprints::pair;
use crate::harness::{TestServer, within};
use crate::models::Gated;

fn content() -> ScriptedModel {
    ScriptedModel::new("scripted", ["SCORE: 9"]).repeating()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_approvals_at_once_exactly_one_counts() {
    let server = TestServer::start(content()).await;
    for _ in 0..30 {
        let id = server.run_with_chair("Rust").await;
        for node in ["master_agent", "critic_agent", "writer_agent"] {
            let paused = server.when(&id, "paused").await;
            assert_eq!(paused["next_nodes"], json!([node]));
            let approve = || server.answer(&id, json!({ "action": "approve" }));
            let (one, other) = tokio::join!(approve(), approve());
            let mut statuses = [one.status, other.status];
            statuses.sort_unstable();
            // The second may have come so late that it answers the next pause.
            if statuses == [200, 200] {
                let result = server.result(&id).await;
                assert_ne!(result["next_nodes"], json!([node]), "{result}");
                break;
            }
            assert_eq!(statuses, [200, 400]);
        }
        server.post(&format!("/api/councils/run/{id}/cancel"), "").await;
    }
}

/// Whoever is first, the run is cancelled, and says so once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancel_and_an_approval_at_once_end_the_run_once() {
    let server = TestServer::start(Gated::new(content())).await;
    for _ in 0..100 {
        let id = server.run_with_chair("Rust").await;
        server.when(&id, "paused").await;
        let watcher = tokio::spawn(server.watch(&id, 0).await.rest());
        let cancel = format!("/api/councils/run/{id}/cancel");
        let (approved, cancelled) =
            tokio::join!(server.answer(&id, json!({ "action": "approve" })), server.post(&cancel, ""));
        assert_eq!(cancelled.status, 200, "{}", cancelled.text);
        assert!([200, 400].contains(&approved.status), "{}", approved.text);
        assert_eq!(server.result(&id).await["status"], "cancelled");
        let seen = within(watcher).await.unwrap();
        assert_eq!((last_events(&seen.events), seen.close), (1, Some(1000)), "{seen:?}");
        let resumed = seen.events.iter().any(|event| event.contains("run_resumed"));
        assert_eq!(resumed, approved.status == 200, "{seen:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_blueprint_that_is_deleted_or_changed_under_a_run_changes_nothing_for_it() {
    let model = Gated::new(content());
    let played = model.clone();
    let models = Models::new(move |_| Ok(Arc::new(played.clone())));
    let councils = Councils::new(CouncilBuilder::new(Rehearsal::new()).build().unwrap()).models(models);
    let server = TestServer::of(Config::default(), councils).await;
    let mut ids = Vec::new();
    for round in 0..20 {
        assert_eq!(server.post("/api/councils/", pair().to_string()).await.status, 201);
        let body = json!({ "input_topic": "Rust" }).to_string();
        let start = server.post("/api/councils/pair/run", &body);
        let delete = crate::http::send(server.address(), "DELETE /api/councils/pair", &[], b"");
        let (started, deleted) =
            if round % 2 == 0 { tokio::join!(start, within(delete)) } else { (start.await, within(delete).await) };
        assert_eq!(deleted.status, 204);
        match started.status {
            202 => ids.push(started.json()["run_id"].as_str().unwrap().to_owned()),
            status => assert_eq!((status, round % 2), (404, 0), "{}", started.text),
        }
        model.allow(3);
    }
    assert!(ids.len() >= 10);
    model.allow(100);
    for id in ids {
        server.when(&id, "completed").await;
    }
}

/// Whoever connects while the run ends gets one last event, and a close.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_watcher_that_connects_while_the_run_ends_gets_one_last_event() {
    let model = Gated::new(content());
    let server = TestServer::start(model.clone()).await;
    let mut dice = Dice(7);
    let mut live = 0;
    for _ in 0..500 {
        let id = server.run("Rust").await;
        let connect = async {
            for _ in 0..dice.roll(40) {
                tokio::task::yield_now().await;
            }
            server.watch(&id, 0).await.rest().await
        };
        let let_go = async { model.allow(3) };
        let (seen, ()) = within(async { tokio::join!(connect, let_go) }).await;
        assert_eq!((last_events(&seen.events), seen.close), (1, Some(1000)), "{seen:?}");
        assert_eq!(numbers(&seen.events), (1..=10).collect::<Vec<_>>(), "{seen:?}");
        live += usize::from(!seen.events[0].contains("completed"));
    }
    assert!(live > 0, "every watcher came after the end: nothing was tried");
}

/// A thousand disconnects at random moments, each followed by a return with `after`: nothing is lost, nothing comes twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_leaves_at_any_moment_and_comes_back_misses_nothing() {
    let critic = ScriptedModel::new("critic", ["SCORE: 5"]).repeating();
    let author = Gated::new(ScriptedModel::new("author", ["A text."]).repeating());
    let graph = CouncilBuilder::new(author.clone()).critic_model(critic).max_iterations(200).build().unwrap();
    let server = Arc::new(TestServer::of(Config::default(), graph).await);
    let id = server.run("Rust").await;
    let watchers: Vec<_> = (1..=4)
        .map(|seed| {
            let (server, id, author) = (Arc::clone(&server), id.clone(), author.clone());
            tokio::spawn(async move {
                let (mut dice, mut seen, mut disconnects) = (Dice(seed), Vec::new(), 0);
                loop {
                    let mut watcher = server.watch(&id, seen.len()).await;
                    // Two more drafts, of six events each, so that the run goes on while watchers come and go, and none waits for ever.
                    author.allow(2);
                    for _ in 0..=dice.roll(10) {
                        let event = watcher.next().await;
                        seen.extend(number(&event));
                        if is_last(&event) {
                            return (seen, disconnects);
                        }
                    }
                    disconnects += 1;
                }
            })
        })
        .collect();
    let mut disconnects = 0;
    for watcher in watchers {
        let (seen, times) = within_a_while(watcher).await;
        assert_eq!(seen, (1..=200 * 6 + 3 + 1).collect::<Vec<_>>());
        disconnects += times;
    }
    assert!(disconnects >= 1_000, "{disconnects}");
}

async fn within_a_while<T>(task: tokio::task::JoinHandle<T>) -> T {
    tokio::time::timeout(std::time::Duration::from_secs(300), task).await.expect("it takes too long").unwrap()
}

fn number(event: &str) -> Option<u64> {
    serde_json::from_str::<Value>(event).unwrap()["seq"].as_u64()
}

fn numbers(events: &[String]) -> Vec<u64> {
    events.iter().filter_map(|event| number(event)).collect()
}

fn is_last(event: &str) -> bool {
    let event: Value = serde_json::from_str(event).unwrap();
    ["run_complete", "run_failed", "run_cancelled"].iter().any(|last| event["event"] == *last)
}

fn last_events(events: &[String]) -> usize {
    events.iter().filter(|event| is_last(event)).count()
}

/// Numbers that look random, the same at each run of the test.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}
