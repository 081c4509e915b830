//! What clients of the original backend rely on.

use council_llm::{CouncilBuilder, Environment, MASTER, Models, Rehearsal};
use council_server::{Config, Councils};
use serde_json::{Value, json};

use crate::harness::TestServer;
use crate::models::two_rounds;

/// A blueprint without the fields that an original client may leave out.
fn bare() -> Value {
    json!({
        "version": 1, "id": "bare", "name": "Bare",
        "nodes": [{ "id": "a", "label": "A" }, { "id": "b", "label": "B", "model": null }],
        "edges": [{ "id": "e1", "source": "a", "target": "b", "type": "linear" }]
    })
}

#[tokio::test]
async fn a_node_without_a_model_has_the_default_of_the_server() {
    let council = CouncilBuilder::new(Rehearsal::new()).build().unwrap();
    let models = Models::from(Environment::default().openai_api_key("the key"));
    let councils = Councils::new(council).model_name(MASTER, "rehearsal").models(models);
    let server = TestServer::of(Config::default(), councils).await;
    let saved = server.post("/api/councils/", bare().to_string()).await;
    assert_eq!(saved.status, 201, "{}", saved.text);
    let models: Vec<_> = saved.json()["nodes"].as_array().unwrap().iter().map(|node| node["model"].clone()).collect();
    assert_eq!(models, ["rehearsal", "rehearsal"]);
    let checked = server.post("/api/councils/check", bare().to_string()).await.json();
    assert_eq!((&checked["faults"], &checked["blueprint"]["nodes"][0]["model"]), (&json!([]), &json!("rehearsal")));
    let id = server.start_run("/api/councils/bare/run", &json!({ "input_topic": "Rust" })).await;
    server.when(&id, "completed").await;
}

#[tokio::test]
async fn a_replacement_ignores_the_id_and_an_unknown_version() {
    let server = TestServer::start(two_rounds()).await;
    assert_eq!(server.post("/api/councils/", bare().to_string()).await.status, 201);
    let long = "x".repeat(300);
    for (id, version) in
        [(json!("other"), json!(7)), (json!(long), json!("two")), (json!(5), json!(null)), (json!("run"), json!(1))]
    {
        let mut changed = bare();
        (changed["id"], changed["version"]) = (id, version);
        let replaced = server.send("PUT /api/councils/bare", changed.to_string()).await;
        assert_eq!(replaced.status, 200, "{}", replaced.text);
        assert_eq!((&replaced.json()["id"], &replaced.json()["version"]), (&json!("bare"), &json!(2)));
    }
    let mut unknown = bare();
    (unknown["id"], unknown["version"]) = (json!("new"), json!(7));
    assert_eq!(
        server.post("/api/councils/", unknown.to_string()).await.status,
        422,
        "a new blueprint has a known version"
    );
}

#[tokio::test]
async fn missing_nodes_are_a_fault() {
    let server = TestServer::start(two_rounds()).await;
    assert_eq!(server.post("/api/councils/", bare().to_string()).await.status, 201);
    for request in ["POST /api/councils/", "PUT /api/councils/bare"] {
        for (body, kind) in [(json!({ "name": "N" }), "missing"), (json!({ "name": "N", "nodes": null }), "list_type")]
        {
            let refused = server.send(request, body.to_string()).await;
            let detail = &refused.json()["detail"];
            assert_eq!(
                (refused.status, &detail[0]["type"], &detail[0]["loc"]),
                (422, &json!(kind), &json!(["body", "nodes"]))
            );
            assert_eq!(detail.as_array().unwrap().len(), 1, "{detail}");
        }
    }
    let empty = json!({ "name": "N", "nodes": [] });
    assert_eq!(server.post("/api/councils/", empty.to_string()).await.status, 201, "a blueprint may still be empty");
}

#[tokio::test]
async fn a_linear_edge_has_a_condition_of_null() {
    let server = TestServer::start(two_rounds()).await;
    let saved = server.post("/api/councils/", bare().to_string()).await;
    assert!(saved.text.contains(r#""condition":null"#), "{}", saved.text);
    for path in ["/api/councils/bare", "/api/councils/"] {
        assert!(server.get(path).await.text.contains(r#""condition":null"#), "{path}");
    }
}

#[tokio::test]
async fn a_condition_in_any_case_is_the_decision() {
    let server = TestServer::start(two_rounds()).await;
    let mut conditional = bare();
    conditional["edges"] = json!([
        { "id": "e1", "source": "a", "target": "b", "type": "conditional", "condition": "Approve" },
        { "id": "e2", "source": "a", "target": "b", "type": "conditional", "condition": " rework " }
    ]);
    let saved = server.post("/api/councils/", conditional.to_string()).await.json();
    assert_eq!([&saved["edges"][0]["condition"], &saved["edges"][1]["condition"]], ["approve", "rework"]);
}

#[tokio::test]
async fn the_draft_of_a_paused_run_is_an_empty_text_before_the_first_one() {
    let server = TestServer::start(two_rounds()).await;
    let id = server.run_with_chair("Rust").await;
    let paused = server.when(&id, "paused").await;
    assert_eq!(paused["current_draft"], "");
}

#[tokio::test]
async fn the_state_of_a_run_without_a_session_has_the_text_of_the_original() {
    let server = TestServer::start(two_rounds()).await;
    let unattended = server.run("Rust").await;
    for id in [unattended.as_str(), "ghost"] {
        let answer = server.get(&format!("/api/councils/run/{id}/state")).await;
        assert_eq!(answer.line(), format!(r#"404 {{"detail":"No God Mode session found for run '{id}'."}}"#));
    }
}
