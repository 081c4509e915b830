//! Messages of the calls of models in the state for the chair: exactly as sent and answered.

use std::sync::Arc;

use council_llm::{ChatModel, CouncilBuilder, ModelSpec, Models, ScriptedModel, SpecError};
use council_server::{Config, Councils, Database};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::TestServer;

/// The three messages of a call in the state for the chair.
type Call = [String; 3];

/// The calls that a model has recorded, with its answers.
fn remembered(model: &ScriptedModel, answers: &[&str]) -> Vec<Call> {
    let calls = model.requests().into_iter().zip(answers);
    calls
        .map(|(request, answer)| {
            [request.system.unwrap_or_default(), request.messages[0].content.clone(), (*answer).to_owned()]
        })
        .collect()
}

async fn shown(server: &TestServer, id: &str) -> Vec<Call> {
    let state = server.get(&format!("/api/councils/run/{id}/state")).await.json();
    let messages = state["current_state"]["messages"].as_array().unwrap();
    let roles: Vec<_> = messages.iter().map(|message| message["role"].as_str().unwrap()).collect();
    assert!(roles.chunks(3).all(|call| call == ["system", "user", "assistant"]), "{roles:?}");
    let content = |message: &Value| message["content"].as_str().unwrap().to_owned();
    messages.chunks(3).map(|call| [content(&call[0]), content(&call[1]), content(&call[2])]).collect()
}

/// Calls `look` at each pause, then answers with the change for that pause, or approves.
async fn chair(server: &TestServer, id: &str, changes: &[(usize, Value)], mut look: impl AsyncFnMut()) {
    for pause in 0.. {
        let result =
            server.result_when(id, |result| result["status"] != "running" && result["status"] != "pending").await;
        look().await;
        if result["status"] != "paused" {
            return;
        }
        let change = changes.iter().find(|(place, _)| *place == pause).map(|(_, change)| change);
        let answer = match change {
            Some(change) => json!({ "action": "modify", "modified_state": change }),
            None => json!({ "action": "approve" }),
        };
        assert_eq!(server.answer(id, answer).await.status, 200);
    }
}

#[tokio::test]
async fn each_call_of_a_run_is_shown_as_it_was_sent_and_answered() {
    const ANSWERS: [&str; 7] = [
        "First draft.\n",
        "I like it.",
        "**Score:** 6\n**Feedback:** Say more.\n",
        "Second </draft> draft.",
        "SCORE: 9\nVERDICT: approve",
        "The document.",
        "",
    ];
    let model = ScriptedModel::new("scripted", ANSWERS);
    let graph = CouncilBuilder::new(model.clone()).threshold(7.5).build().unwrap();
    let server = TestServer::of(Config::default(), graph).await;
    let id = server.run_with_chair("Rust").await;
    let change =
        json!({ "current_draft": "By hand.", "feedback_history": ["Shorter."], "input_topic": "Rust, in short" });
    chair(&server, &id, &[(2, change)], async || assert_eq!(shown(&server, &id).await, remembered(&model, &ANSWERS)))
        .await;
    assert_eq!(server.result(&id).await["status"], "completed");
    assert_eq!(model.requests().len(), 6);
}

#[tokio::test]
async fn each_call_of_parallel_critics_is_shown_also_after_a_restart() {
    let directory = TempDir::new().unwrap();
    let config = Config::default().database(Database::File(directory.path().join("council.db")));
    let node = |id: &str, role: &str| json!({ "id": id, "role": role, "model": format!("ollama/{id}"), "systemPrompt": format!("You are {id}.") });
    let edge = |source: &str, target: &str| json!({ "source": source, "target": target });
    let blueprint = json!({
        "version": 2, "id": "panel", "name": "Panel", "start": "author",
        "nodes": [node("author", "agent"), node("mild", "critic"), node("harsh", "critic"), node("editor", "agent")],
        "edges": [edge("author", "mild"), edge("author", "harsh"), edge("mild", "editor"), edge("harsh", "editor")],
    });
    let answers = [
        ("author", vec!["A draft."]),
        ("mild", vec!["Fine.", "SCORE: 9"]),
        ("harsh", vec!["SCORE: 4"]),
        ("editor", vec!["The end."]),
    ];
    let models = answers.clone().map(|(id, answers)| ScriptedModel::new(id, answers));
    let named = models.clone();
    let councils = move || {
        let council = CouncilBuilder::new(named[0].clone()).build().unwrap();
        let named = named.clone();
        let find = move |spec: &ModelSpec| -> Result<Arc<dyn ChatModel>, SpecError> {
            let ModelSpec::Ollama(id) = spec else { panic!("no model has the spec {spec}") };
            Ok(Arc::new(named.iter().find(|model| model.name() == id).unwrap().clone()))
        };
        Councils::new(council).models(Models::new(find))
    };
    let expected = || {
        let calls = models.iter().zip(&answers).flat_map(|(model, (_, answers))| remembered(model, answers));
        let mut calls: Vec<_> = calls.collect();
        calls.sort();
        calls
    };
    let sorted = async |server: &TestServer, id: &str| {
        let mut calls = shown(server, id).await;
        calls.sort();
        calls
    };

    let server = TestServer::of(config.clone(), councils()).await;
    assert_eq!(server.post("/api/councils/", blueprint.to_string()).await.status, 201);
    let id = server.start_run("/api/councils/panel/run", &json!({ "input_topic": "Rust", "god_mode": true })).await;
    chair(&server, &id, &[], async || assert_eq!(sorted(&server, &id).await, expected())).await;
    server.stop().await.unwrap();
    let server = TestServer::of(config, councils()).await;
    assert_eq!(expected().len(), 5);
    assert_eq!(sorted(&server, &id).await, expected());
}
