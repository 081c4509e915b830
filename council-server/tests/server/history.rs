//! The history of runs, and their events over plain HTTP.

use expect_test::expect;
use serde_json::{Value, json};

use crate::harness::{TestServer, within};
use crate::http::{self, Streamed};
use crate::models::{Gated, two_rounds};
use crate::socket::mask;

#[tokio::test]
async fn the_history_has_every_run_the_newest_first() {
    let model = Gated::new(two_rounds());
    let server = TestServer::start(model.clone()).await;
    let mut ids = Vec::new();
    ids.push(server.run("complete").await);
    model.allow(5);
    server.when(&ids[0], "completed").await;
    ids.push(server.run("cancelled").await);
    server.post(&format!("/api/councils/run/{}/cancel", ids[1]), "").await;
    ids.push(server.run_with_chair("rejected").await);
    server.when(&ids[2], "paused").await;
    server.answer(&ids[2], json!({ "action": "reject" })).await;
    ids.push(server.run_with_chair("paused").await);
    server.when(&ids[3], "paused").await;
    // The script of the model has ended, so the run fails.
    model.allow(1);
    ids.push(server.run("failed").await);
    server.when(&ids[4], "failed").await;
    ids.push(server.run("running").await);

    let history = server.get("/api/runs/").await.json();
    let entries = history.as_array().unwrap();
    let mut lines: Vec<_> = entries.iter().map(|entry| masked(entry, &ids)).collect();
    // Runs that began in the same millisecond are in the order of their ids.
    lines.sort();
    expect![[r#"
        {"approved":null,"blueprint_id":null,"completed_at":"...","created_at":"...","critic_score":null,"error":"Rejected by user in God Mode.","execution_mode":"god-mode","final_draft":null,"id":2,"input_topic":"rejected","iteration_count":0,"status":"failed","waiting":null}
        {"approved":null,"blueprint_id":null,"completed_at":"...","created_at":"...","critic_score":null,"error":"node `master_agent` failed in superstep 1, attempt 1: model `scripted` gave no answer: the script of `scripted` has no answer left for call 6","execution_mode":"auto-pilot","final_draft":null,"id":4,"input_topic":"failed","iteration_count":0,"status":"failed","waiting":null}
        {"approved":null,"blueprint_id":null,"completed_at":"...","created_at":"...","critic_score":null,"error":null,"execution_mode":"auto-pilot","final_draft":null,"id":1,"input_topic":"cancelled","iteration_count":0,"status":"cancelled","waiting":null}
        {"approved":null,"blueprint_id":null,"completed_at":null,"created_at":"...","critic_score":null,"error":null,"execution_mode":"auto-pilot","final_draft":null,"id":5,"input_topic":"running","iteration_count":0,"status":"running","waiting":null}
        {"approved":null,"blueprint_id":null,"completed_at":null,"created_at":"...","critic_score":null,"error":null,"execution_mode":"god-mode","final_draft":null,"id":3,"input_topic":"paused","iteration_count":0,"status":"paused","waiting":null}
        {"approved":true,"blueprint_id":null,"completed_at":"...","created_at":"...","critic_score":9.0,"error":null,"execution_mode":"auto-pilot","final_draft":"The document.","id":0,"input_topic":"complete","iteration_count":2,"status":"completed","waiting":null}"#]].assert_eq(&lines.join("\n"));
    for id in &ids {
        let entry = server.get(&format!("/api/runs/{id}")).await.json();
        assert!(entries.contains(&entry), "{entry}");
    }

    let page = server.get("/api/runs/?limit=2&offset=1").await.json();
    assert_eq!(page.as_array().unwrap().as_slice(), &entries[1..3]);
    assert_eq!(server.get("/api/runs/?offset=99").await.line(), "200 []");
    expect![[r#"404 {"detail":"Run 'nobody' not found."}"#]].assert_eq(&server.get("/api/runs/nobody").await.line());
    expect![[r#"422 {"detail":[{"type":"less_than_equal","loc":["query","limit"],"msg":"Input should be less than or equal to 200","input":"201","ctx":{"le":200}},{"type":"int_parsing","loc":["query","offset"],"msg":"Input should be a valid integer, unable to parse string as an integer","input":"x"}]}"#]]
        .assert_eq(&server.get("/api/runs/?limit=201&offset=x").await.line());
}

/// An entry without the fields that differ from run to run.
fn masked(entry: &Value, ids: &[String]) -> String {
    let mut entry = entry.clone();
    let place = ids.iter().position(|id| entry["id"] == **id).unwrap();
    entry["id"] = json!(place);
    for time in ["created_at", "completed_at"] {
        if let Some(text) = entry[time].as_str() {
            assert!(text.ends_with('Z') && text.parse::<jiff::Timestamp>().is_ok(), "{text}");
            entry[time] = json!("...");
        }
    }
    entry.to_string()
}

/// A list, a stream of a running run and a stream of an ended run have the same events with the same numbers.
#[tokio::test]
async fn events_are_served_over_plain_http() {
    let model = Gated::new(two_rounds());
    let server = TestServer::start(model.clone()).await;
    let id = server.run("Rust").await;
    let path = format!("/api/runs/{id}/events");
    let stream = [("accept", "text/event-stream")];
    let get = format!("GET {path}");
    let live = within(Streamed::open(server.address(), &get, &stream)).await;
    model.allow(5);
    let live = within(live.rest()).await;
    let listed = server.get(&path).await.json();
    let listed: Vec<_> = listed.as_array().unwrap().iter().map(ToString::to_string).collect();

    let watched = server.watch(&id, 0).await.rest().await;
    let watched: Vec<Value> = watched.numbered().iter().map(|event| serde_json::from_str(event).unwrap()).collect();
    assert_eq!(listed, watched.iter().map(ToString::to_string).collect::<Vec<_>>());
    let streamed: Vec<&str> = live.text.split("\n\n").filter(|event| event.contains("id: ")).collect();
    assert_eq!(streamed.len(), listed.len());
    for (place, event) in streamed.iter().enumerate() {
        assert!(event.contains(&format!("id: {}", place + 1)), "{event}");
    }
    assert!(live.text.contains(r#""event":"token""#), "{}", live.text);

    let late = [("accept", "text/event-stream"), ("last-event-id", "15")];
    let late = within(http::send(server.address(), &get, &late, b"")).await;
    // A proxy neither collects nor compresses the events.
    let headers = ["x-accel-buffering", "cache-control"].map(|name| late.header(name).unwrap());
    assert_eq!(headers, ["no", "no-store, no-transform"]);
    let data = late.text.trim().lines().find_map(|line| line.strip_prefix("data: ")).unwrap();
    expect![[r#"{"event":"run_complete","seq":16,at,"final_draft":"The document.","critic_score":9.0,"iteration_count":2,"approved":true,"stopped_by":null,"document_from":"writer","document_fault":null}"#]].assert_eq(&mask(data));
    let over = [("accept", "text/event-stream"), ("last-event-id", "16")];
    assert_eq!(within(http::send(server.address(), &get, &over, b"")).await.status, 204);
    assert_eq!(server.get(&format!("{path}?after=16")).await.line(), "200 []");
    assert_eq!(server.get("/api/runs/nobody/events").await.status, 404);
}
