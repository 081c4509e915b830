//! Retries of runs by a server that was started again.

use std::sync::Arc;

use council_llm::{CouncilBuilder, Models, ScriptedModel};
use council_server::{Config, Councils, Database};
use expect_test::expect;
use serde_json::json;
use tempfile::TempDir;

use crate::harness::{TestServer, within};
use crate::models::{Gated, two_rounds};
use crate::retry::{Locked, events, retry};

/// Retried runs, also of blueprints, go on after a crash of the server; ended ones can be retried after a restart.
#[tokio::test]
async fn a_retry_survives_a_restart() {
    let directory = TempDir::new().unwrap();
    let config = Config::default().max_runs(3).database(Database::File(directory.path().join("council.db")));
    let model = Locked::new(Gated::new(ScriptedModel::new("author", ["SCORE: 9"]).repeating()));
    let start = async || {
        let models = model.clone();
        let models = Models::new(move |_| Ok(Arc::new(models.clone())));
        let councils = Councils::new(CouncilBuilder::new(model.clone()).build().unwrap()).models(models);
        TestServer::of(config.clone(), councils).await
    };
    let server = start().await;
    let blueprint = json!({ "id": "alone", "name": "Alone", "nodes": [{ "id": "author", "model": "openai/author" }] });
    assert_eq!(server.post("/api/councils/", blueprint.to_string()).await.status, 201);
    let of_blueprint = server.start_run("/api/councils/alone/run", &json!({ "input_topic": "Rust" })).await;
    let failed = server.run("failed").await;
    let cancelled = server.run_with_chair("cancelled").await;
    server.when(&cancelled, "paused").await;
    server.post(&format!("/api/councils/run/{cancelled}/cancel"), "").await;
    for id in [&of_blueprint, &failed] {
        server.when(id, "failed").await;
    }
    within(server.stop()).await.unwrap();

    let server = start().await;
    model.mend();
    for id in [&of_blueprint, &failed, &cancelled] {
        assert_eq!(retry(&server, id).await.status, 202);
    }
    server.when(&of_blueprint, "running").await;
    server.abort().await;

    let server = start().await;
    server.until_ready().await;
    assert_eq!(server.result(&cancelled).await["status"], "paused");
    model.inner.allow(4);
    server.when(&of_blueprint, "completed").await;
    server.when(&failed, "completed").await;
    expect![[r#"
        {"event":"connected",at,"status":"completed"}
        {"event":"node_start","seq":1,at,"node":"author","iteration":1}
        {"event":"run_failed","seq":3,at,"error":"node `author` failed in superstep 1, attempt 1: model `author` gave no answer: a provider answered HTTP 401: invalid key","node":"author","attempt":1}
        {"event":"run_resumed","seq":4,at}
        {"event":"node_start","seq":5,at,"node":"author","iteration":1}
        {"event":"node_start","seq":7,at,"node":"author","iteration":1}
        {"event":"node_complete","seq":9,at,"node":"author","iteration":1,ms}
        {"event":"run_complete","seq":10,at,"final_draft":"SCORE: 9","critic_score":null,"iteration_count":1,"approved":true,"stopped_by":null,"document_from":"writer","document_fault":null}
        closed with 1000"#]].assert_eq(&events(&server, &of_blueprint).await);
}

/// A retry that cannot resume changes nothing.
#[tokio::test]
async fn a_retry_without_its_model_is_refused() {
    let directory = TempDir::new().unwrap();
    let config = Config::default().database(Database::File(directory.path().join("council.db")));
    let start = async |has_key: bool| {
        let models = Models::new(move |spec| {
            if has_key {
                return Ok(Arc::new(Gated::new(two_rounds())));
            }
            Err(council_llm::SpecError::MissingKey { spec: spec.clone(), variable: "SOME_KEY".into() })
        });
        let councils = Councils::new(CouncilBuilder::new(two_rounds()).build().unwrap()).models(models);
        TestServer::of(config.clone(), councils).await
    };
    let server = start(true).await;
    let blueprint = json!({ "id": "alone", "name": "Alone", "nodes": [{ "id": "author", "model": "openai/author" }] });
    assert_eq!(server.post("/api/councils/", blueprint.to_string()).await.status, 201);
    let id = server.start_run("/api/councils/alone/run", &json!({ "input_topic": "Rust" })).await;
    server.post(&format!("/api/councils/run/{id}/cancel"), "").await;
    let cancelled = server.result(&id).await;
    within(server.stop()).await.unwrap();
    let server = start(false).await;
    expect![[r#"503 {"detail":"Run 'RUN' cannot resume: blueprint \"Alone\" cannot run: node \"author\" has no usable model: `openai/author` needs a key: set SOME_KEY, or choose `rehearsal`, which needs none"}"#]].assert_eq(&retry(&server, &id).await.line().replace(&id, "RUN"));
    assert_eq!(server.result(&id).await, cancelled);
}
