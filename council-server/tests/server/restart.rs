//! Restarts of a server on the same database.

use std::sync::Arc;

use council_core::Graph;
use council_llm::{ChatModel, Council, CouncilBuilder, Models, Rehearsal, ScriptedModel, SpecError};
use council_server::{Config, Councils, Database, Server};
use expect_test::expect;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{TestServer, bind, within};
use crate::models::{Gated, two_rounds};

fn kept(directory: &TempDir) -> Config {
    Config::default().database(Database::File(directory.path().join("council.db")))
}

async fn start(directory: &TempDir, model: impl ChatModel) -> TestServer {
    TestServer::with(kept(directory), model).await
}

/// A server is dropped while a node runs. The next server repeats that node and nothing else, and a watcher that reconnects misses no
/// event and receives none twice.
#[tokio::test]
async fn an_unfinished_run_resumes() {
    let directory = TempDir::new().unwrap();
    let model = Gated::new(two_rounds());
    let server = start(&directory, model.clone()).await;
    let id = server.run("Rust").await;
    let watcher = server.watch(&id, 0).await;
    model.allow(2);
    server.result_when(&id, |result| result["iteration_count"] == 1 && result["next_nodes"][0] == "master_agent").await;
    server.abort().await;
    let seen = watcher.rest().await;
    let before = seen.numbered().len();
    assert_eq!(before, 8);

    let server = start(&directory, model.clone()).await;
    model.allow(3);
    let watcher = server.watch(&id, before).await;
    let picture = watcher.rest().await.picture();
    let numbered: Vec<_> = picture.lines().filter(|line| !line.contains(r#""event":"token""#)).collect();
    expect![[r#"
        {"event":"connected",at,"status":"running"}
        {"event":"node_start","seq":9,at,"node":"master_agent","iteration":2}
        {"event":"node_active","seq":10,at,"node":"master_agent","iteration":2}
        {"event":"node_complete","seq":11,at,"node":"master_agent","iteration":2,ms}
        {"event":"node_start","seq":12,at,"node":"critic_agent","iteration":2}
        {"event":"node_active","seq":13,at,"node":"critic_agent","iteration":2}
        {"event":"node_complete","seq":14,at,"node":"critic_agent","iteration":2,"score":9.0,ms}
        {"event":"node_start","seq":15,at,"node":"writer_agent","iteration":2}
        {"event":"node_active","seq":16,at,"node":"writer_agent","iteration":2}
        {"event":"node_complete","seq":17,at,"node":"writer_agent","iteration":2,ms}
        {"event":"run_complete","seq":18,at,"final_draft":"The document.","critic_score":9.0,"iteration_count":2,"approved":true,"stopped_by":null,"document_from":"writer","document_fault":null}
        closed with 1000"#]].assert_eq(&numbered.join("\n"));
    assert_eq!(model.calls(), 5, "each agent was asked once for each round");
    let again = server.watch(&id, 0).await.rest().await;
    assert_eq!(&again.numbered()[..before], seen.numbered());
}

/// A run whose model is unavailable reports it, and waits for a server that has the model.
#[tokio::test]
async fn a_run_without_its_model_waits_for_a_server_that_has_it() {
    let directory = TempDir::new().unwrap();
    let model = Gated::new(ScriptedModel::new("author", ["The document."]).repeating());
    let start = async |has_key: bool| {
        let model = model.clone();
        let models = Models::new(move |spec| {
            if has_key {
                return Ok(Arc::new(model.clone()));
            }
            Err(SpecError::MissingKey { spec: spec.clone(), variable: "SOME_KEY".into() })
        });
        let councils = Councils::new(CouncilBuilder::new(Rehearsal::new()).build().unwrap()).models(models);
        TestServer::of(kept(&directory), councils).await
    };
    let server = start(true).await;
    let blueprint = json!({ "id": "alone", "name": "Alone", "nodes": [{ "id": "author", "model": "openai/author" }] });
    assert_eq!(server.post("/api/councils/", blueprint.to_string()).await.status, 201);
    let id = server.start_run("/api/councils/alone/run", &json!({ "input_topic": "Rust" })).await;
    server.when(&id, "running").await;
    server.abort().await;

    let server = start(false).await;
    let stuck = server.result_when(&id, |result| result["status"] == "pending" && !result["error"].is_null()).await;
    expect![[r#"
        "blueprint \"Alone\" cannot run: node \"author\" has no usable model: `openai/author` needs a key: set SOME_KEY, or choose `rehearsal`, which needs none""#]]
    .assert_eq(&stuck["error"].to_string());
    assert_eq!(server.get("/api/runs/").await.json()[0]["status"], "pending");
    within(server.stop()).await.unwrap();

    let server = start(true).await;
    model.allow(1);
    let result = server.when(&id, "completed").await;
    assert_eq!((&result["final_draft"], &result["error"]), (&json!("The document."), &Value::Null));
}

/// Pauses and ended runs are the same after a restart.
#[tokio::test]
async fn pauses_and_ends_are_kept() {
    let directory = TempDir::new().unwrap();
    let server = start(&directory, two_rounds()).await;
    let complete = server.run("complete").await;
    server.when(&complete, "completed").await;
    let cancelled = server.run_with_chair("cancelled").await;
    server.when(&cancelled, "paused").await;
    server.post(&format!("/api/councils/run/{cancelled}/cancel"), "").await;
    let paused = server.run_with_chair("paused").await;
    server.when(&paused, "paused").await;
    let mut before = Vec::new();
    for id in [&complete, &cancelled, &paused] {
        before.push((server.result(id).await, server.get(&format!("/api/runs/{id}/events")).await.text));
    }
    let history = server.get("/api/runs/").await.text;
    within(server.stop()).await.unwrap();

    let model = two_rounds();
    let server = start(&directory, model.clone()).await;
    assert_eq!(server.get("/api/runs/").await.text, history);
    for (id, before) in [&complete, &cancelled, &paused].into_iter().zip(before) {
        assert_eq!((server.result(id).await, server.get(&format!("/api/runs/{id}/events")).await.text), before);
    }
    assert_eq!(server.watch(&complete, 15).await.rest().await.picture().lines().count(), 3);
    let watcher = server.watch(&paused, 0).await;
    server.answer(&paused, json!({ "action": "modify", "modified_state": { "input_topic": "crabs" } })).await;
    server.result_when(&paused, |result| result["next_nodes"][0] == "critic_agent").await;
    assert!(model.requests()[0].messages[0].content.contains("crabs"));
    server.answer(&paused, json!({ "action": "reject" })).await;
    assert_eq!(watcher.rest().await.last()["error"], "Rejected by user in God Mode.");
}

/// A server that shuts down leaves its runs to the next server.
#[tokio::test]
async fn a_drained_run_resumes() {
    let directory = TempDir::new().unwrap();
    let model = Gated::new(two_rounds());
    let server = start(&directory, model.clone()).await;
    let id = server.run("Rust").await;
    server.when(&id, "running").await;
    let draining = server.drain().await;
    model.allow(1);
    within(draining.ended).await.unwrap();

    let server = start(&directory, model.clone()).await;
    model.allow(4);
    assert_eq!(server.when(&id, "completed").await["final_draft"], "The document.");
    assert_eq!(model.calls(), 5);
}

fn graph() -> Graph<Council> {
    CouncilBuilder::new(two_rounds()).build().unwrap()
}

#[tokio::test]
async fn a_database_in_use_or_of_another_kind_is_refused() {
    let directory = TempDir::new().unwrap();
    let config = kept(&directory).listen("127.0.0.1:0");
    let first = Server::bind(config.clone(), graph()).await.unwrap();
    let mut picture = vec![Server::bind(config.clone(), graph()).await.err().unwrap().to_string()];
    drop(first);
    drop(bind(config.clone(), graph()).await);

    let other = directory.path().join("letter.db");
    std::fs::write(&other, "Dear Sir or Madam").unwrap();
    for path in [other.clone(), directory.path().join("nowhere/council.db")] {
        let config = config.clone().database(Database::File(path));
        picture.push(Server::bind(config, graph()).await.err().unwrap().to_string());
    }
    assert_eq!(std::fs::read_to_string(other).unwrap(), "Dear Sir or Madam");
    let picture = picture.join("\n").replace(directory.path().to_str().unwrap(), "DIR");
    expect![[r#"
        another server uses `DIR/council.db`: stop that server, or set another database
        `DIR/letter.db` is not an SQLite database: name a journal of this version or a new file
        the journal `DIR/nowhere/council.db` cannot be opened: check that its directory exists and can be written"#]]
    .assert_eq(&picture);
}
