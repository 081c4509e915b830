//! Repeated requests: a request with a key is accepted once.

use council_llm::{ChatError, ScriptedAnswer, ScriptedModel};
use council_server::{Config, Database};
use expect_test::expect;
use futures_util::future::join_all;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::harness::{TestServer, eventually, within};
use crate::http::{self, Answer};
use crate::models::{Gated, two_rounds};

const START: &str = "/api/councils/run";

pub(crate) async fn post(server: &TestServer, path: &str, key: &str, body: &str) -> Answer {
    within(http::send(server.address(), &format!("POST {path}"), &[("idempotency-key", key)], body.as_bytes())).await
}

async fn history(server: &TestServer) -> Vec<Value> {
    server.get("/api/runs/?limit=200").await.json().as_array().unwrap().clone()
}

fn topic(topic: &str) -> String {
    json!({ "input_topic": topic }).to_string()
}

#[tokio::test]
async fn a_repeat_of_a_start_has_the_same_answer_and_makes_no_second_run() {
    let model = two_rounds();
    let server = TestServer::start(model.clone()).await;
    let first = post(&server, START, "k-1", &topic("Rust")).await;
    assert_eq!(first.status, 202, "{}", first.text);
    let id = first.json()["run_id"].as_str().unwrap().to_owned();
    let again = post(&server, START, "k-1", &topic("Rust")).await;
    assert_eq!(again.line(), first.line());
    server.when(&id, "completed").await;
    // Quotes, blanks and the order of fields make no difference.
    let same = post(&server, START, "\"k-1\"", r#" { "input_topic" : "Rust" } "#).await;
    assert_eq!(same.line(), first.line());
    assert_eq!((history(&server).await.len(), model.requests().len()), (1, 5));

    let other = post(&server, START, "k-1", &topic("Java")).await;
    expect![[r#"422 {"detail":[{"type":"value_error","loc":["header","idempotency-key"],"msg":"the key belongs to another request: use a new key for each request","input":null}]}"#]]
    .assert_eq(&other.line());
    let blueprint = post(&server, "/api/councils/b1/run", "k-1", &topic("Rust")).await;
    assert_eq!(blueprint.status, 422, "another route is another request");
    assert_eq!(post(&server, START, "k-2", &topic("Rust")).await.status, 202);
    assert_eq!(server.post(START, topic("Rust")).await.status, 202, "without a key each start makes a run");
    assert_eq!(history(&server).await.len(), 3);
}

#[tokio::test]
async fn starts_at_the_same_time_with_one_key_make_one_run() {
    let model = Gated::new(two_rounds());
    let server = TestServer::start(model.clone()).await;
    let body = topic("Rust");
    let answers = join_all((0..8).map(|_| post(&server, START, "k", &body))).await;
    assert!(answers.iter().all(|answer| answer.line() == answers[0].line() && answer.status == 202));
    assert_eq!(history(&server).await.len(), 1);
    model.allow(100);
    server.when(answers[0].json()["run_id"].as_str().unwrap(), "completed").await;
    assert_eq!(model.calls(), 5);
}

/// The client is gone before the answer, and its start may have been accepted or not.
#[tokio::test]
async fn a_start_whose_connection_broke_is_repeated_without_a_second_run() {
    let server = TestServer::start(ScriptedModel::new("scripted", ["SCORE: 9"]).repeating()).await;
    for number in 0..20 {
        let (key, body) = (format!("k-{number}"), topic("Rust"));
        let head = format!("POST {START} HTTP/1.1\r\nhost: {}\r\nidempotency-key: {key}\r\n", server.address());
        let mut connection = TcpStream::connect(server.address()).await.unwrap();
        let request = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
        connection.write_all(request.as_bytes()).await.unwrap();
        drop(connection);
        assert_eq!(post(&server, START, &key, &body).await.status, 202);
    }
    assert_eq!(history(&server).await.len(), 20);
}

#[tokio::test]
async fn a_repeat_has_the_answer_of_the_blueprint_that_was_started() {
    let server = TestServer::start(ScriptedModel::new("scripted", ["SCORE: 9"]).repeating()).await;
    let agent = json!({ "id": "a", "label": "A", "systemPrompt": "Write.", "model": "rehearsal" });
    let blueprint = json!({ "version": 1, "id": "b1", "name": "Solo", "nodes": [agent], "edges": [] });
    assert_eq!(server.post("/api/councils/", blueprint.to_string()).await.status, 201);
    let first = post(&server, "/api/councils/b1/run", "k", &topic("Rust")).await;
    assert_eq!(first.status, 202, "{}", first.text);
    assert_eq!(server.send("DELETE /api/councils/b1", "").await.status, 204);
    assert_eq!(post(&server, "/api/councils/b1/run", "k", &topic("Rust")).await.line(), first.line());
    assert_eq!(post(&server, "/api/councils/b1/run", "other", &topic("Rust")).await.status, 404);
    // A start that was refused is no start: the key is free.
    assert_eq!(post(&server, START, "other", &topic("Rust")).await.status, 202);
}

#[tokio::test]
async fn a_repeated_answer_of_the_chair_and_a_repeated_retry_happen_once_also_after_a_restart() {
    let directory = TempDir::new().unwrap();
    let config = Config::default().database(Database::File(directory.path().join("council.db")));
    let refused = || ChatError::status("a provider", 401, "invalid key", None);
    let answers = [ScriptedAnswer::from("First draft."), ScriptedAnswer::error(refused), "SCORE: 9".into()];
    let model = ScriptedModel::new("scripted", answers);
    let server = TestServer::with(config.clone(), model.clone()).await;
    let id = server.run_with_chair("Rust").await;
    server.when(&id, "paused").await;
    let (approve, retry) = (format!("{START}/{id}/approve"), format!("{START}/{id}/retry"));
    let approval = json!({ "action": "approve" }).to_string();
    assert_eq!(post(&server, &approve, "a-1", &approval).await.status, 200);
    server.result_when(&id, |result| result["next_nodes"] == json!(["critic_agent"]) && result["paused"] == true).await;
    assert_eq!(post(&server, &approve, "a-1", &approval).await.json()["next_nodes"], json!(["critic_agent"]));
    let rejection = json!({ "action": "reject" }).to_string();
    assert_eq!(post(&server, &approve, "a-1", &rejection).await.status, 422);
    assert_eq!(server.result(&id).await["paused"], true, "the repeat has not approved the next pause");
    assert_eq!(post(&server, &approve, "a-2", &approval).await.status, 200);
    server.when(&id, "failed").await;
    assert_eq!(model.requests().len(), 2);

    assert_eq!(post(&server, &retry, "r-1", "").await.status, 202);
    server.when(&id, "paused").await;
    let again = join_all([post(&server, &retry, "r-1", ""), post(&server, &retry, "r-1", "")]).await;
    assert!(again.iter().all(|answer| answer.status == 202 && answer.json()["status"] == "paused"));
    assert_eq!(post(&server, &retry, "r-2", "").await.status, 409);
    assert_eq!(model.requests().len(), 3);
    within(server.stop()).await.unwrap();

    let server = TestServer::with(config, model.clone()).await;
    server.until_ready().await;
    for (path, key, body, status) in
        [(&approve, "a-1", &*approval, 200), (&retry, "r-1", "", 202), (&approve, "a-2", &*rejection, 422)]
    {
        assert_eq!(post(&server, path, key, body).await.status, status, "{key}");
    }
    assert_eq!((server.result(&id).await["status"].clone(), model.requests().len()), (json!("paused"), 3));
}

#[tokio::test]
async fn a_client_chooses_the_id_of_its_run() {
    let server = TestServer::start(ScriptedModel::new("scripted", ["SCORE: 9"]).repeating()).await;
    let id = "0197a1b2-0000-7000-8000-00000000abcd";
    let body = |topic: &str, id: &str| json!({ "input_topic": topic, "run_id": id }).to_string();
    let first = server.post(START, body("Rust", id)).await;
    assert_eq!((first.status, first.json()["run_id"].as_str().unwrap()), (202, id));
    assert_eq!(server.post(START, body("Rust", id)).await.line(), first.line());
    let other = server.post(START, body("Java", id)).await;
    assert_eq!(other.line(), format!(r#"409 {{"detail":"Run '{id}' already exists."}}"#));
    // The run of another client.
    let theirs = server.run("Go").await;
    assert_eq!(server.post(START, body("Go", &theirs)).await.status, 409);
    let wrong = server.post(START, body("Rust", "7")).await;
    assert_eq!(wrong.json()["detail"][0]["type"], "uuid_parsing", "{}", wrong.text);
    assert_eq!(server.post(START, json!({ "input_topic": "Rust", "run_id": null }).to_string()).await.status, 202);
    eventually(async || (history(&server).await.len() == 3).then_some(())).await;
}

#[tokio::test]
async fn a_key_has_bounds() {
    let server = TestServer::start(ScriptedModel::new("scripted", ["SCORE: 9"]).repeating()).await;
    let long = "k".repeat(256);
    let mut picture = Vec::new();
    for key in ["", "\"\"", &long, "\"open", "schl\u{fc}ssel"] {
        let fault = post(&server, START, key, &topic("Rust")).await;
        let detail = &fault.json()["detail"][0];
        picture.push(format!("{} {} {}", fault.status, detail["type"], detail["msg"]));
    }
    let twice = [("idempotency-key", "a"), ("idempotency-key", "b")];
    let fault = http::send(server.address(), &format!("POST {START}"), &twice, topic("Rust").as_bytes()).await;
    picture.push(format!("{} {}", fault.status, fault.json()["detail"][0]["msg"]));
    assert_eq!(post(&server, START, &long[1..], &topic("Rust")).await.status, 202);
    assert_eq!(history(&server).await.len(), 1);
    expect![[r#"
        422 "string_too_short" "String should have at least 1 character"
        422 "string_too_short" "String should have at least 1 character"
        422 "string_too_long" "String should have at most 255 characters"
        422 "value_error" "the quotes of the key are not closed"
        422 "value_error" "the key may have printable ASCII characters only"
        422 "the header may be given only once""#]]
    .assert_eq(&picture.join("\n"));
}
