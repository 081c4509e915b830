//! Databases that are locked or damaged while the server runs.

use std::time::Duration;

use council_llm::{CouncilBuilder, ScriptedModel};
use council_server::{Config, Database};
use expect_test::expect;
use rusqlite::Connection;
use serde_json::json;
use tempfile::TempDir;

use crate::harness::{TestServer, bind, eventually, within};
use crate::models::{Gated, two_rounds};

/// A running run waits, reports the reason, and continues; a new run is refused with the reason; no work is done twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_continues_once_its_database_can_be_written() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("council.db");
    let config = Config::default().database(Database::File(path.clone())).busy_timeout(SHORT);
    // The draft, the verdict and the document are the same text.
    let model = Gated::new(ScriptedModel::new("scripted", ["SCORE: 9"]).repeating());
    let server = TestServer::with(config, model.clone()).await;
    let id = server.run("Rust").await;
    server.when(&id, "running").await;
    let watcher = server.watch(&id, 0).await;

    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    model.allow(1);
    let refused = server.post("/api/councils/run", json!({ "input_topic": "Rust" }).to_string()).await;
    let result = server.result_when(&id, |result| result["error"] != json!(null)).await;
    let picture = format!("{}\n{} {}", refused.line(), result["status"], result["error"]);
    expect![[r#"
        503 {"detail":"Runs cannot be stored or read at the moment: the database is locked by another process: try again: database is locked: Error code 5: database is locked"}
        "running" "the database is locked by another process: try again: database is locked: Error code 5: database is locked""#]].assert_eq(&picture.replace(path.to_str().unwrap(), "FILE"));

    other.execute_batch("ROLLBACK").unwrap();
    model.allow(5);
    let result = server.when(&id, "completed").await;
    assert_eq!(result["error"], json!(null));
    let seen = watcher.rest().await;
    let numbers: Vec<_> = seen.numbered().iter().map(|event| event.split(r#""seq":"#).nth(1).unwrap()).collect();
    for (place, number) in numbers.iter().enumerate() {
        assert!(number.starts_with(&format!("{},", place + 1)), "{number}");
    }
    assert_eq!(seen.close, Some(1000));
    // The draft waited in memory until it was stored.
    assert_eq!(model.calls(), 3);
    let history = server.get("/api/runs/").await.json();
    assert_eq!(history.as_array().unwrap().len(), 1, "the refused run is not stored");
}

/// Answers of models that cannot be stored wait in memory, also while the server shuts down.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_answer_is_paid_for_twice() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("council.db");
    let config = Config::default().database(Database::File(path.clone())).busy_timeout(SHORT);
    let model = Gated::new(ScriptedModel::new("scripted", ["SCORE: 9"]).repeating());
    let server = TestServer::with(config.clone(), model.clone()).await;
    let mut runs = Vec::new();
    for topic in ["run-0", "run-1", "run-2"] {
        runs.push(server.run(topic).await);
    }
    eventually(async || (model.waiting() == runs.len()).then_some(())).await;
    let other = Connection::open(&path).unwrap();
    // The drafts of the first round, and its verdicts.
    for _ in 0..2 {
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        model.allow(runs.len());
        for id in &runs {
            let result = server.result_when(id, |result| result["error"] != json!(null)).await;
            assert_eq!(result["status"], "running", "{result}");
        }
        other.execute_batch("ROLLBACK").unwrap();
        eventually(async || (model.waiting() == runs.len()).then_some(())).await;
        for id in &runs {
            assert_eq!(server.result(id).await["error"], json!(null));
        }
    }
    // The documents are stored while the server shuts down.
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    model.allow(runs.len());
    for id in &runs {
        server.result_when(id, |result| result["error"] != json!(null)).await;
    }
    let ended = server.stop();
    other.execute_batch("ROLLBACK").unwrap();
    within(ended).await.unwrap();
    assert_eq!(model.calls(), 3 * runs.len());

    let server = TestServer::with(config, model.clone()).await;
    for id in &runs {
        server.when(id, "completed").await;
    }
    assert_eq!(model.calls(), 3 * runs.len(), "no call was made again");
}

/// An unfinished run of an earlier server waits while the database cannot be written, and then continues.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recovered_run_continues_once_its_database_can_be_written() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("council.db");
    let config = Config::default().listen("127.0.0.1:0").database(Database::File(path.clone())).busy_timeout(SHORT);
    let model = Gated::new(two_rounds());
    let server = TestServer::with(config.clone(), model.clone()).await;
    let id = server.run("Rust").await;
    server.abort().await;

    model.allow(5);
    let server = bind(config, CouncilBuilder::new(model).build().unwrap()).await;
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let server = TestServer::run_bound(server);
    let result = server.result_when(&id, |result| result["error"] != json!(null)).await;
    assert_eq!(result["status"], "running");
    assert!(result["error"].as_str().unwrap().contains("locked by another process"), "{result}");

    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(server.when(&id, "completed").await["error"], json!(null));
}

/// An overwritten record makes its run unreadable, with the reason. Other runs are not affected.
#[tokio::test]
async fn a_run_that_cannot_be_read_says_why() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("council.db");
    let config = Config::default().database(Database::File(path.clone()));
    let server = TestServer::with(config.clone(), two_rounds()).await;
    let id = server.run_with_chair("Rust").await;
    server.when(&id, "paused").await;
    server.abort().await;

    Connection::open(&path)
        .unwrap()
        .execute("UPDATE council_records SET record = 'garbage', checksum = NULL", [])
        .unwrap();
    let server = TestServer::with(config, two_rounds()).await;
    let refused = server.get(&format!("/api/councils/run/{id}")).await.line();
    expect![[
        r#"500 {"detail":"Run 'ID' cannot be read: record 0 does not fit: the text is not a record of format 3: expected value at line 1 column 1"}"#
    ]]
    .assert_eq(&refused.replace(&id, "ID"));
    let other = server.run("Rust").await;
    server.when(&other, "completed").await;
}

/// How long a write waits here for another process. The tests hold the lock until the server has given up.
const SHORT: Duration = Duration::from_millis(100);
