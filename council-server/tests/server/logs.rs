//! Log: its fields, and the secrets that it must not contain.

use std::collections::BTreeSet;

use expect_test::expect;
use serde_json::{Value, json};
use tokio::io::AsyncReadExt;

use crate::harness::within;
use crate::http;
use crate::process::{listening, program, signal};
use crate::provider::Provider;
use crate::socket::Watcher;

/// Each line is a JSON object with the id of its run. No level logs a draft, a topic or the token.
#[tokio::test]
async fn log_lines_name_their_run_and_contain_no_secret() {
    let provider = Provider::start().await;
    let flags = ["--listen", "127.0.0.1:0", "--model", "openai/x", "--token", "open-sesame", "--log-format", "json"];
    let mut command = program(&flags);
    command.env("OPENAI_BASE_URL", provider.base_url()).env("RUST_LOG", "debug");
    let (mut child, address, _lines) = listening(command).await;
    let headers = [("authorization", "Bearer open-sesame")];
    let body = json!({ "input_topic": "Xylophones, topic-1" }).to_string();
    let started = within(http::send(address, "POST /api/councils/run", &headers, body.as_bytes())).await;
    let id = started.json()["run_id"].as_str().unwrap().to_owned();
    let path = format!("/ws/council/{id}?token=open-sesame");
    let watcher = Watcher::connect(address, &path, &[]).await.unwrap();
    assert_eq!(watcher.rest().await.close, Some(1000));
    signal(&child, "-TERM");
    let mut log = String::new();
    within(child.stderr.take().unwrap().read_to_string(&mut log)).await.unwrap();
    assert_eq!(within(child.wait()).await.unwrap().code(), Some(0));

    for secret in ["ylophone", "sesame"] {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of_server = |line: &&Value| line["target"].as_str().is_some_and(|target| target.starts_with("council_server"));
    let mut told = BTreeSet::new();
    for line in lines.iter().filter(of_server) {
        let message = line["message"].as_str().unwrap();
        let run = &line["run"];
        let rest = ["method", "path", "status"]
            .map(|field| line[field].as_str().map_or(line[field].to_string(), str::to_owned));
        told.insert(
            format!("{} {message} {run} {}", line["level"].as_str().unwrap(), rest.join(" ")).replace(&id, "ID"),
        );
    }
    let told: Vec<_> = told.into_iter().collect();
    expect![[r#"
        DEBUG request null GET /ws/council/ID 101
        DEBUG request null POST /api/councils/run 202
        DEBUG watcher closed "ID" null null null
        INFO draining null null null null
        INFO ended null null null null
        INFO run ended "ID" null null completed
        INFO run started "ID" null null null
        INFO shutting down; a second signal ends the program at once null null null null"#]]
    .assert_eq(&told.join("\n"));
}
