//! Booleans of requests: each field accepts the values that pydantic accepts.

use serde_json::{Value, json};

use crate::harness::TestServer;
use crate::http::Answer;
use crate::models::two_rounds;

/// A boolean field of a route.
#[derive(Clone, Copy, Debug)]
enum Field {
    GodMode,
    GodModeOfBlueprint,
    ToolOfNewBlueprint(&'static str),
    ToolOfSavedBlueprint(&'static str),
}

const FIELDS: [Field; 6] = [
    Field::GodMode,
    Field::GodModeOfBlueprint,
    Field::ToolOfNewBlueprint("webSearch"),
    Field::ToolOfNewBlueprint("pdfReader"),
    Field::ToolOfSavedBlueprint("webSearch"),
    Field::ToolOfSavedBlueprint("pdfReader"),
];

impl Field {
    async fn send(self, server: &TestServer, value: &Value) -> Answer {
        let start = json!({ "input_topic": "Rust", "god_mode": value }).to_string();
        match self {
            Self::GodMode => server.post("/api/councils/run", start).await,
            Self::GodModeOfBlueprint => server.post("/api/councils/saved/run", start).await,
            Self::ToolOfNewBlueprint(tool) => server.post("/api/councils/", blueprint(tool, value)).await,
            Self::ToolOfSavedBlueprint(tool) => server.send("PUT /api/councils/saved", blueprint(tool, value)).await,
        }
    }

    /// The value that the server has read.
    async fn read_back(self, server: &TestServer, answer: &Answer) -> bool {
        assert!((200..300).contains(&answer.status), "{self:?}: {}", answer.text);
        match self {
            Self::GodMode | Self::GodModeOfBlueprint => {
                let id = answer.json()["run_id"].as_str().unwrap().to_owned();
                let entry = server.get(&format!("/api/runs/{id}")).await.json();
                entry["execution_mode"] == "god-mode"
            }
            Self::ToolOfNewBlueprint(tool) | Self::ToolOfSavedBlueprint(tool) => {
                answer.json()["nodes"][0]["tools"][tool].as_bool().unwrap()
            }
        }
    }
}

fn blueprint(tool: &str, value: &Value) -> String {
    let agent = json!({ "id": "author", "model": "rehearsal", "tools": { tool: value } });
    json!({ "name": "One of us", "nodes": [agent] }).to_string()
}

#[tokio::test]
async fn every_boolean_accepts_the_same_values() {
    let server = TestServer::start(two_rounds()).await;
    let saved = json!({ "id": "saved", "name": "Saved", "nodes": [{ "id": "author", "model": "rehearsal" }] });
    assert_eq!(server.post("/api/councils/", saved.to_string()).await.status, 201);
    let on = json!([true, 1, 1.0, "true", "TRUE", "t", "T", "1", "yes", "Yes", "y", "on", "On"]);
    let off = json!([false, 0, 0.0, "false", "False", "f", "F", "0", "no", "NO", "n", "off", "OFF"]);
    for field in FIELDS {
        for (values, expected) in [(&on, true), (&off, false)] {
            for value in values.as_array().unwrap() {
                let answer = field.send(&server, value).await;
                assert_eq!(field.read_back(&server, &answer).await, expected, "{field:?} {value}");
            }
        }
    }
}

#[tokio::test]
async fn every_boolean_refuses_the_same_values() {
    let server = TestServer::start(two_rounds()).await;
    let saved = json!({ "id": "saved", "name": "Saved", "nodes": [{ "id": "author", "model": "rehearsal" }] });
    assert_eq!(server.post("/api/councils/", saved.to_string()).await.status, 201);
    let refused = [
        (json!(null), "bool_type"),
        (json!([]), "bool_type"),
        (json!({}), "bool_type"),
        (json!(0.5), "bool_type"),
        (json!(2), "bool_parsing"),
        (json!(-1), "bool_parsing"),
        (json!(""), "bool_parsing"),
        (json!("maybe"), "bool_parsing"),
        (json!(" true"), "bool_parsing"),
    ];
    for field in FIELDS {
        for (value, fault) in &refused {
            let answer = field.send(&server, value).await;
            assert_eq!(answer.status, 422, "{field:?} {value}");
            let detail = &answer.json()["detail"];
            assert_eq!((&detail[0]["type"], &detail[0]["input"]), (&json!(fault), value), "{field:?}");
            assert_eq!(detail.as_array().unwrap().len(), 1, "{field:?} {value}");
        }
    }
}
