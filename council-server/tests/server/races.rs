//! Concurrent requests about one run: each order by itself, then at once.

use std::sync::Arc;

use council_llm::{CouncilBuilder, Models, Rehearsal, ScriptedModel};
use council_server::{Config, Councils};
use serde_json::{Value, json};

use crate::blueprints::pair;
use crate::harness::{TestServer, within};
use crate::models::{Gated, two_rounds};

fn content() -> ScriptedModel {
    ScriptedModel::new("scripted", ["SCORE: 9"]).repeating()
}

/// The order of two requests.
#[derive(Clone, Copy)]
enum Order {
    First,
    Second,
    AtOnce,
}

/// Each order by itself, and ten times at once, where either may be first.
fn orders() -> impl Iterator<Item = Order> {
    [Order::First, Order::Second].into_iter().chain([Order::AtOnce; 10])
}

impl Order {
    /// Sends both requests in this order.
    async fn of<A, B>(self, first: impl Future<Output = A>, second: impl Future<Output = B>) -> (A, B) {
        match self {
            Self::First => {
                let first = first.await;
                (first, second.await)
            }
            Self::Second => {
                let second = second.await;
                (first.await, second)
            }
            Self::AtOnce => tokio::join!(first, second),
        }
    }
}

/// Of several answers to a pause only the first is accepted, and the node runs once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_several_answers_to_a_pause_is_accepted() {
    let model = Gated::new(two_rounds());
    let server = TestServer::start(model.clone()).await;
    let id = server.run_with_chair("Rust").await;
    server.when(&id, "paused").await;
    let answers = (0..8).map(|_| server.answer(&id, json!({ "action": "approve" })));
    let answers = within(futures_util::future::join_all(answers)).await;
    let mut statuses = answers.iter().map(|answer| answer.status).collect::<Vec<_>>();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400, 400, 400, 400, 400, 400, 400]);
    model.allow(1);
    server.when(&id, "paused").await;
    assert_eq!(model.calls(), 1);
}

/// A cancelled run ends once. It was resumed only if the answer came first.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_approval_and_a_cancel_end_the_run_once_in_either_order() {
    let server = TestServer::start(Gated::new(content())).await;
    for order in orders() {
        let id = server.run_with_chair("Rust").await;
        server.when(&id, "paused").await;
        let watcher = tokio::spawn(server.watch(&id, 0).await.rest());
        let cancel = format!("/api/councils/run/{id}/cancel");
        let approval = server.answer(&id, json!({ "action": "approve" }));
        let (approved, cancelled) = order.of(approval, server.post(&cancel, "")).await;
        match order {
            Order::First => assert_eq!(approved.status, 200, "{}", approved.text),
            Order::Second => assert_eq!(approved.status, 400, "{}", approved.text),
            Order::AtOnce => assert!([200, 400].contains(&approved.status), "{}", approved.text),
        }
        assert_eq!((cancelled.status, &cancelled.json()["status"]), (200, &json!("cancelled")));
        assert_eq!(server.result(&id).await["status"], "cancelled");
        let seen = within(watcher).await.unwrap();
        assert_eq!((last_events(&seen.events), seen.close), (1, Some(1000)), "{seen:?}");
        let resumed = seen.events.iter().any(|event| event.contains("run_resumed"));
        assert_eq!(resumed, approved.status == 200, "{seen:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deleting_a_blueprint_does_not_change_its_run() {
    let model = Gated::new(content());
    let played = model.clone();
    let models = Models::new(move |_| Ok(Arc::new(played.clone())));
    let councils = Councils::new(CouncilBuilder::new(Rehearsal::new()).build().unwrap()).models(models);
    let server = TestServer::of(Config::default(), councils).await;
    let mut ids = Vec::new();
    for order in orders() {
        assert_eq!(server.post("/api/councils/", pair().to_string()).await.status, 201);
        let body = json!({ "input_topic": "Rust" }).to_string();
        let start = server.post("/api/councils/pair/run", &body);
        let (started, deleted) = order.of(start, server.send("DELETE /api/councils/pair", "")).await;
        assert_eq!(deleted.status, 204);
        match order {
            Order::First => assert_eq!(started.status, 202, "{}", started.text),
            Order::Second => assert_eq!(started.status, 404, "{}", started.text),
            Order::AtOnce => assert!([202, 404].contains(&started.status), "{}", started.text),
        }
        if started.status == 202 {
            ids.push(started.json()["run_id"].as_str().unwrap().to_owned());
        }
    }
    model.allow(3 * ids.len());
    for id in ids {
        server.when(&id, "completed").await;
    }
}

/// A watcher that connects before, during or after the end of a run receives one last event, and a close.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_watcher_that_connects_during_the_end_receives_one_last_event() {
    let model = Gated::new(content());
    let server = TestServer::start(model.clone()).await;
    for order in orders() {
        let id = server.run("Rust").await;
        let end = async {
            model.allow(3);
            if let Order::Second = order {
                server.when(&id, "completed").await;
            }
        };
        let (watcher, ()) = order.of(server.watch(&id, 0), end).await;
        let seen = watcher.rest().await;
        assert_eq!((last_events(&seen.events), seen.close), (1, Some(1000)), "{seen:?}");
        assert_eq!(numbers(&seen.events), (1..=10).collect::<Vec<_>>(), "{seen:?}");
    }
}

/// Watchers disconnect after each event, or after each second, third or fourth, and reconnect for the rest while the run continues.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_watcher_that_reconnects_misses_no_event_and_sees_none_twice() {
    let critic = ScriptedModel::new("critic", ["SCORE: 5"]).repeating();
    let author = Gated::new(ScriptedModel::new("author", ["A text."]).repeating());
    let graph = CouncilBuilder::new(author.clone()).critic_model(critic).max_iterations(20).build().unwrap();
    let server = Arc::new(TestServer::of(Config::default(), graph).await);
    let id = server.run("Rust").await;
    let watchers = (1..=4).map(|at_a_time| {
        let (server, id, author) = (Arc::clone(&server), id.clone(), author.clone());
        tokio::spawn(async move {
            let mut seen = Vec::new();
            loop {
                let mut watcher = server.watch(&id, seen.len()).await;
                // One more draft, with six events, so the run continues and no watcher waits for ever.
                author.allow(1);
                let until = seen.len() + at_a_time;
                while seen.len() < until {
                    let event = watcher.next().await;
                    seen.extend(number(&event));
                    if is_last(&event) {
                        return seen;
                    }
                }
            }
        })
    });
    for watcher in watchers.collect::<Vec<_>>() {
        assert_eq!(within(watcher).await.unwrap(), (1..=20 * 6 + 3 + 1).collect::<Vec<_>>());
    }
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
