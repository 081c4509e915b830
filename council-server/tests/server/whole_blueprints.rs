//! Runs whose journal has the whole blueprint, as an earlier version of the server and other programs have stored them.

use std::sync::Arc;

use council_core::journal::Sqlite;
use council_llm::{Blueprint, Council, CouncilBuilder, Models, Rehearsal, ScriptedModel, SpecError};
use council_server::{Config, Councils, Database};
use serde_json::json;
use tempfile::TempDir;

use crate::blueprints::pair;
use crate::harness::TestServer;
use crate::retry::retry;

/// The models `openai/author` and `openai/judge`. `openai/nosuch` has no key.
fn models() -> Models {
    let author = ScriptedModel::new("author", ["First draft.", "The document."]);
    let judge = ScriptedModel::new("judge", ["SCORE: 9\nFEEDBACK: Good."]);
    Models::new(move |spec| match spec.to_string().as_str() {
        "openai/author" => Ok(Arc::new(author.clone())),
        "openai/judge" => Ok(Arc::new(judge.clone())),
        _ => Err(SpecError::MissingKey { spec: spec.clone(), variable: "SOME_KEY".into() }),
    })
}

/// Stores a run of this blueprint that has not begun, with the whole blueprint in its first record.
async fn store(directory: &TempDir, blueprint: &Blueprint) -> Config {
    let path = directory.path().join("council.db");
    let anyone = Models::new(|_| Ok(Arc::new(Rehearsal::new())));
    let graph = blueprint.graph(&anyone).unwrap();
    let journal = Sqlite::open(&path).await.unwrap();
    graph.run(Council::of(blueprint.clone(), "Rust")).id("old").journal(journal.clone()).hold().await.unwrap();
    journal.close().await.unwrap();
    Config::default().database(Database::File(path))
}

async fn serve(config: Config) -> TestServer {
    let council = CouncilBuilder::new(Rehearsal::new()).build().unwrap();
    TestServer::of(config, Councils::new(council).models(models())).await
}

#[tokio::test]
async fn a_run_with_the_whole_blueprint_goes_on() {
    let directory = TempDir::new().unwrap();
    let blueprint: Blueprint = serde_json::from_value(pair()).unwrap();
    let config = store(&directory, &blueprint).await;
    let server = serve(config).await;
    let result = server.when("old", "completed").await;
    assert_eq!((&result["final_draft"], &result["critic_score"]), (&json!("The document."), &json!(9.0)));
    let graph = server.get("/api/runs/old/graph").await.json();
    assert_eq!(graph["name"], "Two of us");
    assert_eq!(server.get("/api/runs/old").await.json()["blueprint_id"], "pair");
}

/// The retry stores the saved blueprint by its hash, and the run goes on with it also after a restart.
#[tokio::test]
async fn a_run_with_the_whole_blueprint_is_retried_with_the_saved_one() {
    let directory = TempDir::new().unwrap();
    let mut keyless = pair();
    keyless["nodes"][1]["model"] = json!("openai/nosuch");
    let config = store(&directory, &serde_json::from_value(keyless).unwrap()).await;
    let server = serve(config.clone()).await;
    server.result_when("old", |result| result["error"].to_string().contains("SOME_KEY")).await;
    assert_eq!(server.post("/api/councils/", pair().to_string()).await.status, 201);
    let answer = retry(&server, "old").await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    assert_eq!(server.when("old", "completed").await["final_draft"], "The document.");
    server.stop().await.unwrap();

    let server = serve(config).await;
    let graph = server.get("/api/runs/old/graph").await.text;
    assert!(graph.contains("openai/judge") && !graph.contains("openai/nosuch"), "{graph}");
    let rounds = server.get("/api/runs/old/rounds").await.json();
    assert_eq!(rounds.as_array().unwrap().len(), 3);
}
