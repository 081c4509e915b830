//! Runs that fail because a provider refuses their key or their model, or asks for a longer wait than is allowed.

use std::net::SocketAddr;

use expect_test::expect;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::configuration::{directory, program_in};
use crate::harness::{eventually, within};
use crate::http;
use crate::process::listening;
use crate::socket::Watcher;

/// Each surface of the server says which variable or setting is wrong, and what to do. None shows the key.
#[tokio::test]
async fn a_failed_run_says_which_key_or_model_was_refused() {
    let refused = provider("401 Unauthorized", r#"{"error":{"message":"no such key"}}"#).await;
    let unknown = provider("404 Not Found", r#"{"error":{"message":"no such model"}}"#).await;
    let spent = provider("429 Too Many Requests\r\nretry-after: 10800", r#"{"error":{"message":"spent"}}"#).await;
    let settings = format!(
        "listen = '127.0.0.1:0'\ndatabase = ':memory:'\nmodel-patience = 3600\n
        [providers.gpu]\ndialect = 'openai'\nbase-url = 'http://{refused}/v1'\nkey-env = 'GPU_KEY'\n
        [providers.desk]\ndialect = 'openai'\nbase-url = 'http://{refused}/v1'\nkey = '{KEY}'\n
        [providers.away]\ndialect = 'openai'\nbase-url = 'http://{unknown}/v1'\nkey = ''\n
        [providers.spent]\ndialect = 'openai'\nbase-url = 'http://{spent}/v1'\nkey = ''\n"
    );
    let directory = directory(&settings);
    let mut told = Vec::new();
    for provider in ["gpu", "desk", "away", "spent"] {
        let model = format!("{provider}/qwen3");
        let mut command = program_in(&directory, &["--config", "council.toml", "--model", &model]);
        command.env("GPU_KEY", KEY);
        let (_child, address, _lines) = listening(command).await;
        told.push(error_of_a_run(address).await);
    }
    let told = told.join("\n");
    assert!(!told.contains(KEY));
    expect![[r#"
        node `master_agent` failed in superstep 1, attempt 1: model `gpu/qwen3` gave no answer: gpu answered HTTP 401: no such key (correct GPU_KEY, restart the program, then start again, or retry a stored run)
        node `master_agent` failed in superstep 1, attempt 1: model `desk/qwen3` gave no answer: desk answered HTTP 401: no such key (correct `key` of the provider `desk`, restart the program, then start again, or retry a stored run)
        node `master_agent` failed in superstep 1, attempt 1: model `away/qwen3` gave no answer: away answered HTTP 404: no such model (check the name `qwen3` of the model, and `base-url` of the provider `away`)
        node `master_agent` failed in superstep 1, attempt 1: model `spent/qwen3` gave no answer (the next call can be made in 3 h, and the agent's patience is 1 h: raise `agent_retry().total(..)` (`--model-patience` at the command line), or the `patience` of the agent in its blueprint, then start again, or retry a stored run): spent answered HTTP 429: spent"#]].assert_eq(&told);
}

/// The error of a run that fails, which the result, the event and the history hold.
async fn error_of_a_run(address: SocketAddr) -> String {
    let get = async |path: String| http::send(address, &format!("GET {path}"), &[], b"").await.json();
    let body = json!({ "input_topic": "Rust" }).to_string();
    let started = http::send(address, "POST /api/councils/run", &[], body.as_bytes()).await.json();
    let id = started["run_id"].as_str().unwrap().to_owned();
    let result = eventually(async || {
        let result = get(format!("/api/councils/run/{id}")).await;
        (result["status"] == "failed").then_some(result)
    })
    .await;
    let mut watcher = Watcher::connect(address, &format!("/ws/council/{id}"), &[]).await.unwrap();
    let event = within(watcher.until("run_failed")).await;
    assert_eq!(event["error"], result["error"]);
    assert_eq!(get(format!("/api/runs/{id}")).await["error"], result["error"]);
    result["error"].as_str().unwrap().to_owned()
}

/// A provider that answers every call with this status and body.
async fn provider(status: &'static str, body: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            let (mut request, mut buffer) = (Vec::new(), [0; 1024]);
            // The JSON of the request ends with a brace.
            while !request.ends_with(b"}") {
                let read = socket.read(&mut buffer).await.unwrap();
                request.extend_from_slice(&buffer[..read]);
            }
            let length = body.len();
            let head = format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
            socket.write_all((head + body).as_bytes()).await.unwrap();
        }
    });
    address
}

const KEY: &str = "sk-not-to-be-seen";
