//! Parallel agents: their writes are merged in the order of declaration, not in the order in which they end.

use std::sync::Arc;

use council_llm::{ChatError, CouncilBuilder, Models, Rehearsal, ScriptedAnswer, ScriptedModel, Usage};
use council_server::{Config, Councils};
use expect_test::expect;
use serde_json::{Value, json};

use crate::harness::TestServer;
use crate::models::Gated;
use crate::retry::retry;

/// `ask -> {slow, quick} -> end`, where `slow` is declared first and answers when the test allows it.
async fn start(slow: &Gated, quick: &ScriptedModel, prompt: &str) -> (TestServer, String) {
    let (slow, quick) = (slow.clone(), quick.clone());
    let models = Models::new(move |spec| {
        Ok(match spec.to_string().as_str() {
            "openai/slow" => Arc::new(slow.clone()),
            "openai/quick" => Arc::new(quick.clone()),
            _ => Arc::new(ScriptedModel::new("ask", ["A draft."])),
        })
    });
    let councils = Councils::new(CouncilBuilder::new(Rehearsal::new()).build().unwrap()).models(models);
    let server = TestServer::of(Config::default(), councils).await;
    let blueprint = json!({
        "id": "both", "name": "Both",
        "nodes": [
            { "id": "ask", "label": "Ask", "model": "openai/ask", "systemPrompt": "Open." },
            { "id": "slow", "label": "Slow", "model": "openai/slow", "systemPrompt": prompt },
            { "id": "quick", "label": "Quick", "model": "openai/quick", "systemPrompt": prompt }
        ],
        "edges": [{ "source": "ask", "target": "slow" }, { "source": "ask", "target": "quick" }]
    });
    assert_eq!(server.post("/api/councils/", blueprint.to_string()).await.status, 201);
    let id = server.start_run("/api/councils/both/run", &json!({ "input_topic": "Rust" })).await;
    (server, id)
}

/// Compares the result, which is made from the records, with the history, which is made from the engine's state.
async fn ended(server: &TestServer, id: &str, field: &str) -> Value {
    let result = server.when(id, "completed").await;
    let entry = server.get(&format!("/api/runs/{id}")).await.json();
    assert_eq!(result[field], entry[field]);
    result[field].clone()
}

#[tokio::test]
async fn drafts_are_in_the_order_of_their_authors() {
    let slow = Gated::new(ScriptedModel::new("slow", ["From the first."]));
    let (server, id) = start(&slow, &ScriptedModel::new("quick", ["From the second."]), "Write.").await;
    let result = server.result_when(&id, |result| result["next_nodes"] == json!(["slow"])).await;
    assert_eq!(result["current_draft"], "A draft.", "the state changes when both agents have ended");
    slow.allow(1);
    let draft = ended(&server, &id, "final_draft").await;
    assert_eq!(draft, "From the first.\n\n---\n\nFrom the second.");
}

#[tokio::test]
async fn of_two_parallel_scores_the_lower_counts() {
    let slow = Gated::new(ScriptedModel::new("slow", ["SCORE: 9\nFEEDBACK: Good."]));
    let quick = ScriptedModel::new("quick", ["SCORE: 8.5\nFEEDBACK: Good."]);
    let (server, id) = start(&slow, &quick, "Score the draft.").await;
    let result = server.result_when(&id, |result| result["next_nodes"] == json!(["slow"])).await;
    assert_eq!(result["critic_score"], json!(null));
    slow.allow(1);
    assert_eq!(ended(&server, &id, "critic_score").await, 8.5);
    let seen = server.watch(&id, 0).await.rest().await;
    let lines = seen.picture();
    let lines: Vec<_> = lines.lines().filter(|line| line.contains(r#"_complete""#)).collect();
    expect![[r#"
        {"event":"node_complete","seq":3,at,"node":"ask","iteration":1,ms}
        {"event":"node_complete","seq":8,at,"node":"quick","iteration":1,"score":8.5,ms}
        {"event":"node_complete","seq":9,at,"node":"slow","iteration":1,"score":9.0,ms}
        {"event":"run_complete","seq":10,at,"final_draft":"A draft.","critic_score":8.5,"iteration_count":1,"approved":true,"stopped_by":null,"document_from":"writer","document_fault":null}"#]]
    .assert_eq(&lines.join("\n"));
}

/// The state has them only when both agents have ended.
#[tokio::test]
async fn the_calls_of_an_agent_that_has_ended_count_although_the_other_one_fails() {
    let answer = |text: &str| ScriptedAnswer::from(text).usage(Usage::new(100, 20));
    let refused = ScriptedAnswer::error(|| ChatError::status("a provider", 401, "invalid key", None));
    let slow = Gated::new(ScriptedModel::new("slow", [refused, answer("From the first.")]));
    let quick = ScriptedModel::new("quick", [answer("From the second.")]);
    let (server, id) = start(&slow, &quick, "Write.").await;
    let listed = |result: &Value| {
        let nodes = result["calls"].as_array().unwrap().iter().map(|call| call["node"].as_str().unwrap());
        format!("{}: {}", nodes.collect::<Vec<_>>().join(", "), result["usage"]["output_tokens"])
    };
    let working = server.result_when(&id, |result| result["next_nodes"] == json!(["slow"])).await;
    slow.allow(1);
    let failed = server.when(&id, "failed").await;
    assert_eq!([listed(&working), listed(&failed)], ["ask, quick: 20"; 2]);
    slow.allow(1);
    retry(&server, &id).await;
    assert_eq!(listed(&server.when(&id, "completed").await), "ask, slow, quick: 40");
}
