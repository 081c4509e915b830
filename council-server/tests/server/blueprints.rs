//! Saved blueprints: create, read, replace, delete.

use std::time::Duration;

use council_llm::{CouncilBuilder, Rehearsal};
use council_server::{Config, Councils, Database};
use expect_test::expect;
use rusqlite::Connection;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::TestServer;
use crate::models::two_rounds;

/// A master and a critic, as the frontend of the original sends them.
pub(crate) fn pair() -> Value {
    json!({
        "version": 1, "id": "pair", "name": "Two of us",
        "nodes": [
            { "id": "author", "label": "Author", "systemPrompt": "Write an essay.", "model": "openai/author",
              "tools": { "webSearch": false, "pdfReader": false }, "position": { "x": 0.0, "y": 0.5 } },
            { "id": "judge", "label": "Judge", "systemPrompt": "You are a strict critic.", "model": "openai/judge",
              "tools": { "webSearch": false, "pdfReader": false }, "position": { "x": 250.0, "y": 0.5 } },
            { "id": "polish", "label": "Polish", "systemPrompt": "Polish it.", "model": "openai/author",
              "tools": { "webSearch": false, "pdfReader": false }, "position": { "x": 500.0, "y": 0.5 } }
        ],
        "edges": [
            { "id": "e1", "source": "author", "target": "judge", "type": "linear", "condition": null },
            { "id": "e2", "source": "judge", "target": "author", "type": "conditional", "condition": "rework" },
            { "id": "e3", "source": "judge", "target": "polish", "type": "conditional", "condition": "approve" }
        ]
    })
}

/// A blueprint of nearly the largest size that a request may have.
pub(crate) fn big_blueprint(id: &str) -> Value {
    let prompt = |agent: u32| format!("You are Master AI {agent}. {}", "Write plainly. ".repeat(6_000));
    let nodes: Vec<_> = (0..10)
        .map(|agent| json!({ "id": format!("a{agent}"), "model": "openai/x", "systemPrompt": prompt(agent) }))
        .collect();
    let edges: Vec<_> =
        (1..10).map(|agent| json!({ "source": format!("a{}", agent - 1), "target": format!("a{agent}") })).collect();
    json!({ "id": id, "name": "Big", "nodes": nodes, "edges": edges })
}

/// The blueprint in version 2, with the guessed roles and the guessed start.
fn migrated(mut blueprint: Value) -> Value {
    blueprint["version"] = json!(2);
    blueprint["start"] = json!("author");
    let mut guessed = Vec::new();
    for node in blueprint["nodes"].as_array_mut().unwrap() {
        if node.get("role").is_none() {
            node["role"] = json!(if node["id"] == "judge" { "critic" } else { "agent" });
            guessed.push(json!({ "node": node["id"], "role": node["role"] }));
        }
    }
    blueprint["migrated"] = json!({ "from": 1, "start": "author", "guessed": guessed });
    blueprint
}

/// The blueprint without the warnings of the answer to a save.
fn stored(mut saved: Value) -> Value {
    assert!(saved.as_object_mut().unwrap().remove("warnings").unwrap().is_array());
    saved
}

/// The blueprint without its times, which the server sets.
fn timeless(blueprint: Value) -> Value {
    let mut blueprint = stored(blueprint);
    for time in ["createdAt", "updatedAt"] {
        let text = blueprint.as_object_mut().unwrap().remove(time).unwrap();
        assert!(text.as_str().unwrap().ends_with('Z'), "{text}");
    }
    blueprint
}

