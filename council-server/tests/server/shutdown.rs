//! Shutdown of a server.

use std::time::Duration;

use council_server::Config;
use expect_test::expect;
use serde_json::json;

use crate::harness::{TestServer, eventually, within};
use crate::http;
use crate::models::{Gated, two_rounds};

/// New runs are refused, the running one stops at its barrier, and its watcher is closed with 1012.
#[tokio::test]
async fn a_server_drains() {
    let model = Gated::new(two_rounds());
    let server = TestServer::start(model.clone()).await;
    let id = server.run("Rust").await;
    server.when(&id, "running").await;
    let mut watcher = server.watch(&id, 0).await;
    watcher.next().await;
    let draining = server.drain().await;
    let address = draining.address;

    let body = json!({ "input_topic": "Rust" }).to_string();
    let refused = within(http::send(address, "POST /api/councils/run", &[], body.as_bytes())).await;
    expect![[r#"503 {"detail":"The server is shutting down."}"#]].assert_eq(&refused.line());
    let result = http::send(address, &format!("GET /api/councils/run/{id}"), &[], b"").await;
    assert_eq!(result.json()["status"], "running");

    model.allow(100);
    let seen = watcher.rest().await;
    assert_eq!(seen.close, Some(1012));
    assert_eq!(model.calls(), 1, "the critic has not begun");
    within(draining.ended).await.unwrap();
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

/// A model that does not answer delays the shutdown by the grace at most.
#[tokio::test]
async fn a_silent_model_delays_the_end_by_the_grace_at_most() {
    let config = Config::default().grace(Duration::from_millis(20));
    let server = TestServer::with(config, Gated::new(two_rounds())).await;
    let id = server.run("Rust").await;
    let watcher = server.watch(&id, 0).await;
    let ended = server.stop();
    let seen = watcher.rest().await;
    within(ended).await.unwrap();
    assert_eq!(seen.close, Some(1012));
}

#[tokio::test]
async fn an_idle_server_with_open_connections_ends_at_once() {
    let server = TestServer::start(two_rounds()).await;
    let idle = tokio::net::TcpStream::connect(server.address()).await.unwrap();
    assert_eq!(server.get("/api/health").await.status, 200);
    within(server.stop()).await.unwrap();
    drop(idle);
}

/// Dropping a server drops its runs and their calls of models.
#[tokio::test]
async fn a_dropped_server_stops_its_runs() {
    let model = Gated::new(two_rounds());
    let server = TestServer::start(model.clone()).await;
    let id = server.run("Rust").await;
    let watcher = server.watch(&id, 0).await;
    eventually(async || (model.waiting() == 1).then_some(())).await;
    server.abort().await;
    watcher.rest().await;
    eventually(async || (model.waiting() == 0).then_some(())).await;
    assert_eq!(model.calls(), 0);
}
