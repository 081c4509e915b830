//! A cheap client: requests go over one connection, and each run is watched over its own WebSocket.

use std::net::SocketAddr;

use futures_util::StreamExt;
use serde::Deserialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::Failure;

/// A client that starts runs.
pub(crate) struct Client {
    pub(crate) address: SocketAddr,
    connection: TcpStream,
}

/// The fields of an event that the benchmark reads.
#[derive(Deserialize)]
pub(crate) struct Event<'a> {
    pub(crate) event: &'a str,
    pub(crate) seq: Option<u64>,
}

pub(crate) type Socket = WebSocketStream<TcpStream>;

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> Result<Self, Failure> {
        let connection = TcpStream::connect(address).await?;
        connection.set_nodelay(true)?;
        Ok(Self { address, connection })
    }

    /// Starts a run and returns its id.
    pub(crate) async fn start(&mut self, topic: &str) -> Result<String, Failure> {
        let body = format!(r#"{{"input_topic":"{topic}"}}"#);
        let answer = self.request("POST /api/councils/run", &body).await?;
        let started: serde_json::Value = serde_json::from_str(&answer)?;
        Ok(started["run_id"].as_str().ok_or_else(|| format!("no run was started: {answer}"))?.to_owned())
    }

    /// Sends a request, such as `GET /api/health`, and returns the body of the answer.
    pub(crate) async fn request(&mut self, route: &str, body: &str) -> Result<String, Failure> {
        let request = format!(
            "{route} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        self.connection.write_all(request.as_bytes()).await?;
        let mut answer = Vec::with_capacity(1 << 10);
        loop {
            if self.connection.read_buf(&mut answer).await? == 0 {
                return Err("the server closed the connection".into());
            }
            if let Some(body) = body_of(std::str::from_utf8(&answer)?) {
                return Ok(body.to_owned());
            }
        }
    }

    /// Starts a run and watches it to its end.
    pub(crate) async fn run_to_end(&mut self) -> Result<(), Failure> {
        let run = self.start("Rust for newcomers").await?;
        let mut socket = watch(self.address, &run, 0).await?;
        let (mut nodes, mut is_complete) = (0, false);
        while let Some(Message::Text(text)) = socket.next().await.transpose()? {
            let event: Event<'_> = serde_json::from_str(&text)?;
            match event.event {
                "node_complete" => nodes += 1,
                "run_complete" => is_complete = true,
                "run_failed" => return Err(format!("a run failed: {text}").into()),
                _ => {}
            }
        }
        if is_complete && nodes == NODES { Ok(()) } else { Err(format!("a run ended after {nodes} nodes").into()) }
    }
}

/// The body of an answer; `None` until all of it has arrived.
fn body_of(answer: &str) -> Option<&str> {
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let mut lines = head.lines().filter_map(|line| line.split_once(": "));
    let (_, length) = lines.find(|(name, _)| name.eq_ignore_ascii_case("content-length"))?;
    (Some(body.len()) == length.parse().ok()).then_some(body)
}

/// Watches the events of a run with a number above `after`.
pub(crate) async fn watch(address: SocketAddr, run: &str, after: u64) -> Result<Socket, Failure> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (socket, _) = client_async(format!("ws://{address}/ws/council/{run}?after={after}"), stream).await?;
    Ok(socket)
}

/// A run has three nodes: master, critic and writer, each once.
const NODES: usize = 3;
