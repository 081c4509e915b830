//! Chair and critics of a blueprint: the chair's decision replaces the critic's.

use std::sync::Arc;

use council_llm::{CouncilBuilder, Models, Rehearsal, ScriptedModel, SpecError};
use council_server::{Config, Councils};
use serde_json::{Value, json};

use crate::blueprints::pair;
use crate::harness::TestServer;
use crate::models::Gated;

/// A server with `openai/author`, `openai/judge` with this verdict, and `openai/late`, which answers when the test allows it.
async fn server(verdict: &str, late: &Gated) -> TestServer {
    let author = ScriptedModel::new("author", ["A draft."]).repeating();
    let judge = ScriptedModel::new("judge", [verdict]).repeating();
    let late = late.clone();
    let models = Models::new(move |spec| match spec.to_string().as_str() {
        "openai/author" => Ok(Arc::new(author.clone())),
        "openai/judge" => Ok(Arc::new(judge.clone())),
        "openai/late" => Ok(Arc::new(late.clone())),
        _ => Err(SpecError::MissingKey { spec: spec.clone(), variable: "SOME_KEY".into() }),
    });
    let council = CouncilBuilder::new(Rehearsal::new()).build().unwrap();
    TestServer::of(Config::default(), Councils::new(council).models(models)).await
}

fn late() -> Gated {
    Gated::new(ScriptedModel::new("late", ["A draft."]).repeating())
}

/// Saves the blueprint and starts a run of it with a chair.
async fn chaired(server: &TestServer, blueprint: &Value) -> String {
    assert_eq!(server.post("/api/councils/", blueprint.to_string()).await.status, 201);
    let path = format!("/api/councils/{}/run", blueprint["id"].as_str().unwrap());
    server.start_run(&path, &json!({ "input_topic": "Rust", "god_mode": true })).await
}

/// Answers, and waits until the run is paused again or has ended.
async fn answer(server: &TestServer, id: &str, answer: Value) -> Value {
    assert_eq!(server.answer(id, answer).await.status, 200);
    server.result_when(id, |result| result["status"] != "running" && result["status"] != "pending").await
}

/// A draft that the chair approves in the last round is approved by the chair, not by the end of the rounds.
#[tokio::test]
async fn a_chair_that_overrules_the_last_round_approves_the_draft() {
    let late = late();
    let server = server("SCORE: 3\nFEEDBACK: No.", &late).await;
    let id = chaired(&server, &pair()).await;
    let mut result = server.when(&id, "paused").await;
    while result["next_nodes"] != json!(["polish"]) {
        result = answer(&server, &id, json!({ "action": "approve" })).await;
    }
    answer(&server, &id, json!({ "action": "modify", "modified_state": { "critic_score": 9 } })).await;
    let result = server.when(&id, "completed").await;
    assert_eq!((&result["iteration_count"], &result["critic_score"]), (&json!(5), &json!(9.0)));
    assert_eq!((&result["approved"], &result["stopped_by"]), (&json!(true), &Value::Null));
}

/// The chair's decision replaces that of a critic that ran in parallel, also if the other agent ended last.
#[tokio::test]
async fn the_chair_overrules_a_parallel_critic_in_any_order() {
    let panel = json!({
        "id": "panel", "name": "Panel",
        "nodes": [
            { "id": "ask", "model": "openai/author", "systemPrompt": "Ask." },
            { "id": "judge", "model": "openai/judge", "role": "critic" },
            { "id": "late", "model": "openai/late", "systemPrompt": "Answer." },
            { "id": "sum", "model": "openai/author", "systemPrompt": "Sum up." }
        ],
        "edges": [
            { "source": "ask", "target": "judge" }, { "source": "ask", "target": "late" },
            { "source": "late", "target": "sum" },
            { "source": "judge", "target": "sum", "type": "conditional", "condition": "approve" },
            { "source": "judge", "target": "ask", "type": "conditional", "condition": "rework" }
        ]
    });
    let late = late();
    let server = server("SCORE: 9\nFEEDBACK: Good.", &late).await;
    let id = chaired(&server, &panel).await;
    server.when(&id, "paused").await;
    assert_eq!(answer(&server, &id, json!({ "action": "approve" })).await["next_nodes"], json!(["judge", "late"]));
    assert_eq!(server.answer(&id, json!({ "action": "approve" })).await.status, 200);
    server.result_when(&id, |result| result["next_nodes"] == json!(["late"])).await;
    late.allow(1);
    assert_eq!(server.when(&id, "paused").await["next_nodes"], json!(["sum"]));
    let rework = json!({ "action": "modify", "modified_state": { "route_decision": "rework" } });
    // `ask` runs at once, and the run pauses again before the two agents after it.
    let result = answer(&server, &id, rework).await;
    assert_eq!((&result["next_nodes"], &result["iteration_count"]), (&json!(["judge", "late"]), &json!(2)));
}
