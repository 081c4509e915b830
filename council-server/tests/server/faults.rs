//! Answers to faulty requests.

use expect_test::expect;
use serde_json::{Value, json};

use crate::harness::{TestServer, within};
use crate::http;
use crate::models::two_rounds;

/// A topic with nothing to read would cost calls of models for nothing.
#[tokio::test]
async fn a_topic_without_anything_to_read_is_refused() {
    let server = TestServer::start(two_rounds()).await;
    let blueprint = json!({ "name": "Essays", "nodes": [{ "id": "author", "model": "rehearsal" }] }).to_string();
    let blueprint = server.post("/api/councils/", &blueprint).await.json()["id"].as_str().unwrap().to_owned();
    for topic in ["  ", "\n\t", "\u{a0}", "\u{3000}", "\u{200b}\u{200d}\u{2060}\u{feff}"] {
        for path in ["/api/councils/run".to_owned(), format!("/api/councils/{blueprint}/run")] {
            let refused = server.post(&path, &json!({ "input_topic": topic }).to_string()).await;
            let fault = json!({
                "type": "string_too_short",
                "loc": ["body", "input_topic"],
                "msg": "String should have at least 1 character that is not white space",
                "input": topic,
                "ctx": { "min_length": 1 },
            });
            assert_eq!((refused.status, refused.json()), (422, json!({ "detail": [fault] })), "{topic:?}");
        }
    }
    assert_eq!(server.post("/api/councils/run", r#"{"input_topic": " a\u200b"}"#).await.status, 202);
}

/// Each faulty body, with all its faults.
#[tokio::test]
async fn faults_of_a_start_are_named_all_at_once() {
    let server = TestServer::start(two_rounds()).await;
    let bodies = [
        "",
        "null",
        "[1]",
        "\"Rust\"",
        "{}",
        r#"{"input_topic": null}"#,
        r#"{"input_topic": 7}"#,
        r#"{"input_topic": ""}"#,
        r#"{"input_topic": "Rust", "god_mode": "maybe"}"#,
        r#"{"input_topic": "Rust", "god_mode": 2}"#,
        r#"{"input_topic": "Rust", "god_mode": 0.5}"#,
        r#"{"input_topic": "Rust", "god_mode": null}"#,
        r#"{"god_mode": []}"#,
        r#"{"input_topic": "", "god_mode": "YES"}"#,
        r#"{"input_topic": "Rust""#,
        "{\n  \"input_topic\": \"äöü\",\n  oops\n}",
        "not json",
    ];
    let mut picture = Vec::new();
    for body in bodies {
        let answer = server.post("/api/councils/run", body).await;
        picture.push(format!("{body}\n  {}", answer.line()));
    }
    expect![[r#"

          422 {"detail":[{"type":"missing","loc":["body"],"msg":"Field required","input":null}]}
        null
          422 {"detail":[{"type":"model_attributes_type","loc":["body"],"msg":"Input should be a valid dictionary or object to extract fields from","input":null}]}
        [1]
          422 {"detail":[{"type":"model_attributes_type","loc":["body"],"msg":"Input should be a valid dictionary or object to extract fields from","input":[1]}]}
        "Rust"
          422 {"detail":[{"type":"model_attributes_type","loc":["body"],"msg":"Input should be a valid dictionary or object to extract fields from","input":"Rust"}]}
        {}
          422 {"detail":[{"type":"missing","loc":["body","input_topic"],"msg":"Field required","input":{}}]}
        {"input_topic": null}
          422 {"detail":[{"type":"string_type","loc":["body","input_topic"],"msg":"Input should be a valid string","input":null}]}
        {"input_topic": 7}
          422 {"detail":[{"type":"string_type","loc":["body","input_topic"],"msg":"Input should be a valid string","input":7}]}
        {"input_topic": ""}
          422 {"detail":[{"type":"string_too_short","loc":["body","input_topic"],"msg":"String should have at least 1 character","input":"","ctx":{"min_length":1}}]}
        {"input_topic": "Rust", "god_mode": "maybe"}
          422 {"detail":[{"type":"bool_parsing","loc":["body","god_mode"],"msg":"Input should be a valid boolean, unable to interpret input","input":"maybe"}]}
        {"input_topic": "Rust", "god_mode": 2}
          422 {"detail":[{"type":"bool_parsing","loc":["body","god_mode"],"msg":"Input should be a valid boolean, unable to interpret input","input":2}]}
        {"input_topic": "Rust", "god_mode": 0.5}
          422 {"detail":[{"type":"bool_type","loc":["body","god_mode"],"msg":"Input should be a valid boolean","input":0.5}]}
        {"input_topic": "Rust", "god_mode": null}
          422 {"detail":[{"type":"bool_type","loc":["body","god_mode"],"msg":"Input should be a valid boolean","input":null}]}
        {"god_mode": []}
          422 {"detail":[{"type":"missing","loc":["body","input_topic"],"msg":"Field required","input":{"god_mode":[]}},{"type":"bool_type","loc":["body","god_mode"],"msg":"Input should be a valid boolean","input":[]}]}
        {"input_topic": "", "god_mode": "YES"}
          422 {"detail":[{"type":"string_too_short","loc":["body","input_topic"],"msg":"String should have at least 1 character","input":"","ctx":{"min_length":1}}]}
        {"input_topic": "Rust"
          422 {"detail":[{"type":"json_invalid","loc":["body",22],"msg":"JSON decode error","input":{},"ctx":{"error":"EOF while parsing an object"}}]}
        {
          "input_topic": "äöü",
          oops
        }
          422 {"detail":[{"type":"json_invalid","loc":["body",28],"msg":"JSON decode error","input":{},"ctx":{"error":"key must be a string"}}]}
        not json
          422 {"detail":[{"type":"json_invalid","loc":["body",1],"msg":"JSON decode error","input":{},"ctx":{"error":"expected ident"}}]}"#]].assert_eq(&picture.join("\n"));
}

#[tokio::test]
async fn the_length_of_a_topic_counts_code_points() {
    let server = TestServer::start(two_rounds()).await;
    let longest = "ä".repeat(10_000);
    server.run(&longest).await;

    let body = json!({ "input_topic": longest + "ä" }).to_string();
    let answer = server.post("/api/councils/run", body).await;
    assert_eq!(answer.status, 422);
    let fault = &answer.json()["detail"][0];
    assert_eq!(fault["type"], "string_too_long");
    assert_eq!(fault["msg"], "String should have at most 10000 characters");
    assert_eq!(fault["ctx"], json!({ "max_length": 10_000 }));
    assert_eq!(fault["input"].as_str().unwrap().chars().count(), 10_001, "20,002 bytes fit");
}

#[tokio::test]
async fn the_input_is_echoed_up_to_20_kilobytes() {
    let server = TestServer::start(two_rounds()).await;
    let long = "€".repeat(30_000);
    for body in [json!({ "input_topic": long }), json!({ "god_mode": false, "other": long })] {
        let answer = server.post("/api/councils/run", body.to_string()).await;
        assert_eq!(answer.status, 422);
        let detail = answer.json()["detail"].clone();
        let echo = detail[0]["input"].as_str().unwrap().len();
        assert!((20_470..=20_480).contains(&echo), "{echo}");
    }
}

#[tokio::test]
async fn a_body_that_is_no_utf_8_is_no_json() {
    let server = TestServer::start(two_rounds()).await;
    let answer = server.post("/api/councils/run", b"{\"input_topic\": \"\xff\"}").await;
    assert_eq!((answer.status, &answer.json()["detail"][0]["type"]), (422, &Value::from("json_invalid")));
}

#[tokio::test]
async fn unknown_paths_methods_and_runs_have_json_bodies() {
    let server = TestServer::start(two_rounds()).await;
    let requests = [
        "GET /api/nothing",
        "GET /api/health/",
        "DELETE /api/health",
        "GET /api/councils/run",
        "PUT /api/councils/run",
        "POST /ws/council/nobody",
        "GET /ws/council/nobody",
        "GET /ws/council/nobody?after=soon",
        "GET /ws/council/nobody?after=-1",
        "GET /api/councils/run/nobody",
        "GET /api/councils/run/not%20here",
        "GET /api/councils/run/%ff",
        "POST /api/councils/run/nobody",
        "POST /api/councils/run/nobody/cancel",
        "POST /api/councils/run/nobody/approve",
    ];
    let mut picture = Vec::new();
    for request in requests {
        let answer = within(http::send(server.address(), request, &[], b"")).await;
        assert_eq!(answer.header("content-type"), Some("application/json"), "{request}");
        picture.push(format!("{request} -> {}", answer.line()));
    }
    expect![[r#"
        GET /api/nothing -> 404 {"detail":"Not Found"}
        GET /api/health/ -> 404 {"detail":"Not Found"}
        DELETE /api/health -> 405 {"detail":"Method Not Allowed"}
        GET /api/councils/run -> 405 {"detail":"Method Not Allowed"}
        PUT /api/councils/run -> 405 {"detail":"Method Not Allowed"}
        POST /ws/council/nobody -> 405 {"detail":"Method Not Allowed"}
        GET /ws/council/nobody -> 426 {"detail":"This route is a WebSocket, and the request is not an upgrade: WebSocket protocol error: No \"Connection: upgrade\" header"}
        GET /ws/council/nobody?after=soon -> 422 {"detail":[{"type":"int_parsing","loc":["query","after"],"msg":"Input should be a valid integer, unable to parse string as an integer","input":"soon"}]}
        GET /ws/council/nobody?after=-1 -> 422 {"detail":[{"type":"greater_than_equal","loc":["query","after"],"msg":"Input should be greater than or equal to 0","input":"-1","ctx":{"ge":0}}]}
        GET /api/councils/run/nobody -> 404 {"detail":"Run 'nobody' not found."}
        GET /api/councils/run/not%20here -> 404 {"detail":"Run 'not here' not found."}
        GET /api/councils/run/%ff -> 404 {"detail":"Not Found"}
        POST /api/councils/run/nobody -> 405 {"detail":"Method Not Allowed"}
        POST /api/councils/run/nobody/cancel -> 404 {"detail":"Run 'nobody' not found."}
        POST /api/councils/run/nobody/approve -> 422 {"detail":[{"type":"missing","loc":["body"],"msg":"Field required","input":null}]}"#]].assert_eq(&picture.join("\n"));
}

#[tokio::test]
async fn a_body_above_a_mebibyte_is_refused() {
    let server = TestServer::start(two_rounds()).await;
    let body = format!("{{\"input_topic\": \"{}\"}}", "x".repeat(1 << 20));
    let answer = server.post("/api/councils/run", &body).await;
    expect![[r#"413 {"detail":"The body has more than 1048576 bytes."}"#]].assert_eq(&answer.line());

    let chunked = format!(
        "POST /api/councils/run HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
        body.len()
    );
    assert_eq!(within(http::send_raw(server.address(), chunked.as_bytes())).await.status, 413);

    let fits = format!("{{\"input_topic\": \"Rust\", \"other\": \"{}\"}}", "x".repeat((1 << 20) - 100));
    assert_eq!(server.post("/api/councils/run", fits).await.status, 202);
}

#[tokio::test]
async fn an_incomplete_body_is_refused() {
    let server = TestServer::start(two_rounds()).await;
    let request =
        "POST /api/councils/run HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\nno number\r\n";
    let refused = within(http::send_raw(server.address(), request.as_bytes())).await;
    expect![[r#"400 {"detail":"The body could not be read."}"#]].assert_eq(&refused.line());
}
