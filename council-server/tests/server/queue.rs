//! Admission queue: runs beyond `max_runs` wait, first in, first out.

use council_llm::ScriptedModel;
use council_server::{Config, Database};
use expect_test::expect;
use futures_util::future::join_all;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{TestServer, eventually, within};
use crate::models::Gated;

/// The draft, the verdict and the document are the same text, so a run has three calls.
fn content() -> ScriptedModel {
    ScriptedModel::new("scripted", ["SCORE: 9"]).repeating()
}

fn one_at_a_time() -> Config {
    Config::default().max_runs(1)
}

/// The status and the position in the queue.
async fn place(server: &TestServer, id: &str) -> (String, Value) {
    let result = server.result(id).await;
    (result["status"].as_str().unwrap().to_owned(), result["queue_position"].clone())
}

fn pending(place: u64) -> (String, Value) {
    ("pending".to_owned(), json!(place))
}

#[tokio::test]
async fn queued_runs_show_their_position() {
    let model = Gated::new(content());
    let server = TestServer::with(one_at_a_time(), model.clone()).await;
    let ids = [server.run("one").await, server.run("two").await, server.run("three").await];
    server.when(&ids[0], "running").await;
    assert_eq!(place(&server, &ids[0]).await.1, json!(null));
    assert_eq!((place(&server, &ids[1]).await, place(&server, &ids[2]).await), (pending(1), pending(2)));
    let history = server.get("/api/runs/").await.json();
    let statuses: Vec<_> = history.as_array().unwrap().iter().map(|entry| &entry["status"]).collect();
    assert_eq!(statuses, ["pending", "pending", "running"]);

    let watcher = server.watch(&ids[1], 0).await;
    model.allow(3);
    server.when(&ids[0], "completed").await;
    server.when(&ids[1], "running").await;
    assert_eq!(place(&server, &ids[2]).await, pending(1));
    model.allow(6);
    server.when(&ids[2], "completed").await;
    expect![[r#"
        {"event":"connected",at,"status":"pending"}
        {"event":"node_start","seq":1,at,"node":"master_agent","iteration":1}
        {"event":"node_active","seq":2,at,"node":"master_agent","iteration":1}"#]]
    .assert_eq(
        &watcher
            .rest()
            .await
            .picture()
            .lines()
            .filter(|line| !line.contains("token"))
            .take(3)
            .collect::<Vec<_>>()
            .join("\n"),
    );
}

#[tokio::test]
async fn a_full_queue_refuses_with_a_reason() {
    let config = one_at_a_time().max_waiting(2);
    let server = TestServer::with(config, Gated::new(content())).await;
    let start = || server.post("/api/councils/run", json!({ "input_topic": "Rust" }).to_string());
    let answers = join_all([start(), start(), start()]).await;
    assert!(answers.iter().all(|answer| answer.status == 202));
    let refused = start().await;
    expect![[r#"429 {"detail":"The queue is full: 2 runs are waiting. Try again later."}"#]].assert_eq(&refused.line());
    assert_eq!(refused.header("retry-after"), Some("10"));
    assert_eq!(
        server.get("/api/runs/").await.json().as_array().unwrap().len(),
        3,
        "the refused run is not in the history"
    );

    // A queued run that is cancelled leaves the queue.
    let waiting = answers[2].json()["run_id"].as_str().unwrap().to_owned();
    let cancelled = server.post(&format!("/api/councils/run/{waiting}/cancel"), "").await;
    assert_eq!((cancelled.status, &cancelled.json()["status"]), (200, &json!("cancelled")));
    assert_eq!(place(&server, &waiting).await, ("cancelled".to_owned(), json!(null)));
    assert_eq!(start().await.status, 202);
}

/// A paused run holds no permit. Once it is answered, it is queued before runs that were accepted later.
#[tokio::test]
async fn an_answered_run_is_queued_before_runs_that_were_accepted_later() {
    let model = Gated::new(content());
    let server = TestServer::with(one_at_a_time(), model.clone()).await;
    let chaired = server.run_with_chair("chaired").await;
    server.when(&chaired, "paused").await;
    let first = server.run("first").await;
    server.when(&first, "running").await;
    let second = server.run("second").await;
    assert_eq!(place(&server, &second).await, pending(1));

    let watcher = server.watch(&chaired, 0).await;
    let answer = server.answer(&chaired, json!({ "action": "approve" })).await;
    assert_eq!((answer.status, &answer.json()["status"]), (200, &json!("pending")));
    assert_eq!((place(&server, &chaired).await, place(&server, &second).await), (pending(1), pending(2)));
    assert_eq!(server.answer(&chaired, json!({ "action": "approve" })).await.status, 400, "one answer counts");

    model.allow(3);
    server.when(&first, "completed").await;
    // This run is running. The second run starts when this one pauses again.
    server.when(&chaired, "running").await;
    assert_eq!(place(&server, &second).await, pending(1));
    model.allow(4);
    server.when(&second, "completed").await;
    let paused = server.when(&chaired, "paused").await;
    assert_eq!(paused["next_nodes"], json!(["critic_agent"]));
    server.post(&format!("/api/councils/run/{chaired}/cancel"), "").await;
    let seen = watcher.rest().await;
    let names: Vec<_> = seen.events.iter().map(|event| serde_json::from_str::<Value>(event).unwrap()).collect();
    let names: Vec<_> =
        names.iter().map(|event| event["event"].as_str().unwrap()).filter(|name| *name != "token").collect();
    expect!["connected run_paused node_active run_resumed node_start node_active node_complete run_paused node_active run_cancelled"]
        .assert_eq(&names.join(" "));
}

/// Queued runs stay in the journal when a server ends, and the next server queues them in the same order.
#[tokio::test]
async fn a_restart_keeps_the_order() {
    let directory = TempDir::new().unwrap();
    let database = Database::File(directory.path().join("council.db"));
    let config = || one_at_a_time().database(database.clone());
    let model = Gated::new(content());
    let server = TestServer::with(config(), model.clone()).await;
    let mut ids = Vec::new();
    for number in 0..20 {
        ids.push(server.run(&format!("run-{number}")).await);
    }
    server.when(&ids[0], "running").await;
    let draining = server.drain().await;
    model.allow(1);
    within(draining.ended).await.unwrap();

    let server = TestServer::with(config(), model.clone()).await;
    server.until_ready().await;
    server.when(&ids[0], "running").await;
    for (before, id) in ids[1..].iter().enumerate() {
        assert_eq!(place(&server, id).await, pending(before as u64 + 1));
    }
    model.allow(200);
    for id in &ids {
        server.when(id, "completed").await;
    }
    let topics: Vec<_> = model.topics();
    let expected: Vec<_> = (0..20).map(|number| format!("run-{number}")).collect();
    assert_eq!(topics, expected, "the runs began in the order in which they were accepted");
}

/// Of many runs at once, at most `max_runs` run, the others wait, and all end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_more_than_max_runs_are_driven_at_once() {
    let model = Gated::new(content());
    let config = Config::default().max_runs(30);
    let server = TestServer::with(config, model.clone()).await;
    let ids = join_all((0..100).map(|_| server.run("Rust"))).await;
    eventually(async || (model.waiting() == 30).then_some(())).await;
    let history = server.get("/api/runs/?limit=100").await.json();
    let with = |status: &str| history.as_array().unwrap().iter().filter(|run| run["status"] == status).count();
    assert_eq!((with("running"), with("pending")), (30, 70));
    model.allow(3 * 100);
    for id in &ids {
        server.when(id, "completed").await;
    }
    assert_eq!(model.most_waiting(), 30);
}
