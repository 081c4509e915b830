//! Requests as a connection receives them: the limits of their heads, and clients that close their side early.

use std::net::Shutdown;
use std::time::Duration;

use council_server::Config;
use expect_test::expect;
use socket2::SockRef;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::{TestServer, eventually, within};
use crate::http::{self, Streamed};
use crate::models::{Gated, two_rounds};
use crate::socket::Watcher;

/// The head has 64 KiB at most, with its request line and its empty line, and 100 headers at most.
#[tokio::test]
async fn the_head_of_a_request_is_bounded() {
    let server = TestServer::start(two_rounds()).await;
    let status = async |head: String| within(http::send_raw(server.address(), head.as_bytes())).await.status;
    let start = "GET /api/health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n";
    let limit = 64 << 10;
    let with_length = |length: usize| {
        let fill = "x".repeat(length - start.len() - "fill: \r\n\r\n".len());
        format!("{start}fill: {fill}\r\n\r\n")
    };
    assert_eq!(with_length(limit).len(), limit);
    let lengths = [1_000, limit - 1, limit, limit + 1, 114_577, 200_000];
    let mut picture = Vec::new();
    for length in lengths {
        picture.push(format!("{} {length} bytes", status(with_length(length)).await));
    }
    let blank = " ".repeat(100_000);
    picture.push(format!("{} blanks", status(format!("{start}fill:{blank}x\r\n\r\n")).await));
    let path = "x".repeat(limit);
    picture.push(format!("{} path", status(format!("GET /{path} HTTP/1.1\r\nhost: localhost\r\n\r\n")).await));
    for headers in [99, 100, 101] {
        let more = "more: x\r\n".repeat(headers - 2);
        picture.push(format!("{} {headers} headers", status(format!("{start}{more}\r\n")).await));
    }
    expect![[r#"
        200 1000 bytes
        200 65535 bytes
        200 65536 bytes
        431 65537 bytes
        431 114577 bytes
        431 200000 bytes
        431 blanks
        431 path
        200 99 headers
        200 100 headers
        431 101 headers"#]]
    .assert_eq(&picture.join("\n"));
}

/// Sends a request, closes the sending side, and reads to the end.
async fn half_closed(server: &TestServer, request: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    let request = format!("{request} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    stream.write_all(request.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = String::new();
    within(stream.read_to_string(&mut answer)).await.unwrap();
    answer
}

/// A client that has closed its sending side receives the whole answer, also one that takes its time.
#[tokio::test]
async fn a_client_that_has_closed_its_side_receives_its_answer() {
    let model = Gated::new(two_rounds());
    let server = TestServer::start(model.clone()).await;
    let started = half_closed(&server, "POST /api/councils/run", r#"{"input_topic": "Rust"}"#).await;
    assert!(started.starts_with("HTTP/1.1 202 "), "{started}");
    let (_, rest) = started.split_once(r#""run_id":""#).unwrap();
    let id = rest.split_once('"').unwrap().0;
    let mut watcher = server.watch(id, 0).await;
    watcher.until("node_active").await;

    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    let request = format!("GET /api/runs/{id}/events HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    SockRef::from(&stream).shutdown(Shutdown::Write).unwrap();
    let mut start = Vec::new();
    within(stream.read_buf(&mut start)).await.unwrap();
    model.allow(5);
    let mut rest = String::from_utf8(start).unwrap();
    within(stream.read_to_string(&mut rest)).await.unwrap();
    assert!(rest.contains(r#""event":"run_complete""#), "{rest}");
}

/// A client that has left is noticed when a ping cannot be sent. Its permit is free then.
#[tokio::test]
async fn a_stream_whose_client_has_left_ends() {
    let config = Config::default().max_watchers(1).ping(Duration::from_millis(20));
    let server = TestServer::with(config, Gated::new(two_rounds())).await;
    let id = server.run("Rust").await;
    let stream = [("accept", "text/event-stream")];
    let streamed = within(Streamed::open(server.address(), &format!("GET /api/runs/{id}/events"), &stream)).await;
    let path = format!("/ws/council/{id}");
    assert_eq!(Watcher::connect(server.address(), &path, &[]).await.err(), Some(503));
    drop(streamed);
    eventually(async || Watcher::connect(server.address(), &path, &[]).await.ok()).await;
}