#[tokio::test]
async fn a_blueprint_is_saved_found_replaced_and_deleted() {
    let server = TestServer::start(two_rounds()).await;
    assert_eq!(server.get("/api/councils/").await.line(), "200 []");
    let created = server.post("/api/councils/", pair().to_string()).await;
    assert_eq!(created.status, 201, "{}", created.text);
    let created = created.json();
    assert_eq!(timeless(created.clone()), migrated(pair()));
    assert_eq!(server.get("/api/councils/pair").await.json(), stored(created.clone()));
    let again = server.post("/api/councils/", pair().to_string()).await;
    assert_eq!(again.line(), r#"409 {"detail":"Blueprint 'pair' already exists."}"#);

    let mut changed = pair();
    changed["name"] = json!("Two others");
    changed["nodes"][1]["temperature"] = json!(0.2);
    changed["nodes"][1]["role"] = json!("critic");
    changed["nodes"][0]["maxTokens"] = json!(100);
    changed["nodes"][0]["timeouts"] = json!({ "firstToken": "2h", "total": 0.5 });
    changed["nodes"][0]["patience"] = json!("10m");
    let replaced = server.send("PUT /api/councils/pair", changed.to_string()).await;
    assert_eq!(replaced.status, 200, "{}", replaced.text);
    changed["nodes"][0]["timeouts"]["firstToken"] = json!(7200);
    changed["nodes"][0]["patience"] = json!(600);
    assert_eq!(timeless(replaced.json()), migrated(changed), "a time is stored in seconds");
    assert_eq!(replaced.json()["createdAt"], created["createdAt"]);
    assert_eq!(server.get("/api/councils/").await.json(), json!([stored(replaced.json())]));

    assert_eq!(server.send("DELETE /api/councils/pair", "").await.line(), "204 ");
    for (request, body) in
        [("GET", String::new()), ("PUT", pair().to_string()), ("DELETE", String::new()), ("GET", String::new())]
    {
        let answer = server.send(&format!("{request} /api/councils/pair"), body).await;
        assert_eq!(answer.line(), r#"404 {"detail":"Blueprint 'pair' not found."}"#);
    }
}

/// A change of a blueprint waits for a write of another connection to the database, for example of a run, and then succeeds.
#[tokio::test]
async fn a_blueprint_is_replaced_while_the_database_is_written() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("council.db");
    let config = Config::default().database(Database::File(path.clone()));
    let server = TestServer::with(config, two_rounds()).await;
    server.post("/api/councils/", pair().to_string()).await;

    let other = Connection::open(path).unwrap();
    for method in ["PUT", "DELETE"] {
        other.execute_batch("BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS other (number INTEGER)").unwrap();
        let request = format!("{method} /api/councils/pair");
        let request = server.send(&request, pair().to_string());
        let write = async {
            // The request is at its write by then; on a slow machine it comes later and finds the database free.
            tokio::time::sleep(Duration::from_millis(200)).await;
            other.execute_batch("COMMIT").unwrap();
        };
        let (answer, ()) = tokio::join!(request, write);
        assert!(answer.status < 300, "{method}: {}", answer.line());
    }
}

/// In version 2 nothing is guessed: a missing role or start is a fault.
#[tokio::test]
async fn a_blueprint_of_version_2_is_stored_unchanged() {
    let server = TestServer::start(two_rounds()).await;
    let mut blueprint = migrated(pair());
    blueprint.as_object_mut().unwrap().remove("migrated");
    blueprint["nodes"][1]["systemPrompt"] = json!("Say what you think.");
    let created = server.post("/api/councils/", blueprint.to_string()).await;
    assert_eq!((created.status, timeless(created.json())), (201, blueprint.clone()));

    blueprint["nodes"][1].as_object_mut().unwrap().remove("role");
    blueprint.as_object_mut().unwrap().remove("start");
    let refused = server.send("PUT /api/councils/pair", blueprint.to_string()).await.json();
    let faults: Vec<_> = refused["detail"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| format!("{} {}", fault["type"], fault["loc"]))
        .collect();
    assert_eq!(faults, [r#""missing" ["body","start"]"#, r#""missing" ["body","nodes",1,"role"]"#]);

    blueprint["start"] = json!("ghost");
    blueprint["nodes"][1]["role"] = json!("critic");
    let refused = server.send("PUT /api/councils/pair", blueprint.to_string()).await.json();
    assert_eq!(refused["detail"][0]["msg"], r#"the start is "ghost", and no node has that id"#);
}

/// A blueprint that an earlier version of the server saved is migrated when it is read.
#[tokio::test]
async fn a_saved_blueprint_of_version_1_is_migrated_when_it_is_read() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("council.db");
    let config = Config::default().database(Database::File(path.clone()));
    let server = TestServer::with(config, two_rounds()).await;
    let insert = "INSERT INTO blueprints (id, blueprint) VALUES ('pair', ?1)";
    Connection::open(path).unwrap().execute(insert, [pair().to_string()]).unwrap();
    assert_eq!(server.get("/api/councils/pair").await.json(), migrated(pair()));
    assert_eq!(server.get("/api/councils/").await.json(), json!([migrated(pair())]));
}

/// The server sets the missing fields, and lists the blueprints by their last change, newest first.
#[tokio::test]
async fn a_blueprint_needs_only_a_name() {
    let server = TestServer::start(two_rounds()).await;
    let small = json!({ "name": "Small", "nodes": [{ "id": "a", "model": "rehearsal" }] });
    let mut small = server.post("/api/councils/", small.to_string()).await.json();
    let id = small["id"].take();
    assert_eq!(id.as_str().unwrap().len(), 36);
    expect![[r#"{"edges":[],"id":null,"migrated":{"from":1,"guessed":[{"node":"a","role":"agent"}],"start":"a"},"name":"Small","nodes":[{"id":"a","label":"a","model":"rehearsal","position":{"x":0.0,"y":0.0},"role":"agent","systemPrompt":"You are a.","tools":{"pdfReader":false,"webSearch":false}}],"start":"a","version":2}"#]]
        .assert_eq(&timeless(small).to_string());
    let empty = server.post("/api/councils/", json!({ "name": "Empty", "nodes": [] }).to_string()).await;
    assert_eq!(empty.status, 201, "{}", empty.text);
    let names = async || {
        let list = server.get("/api/councils/").await.json();
        list.as_array().unwrap().iter().map(|blueprint| blueprint["name"].to_string()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(names().await, r#""Empty" "Small""#);
    let path = format!("PUT /api/councils/{}", id.as_str().unwrap());
    server.send(&path, json!({ "name": "Bigger", "id": "of no interest", "nodes": [] }).to_string()).await;
    assert_eq!(names().await, r#""Bigger" "Empty""#);
}

/// A body that consists of faults does not make a huge answer.
#[tokio::test]
async fn an_answer_lists_a_hundred_faults_and_the_number_of_the_others() {
    let server = TestServer::start(two_rounds()).await;
    let last = async |node: Value| {
        let blueprint = json!({ "version": 2, "name": "Many", "start": "a0", "nodes": vec![node; 200] });
        let refused = server.post("/api/councils/", blueprint.to_string()).await;
        assert_eq!(refused.status, 422);
        let faults = refused.json()["detail"].as_array().unwrap().clone();
        (faults.len(), faults[100]["loc"].to_string(), faults[100]["msg"].to_string())
    };
    let expected = |more| (101, r#"["body"]"#.to_owned(), format!("\"and {more} more\""));
    assert_eq!(last(json!({ "role": "agent", "model": "rehearsal" })).await, expected(100));
    assert_eq!(last(json!({ "id": "a0", "role": "agent", "model": "rehearsal" })).await, expected(99));
}

/// The graph has the threshold of its critic, so a program sets it once.
#[tokio::test]
async fn the_graph_shows_the_threshold_that_its_council_was_built_with() {
    let council = CouncilBuilder::new(Rehearsal::new()).threshold(7.5).build().unwrap();
    let server = TestServer::of(Config::default(), Councils::new(council)).await;
    let graph = server.get("/api/councils/graph").await.json();
    assert_eq!((&graph["nodes"][2]["role"], &graph["nodes"][2]["threshold"]), (&json!("critic"), &json!(7.5)));
    assert_eq!(graph["nodes"][1]["threshold"], Value::Null);
}
