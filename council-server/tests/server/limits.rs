//! Limits of connections and watchers, and clients that are slow or have left.

use std::time::Duration;

use council_server::Config;
use expect_test::expect;
use futures_util::future::join_all;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;

use crate::harness::{StoppedClock, TestServer, eventually, within};
use crate::http;
use crate::models::{Gated, two_rounds};
use crate::socket::Watcher;

/// At the limit, a new connection replaces the connection that has been idle for the longest time.
#[tokio::test]
async fn idle_connections_are_closed_for_new_ones() {
    let config = Config::default().max_connections(8);
    let server = TestServer::with(config, two_rounds()).await;
    let mut silent = Vec::new();
    for _ in 0..100 {
        silent.push(TcpStream::connect(server.address()).await.unwrap());
    }
    assert_eq!(server.get("/api/health").await.status, 200);
    // At least the connections beyond the limit have been closed.
    for connection in &mut silent[..90] {
        ended(connection).await;
    }
    let id = server.run("Rust").await;
    server.when(&id, "completed").await;
}

/// If all connections are active, a new one is refused with a reason. Once a connection has ended, the next one is served.
#[tokio::test]
async fn a_connection_beyond_max_connections_is_refused_with_a_reason() {
    let config = Config::default().max_connections(3);
    let model = Gated::new(two_rounds());
    let server = TestServer::with(config, model.clone()).await;
    let id = server.run("Rust").await;
    let mut watchers = Vec::new();
    for _ in 0..3 {
        watchers.push(server.watch(&id, 0).await);
    }
    let refused = server.get("/api/health").await;
    expect![[r#"503 {"detail":"Too many connections are active: try again in a moment."}"#]].assert_eq(&refused.line());
    assert_eq!((refused.header("retry-after"), refused.header("connection")), (Some("1"), Some("close")));

    watchers.pop();
    until_served(&server).await;
    model.allow(5);
    for watcher in watchers {
        assert_eq!(watcher.rest().await.close, Some(1000), "watchers that are connected receive all events");
    }
}

#[tokio::test]
async fn a_watcher_beyond_max_watchers_is_refused_with_a_reason() {
    let config = Config::default().max_watchers(2);
    let server = TestServer::with(config, Gated::new(two_rounds())).await;
    let id = server.run("Rust").await;
    let path = format!("/ws/council/{id}");
    let first = server.watch(&id, 0).await;
    let _second = server.watch(&id, 0).await;
    assert_eq!(Watcher::connect(server.address(), &path, &[]).await.err(), Some(503));
    let events = format!("GET /api/runs/{id}/events");
    let stream = [("accept", "text/event-stream")];
    let refused = within(http::send(server.address(), &events, &stream, b"")).await;
    expect![[r#"503 {"detail":"Too many watchers are connected: try again later, or read the list of events."}"#]]
        .assert_eq(&refused.line());
    assert_eq!(within(http::send(server.address(), &events, &[], b"")).await.status, 200);

    drop(first);
    eventually(async || Watcher::connect(server.address(), &path, &[]).await.ok()).await;
}

/// The head and the body of a request have a time limit, also if bytes arrive all the time. Meanwhile other clients are served.
#[tokio::test]
async fn a_request_that_arrives_byte_by_byte_ends_in_time() {
    let read_timeout = Duration::from_secs(30);
    let config = Config::default().read_timeout(read_timeout);
    let server = TestServer::with(config, two_rounds()).await;
    let clock = StoppedClock::new();
    let trickle = |start: &'static str| {
        let address = server.address();
        tokio::spawn(async move {
            let (mut reader, mut writer) = TcpStream::connect(address).await.unwrap().into_split();
            writer.write_all(start.as_bytes()).await.unwrap();
            let write = async {
                while writer.write_all(b"x").await.is_ok() {
                    tokio::time::sleep(read_timeout / 20).await;
                }
            };
            let mut answer = Vec::new();
            let read = async {
                let _ = reader.read_to_end(&mut answer).await;
            };
            tokio::join!(write, read);
            String::from_utf8(answer).unwrap()
        })
    };
    let head = "POST /api/councils/run HTTP/1.1\r\nhost: localhost\r\nx-slow: ";
    let body = "POST /api/councils/run HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000000\r\n\r\n";
    let slow: Vec<_> = std::iter::repeat_n(head, 20).chain(std::iter::repeat_n(body, 20)).map(trickle).collect();
    let id = server.run("Rust").await;
    server.when(&id, "completed").await;

    let answers = clock.advance_until(read_timeout / 10, join_all(slow)).await;
    let answers: Vec<_> = answers.into_iter().map(Result::unwrap).collect();
    assert!(answers[..20].iter().all(String::is_empty), "{answers:?}");
    for answer in &answers[20..] {
        assert!(
            answer.starts_with("HTTP/1.1 408 ") && answer.ends_with(r#"{"detail":"The body did not arrive in time."}"#),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn a_connection_that_has_been_idle_for_too_long_ends() {
    let read_timeout = Duration::from_secs(30);
    let config = Config::default().read_timeout(read_timeout);
    let server = TestServer::with(config, two_rounds()).await;
    let clock = StoppedClock::new();
    let mut fresh = TcpStream::connect(server.address()).await.unwrap();
    let mut used = TcpStream::connect(server.address()).await.unwrap();
    used.write_all(b"GET /api/health HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let mut start = [0; 13];
    within(used.read_exact(&mut start)).await.unwrap();
    assert_eq!(&start, b"HTTP/1.1 200 ");
    clock.advance_until(read_timeout / 10, async { tokio::join!(ended(&mut fresh), ended(&mut used)) }).await;
}

/// A watcher that left without a close, or stopped in the middle of a frame, is disconnected. A watcher that answers stays.
#[tokio::test]
async fn a_watcher_that_answers_no_ping_is_disconnected() {
    let ping = Duration::from_secs(20);
    let config = Config::default().max_watchers(2).ping(ping);
    let model = Gated::new(two_rounds());
    let server = TestServer::with(config, model.clone()).await;
    let clock = StoppedClock::new();
    let id = server.run("Rust").await;
    let mut good = server.watch(&id, 0).await;
    good.until("node_active").await;
    for half_a_frame in [&b""[..], b"\x81\xfe"] {
        let mut silent = TcpStream::connect(server.address()).await.unwrap();
        let upgrade = format!(
            "GET /ws/council/{id} HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        silent.write_all(upgrade.as_bytes()).await.unwrap();
        let mut start = Vec::new();
        while !String::from_utf8_lossy(&start).contains("node_active") {
            assert_ne!(within(silent.read_buf(&mut start)).await.unwrap(), 0);
        }
        assert!(start.starts_with(b"HTTP/1.1 101"));
        silent.write_all(half_a_frame).await.unwrap();
        for _ in 0..2 {
            clock.advance(ping).await;
            answer_the_ping(&mut good).await;
        }
        ended(&mut silent).await;
    }
    model.allow(5);
    assert_eq!(good.rest().await.close, Some(1000));
}

/// Waits for the server's ping, and until the server has its answer.
async fn answer_the_ping(watcher: &mut Watcher) {
    assert_eq!(watcher.next_message().await, Some(Message::Ping("".into())));
    // The pong is sent before this message, in the same write.
    watcher.send(Message::Ping("after the answer".into())).await;
    assert_eq!(watcher.next_message().await, Some(Message::Pong("after the answer".into())));
}

#[tokio::test]
async fn a_client_that_never_reads_is_disconnected() {
    let send_timeout = Duration::from_secs(10);
    let config = Config::default().send_timeout(send_timeout);
    let server = TestServer::with(config, two_rounds()).await;
    let clock = StoppedClock::new();
    let mut greedy = http::narrow(server.address()).await;
    greedy.write_all("GET /openapi.json HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(20).as_bytes()).await.unwrap();
    let mut start = [0; 12];
    within(greedy.read_exact(&mut start)).await.unwrap();
    assert_eq!(&start, b"HTTP/1.1 200");
    clock.advance_until(send_timeout / 10, tokio::time::sleep(2 * send_timeout)).await;
    let rest = ended(&mut greedy).await;
    let answers = String::from_utf8_lossy(&rest).matches("HTTP/1.1 200").count();
    assert!(answers < 19, "{answers}");
}

async fn until_served(server: &TestServer) {
    eventually(async || (server.get("/api/health").await.status == 200).then_some(())).await;
}

/// Waits until the server has ended the connection. Returns the text that it sent before.
async fn ended(connection: &mut TcpStream) -> Vec<u8> {
    let mut rest = Vec::new();
    // The connection may end with a reset.
    let _ = within(connection.read_to_end(&mut rest)).await;
    rest
}
