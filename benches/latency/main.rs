//! How soon a watcher knows: from the start of a node to the WebSocket client that reads `node_start`, over loopback.
//!
//! One server, one run at a time, one watcher. Each run makes eleven model calls that answer at once: the critic is never
//! content, so the valve ends the loop. The clock of a node starts when its model is called, which the engine does right after
//! it has announced the node. The first node is left out: it may start before the watcher has connected.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use council_llm::{ChatError, ChatEvent, ChatModel, ChatRequest, ChatStream, CouncilBuilder, End};
use council_server::{Config, Server};
use futures_util::StreamExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Failure> {
    let quick = std::env::args().any(|argument| argument == "--test");
    let runs = if quick { 2 } else { 300 };
    let model = Prompt::default();
    let graph = CouncilBuilder::new(model.clone()).build()?;
    let server = Server::bind(Config { listen: "127.0.0.1:0".into(), ..Config::default() }, graph).await?;
    let address = server.local_addr();
    tokio::spawn(server.run(std::future::pending()));

    let mut delays = Vec::new();
    for _ in 0..runs {
        let id = start(address).await?;
        let seen = watch(&format!("ws://{address}/ws/council/{id}"), &model).await?;
        let called = std::mem::take(&mut *model.called.lock().unwrap_or_else(PoisonError::into_inner));
        if seen.len() != called.len() {
            return Err(format!("{} nodes started and {} were seen", called.len(), seen.len()).into());
        }
        delays.extend(called.iter().zip(&seen).skip(1).map(|(called, seen)| seen.saturating_duration_since(*called)));
    }
    if quick {
        println!("{runs} runs were watched; no figures in a test");
        return Ok(());
    }
    delays.sort_unstable();
    let at = |thousandth: usize| delays[(delays.len() - 1) * thousandth / 1_000].as_micros();
    println!("| from the start of a node to its watcher, µs | p50 | p90 | p99 | worst | samples |");
    println!("| --- | --: | --: | --: | --: | --: |");
    println!("| one watcher | {} | {} | {} | {} | {} |", at(500), at(900), at(990), at(1_000), delays.len());
    Ok(())
}

/// Starts a run; gives its id.
async fn start(address: SocketAddr) -> Result<String, Failure> {
    let body = r#"{"input_topic":"latency"}"#;
    let request = format!(
        "POST /api/councils/run HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let mut connection = TcpStream::connect(address).await?;
    connection.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await?;
    let (_, body) = answer.split_once("\r\n\r\n").ok_or("no body")?;
    let started: serde_json::Value = serde_json::from_str(body)?;
    Ok(started["run_id"].as_str().ok_or_else(|| format!("no run was started: {answer}"))?.to_owned())
}

/// Reads the run to its end; gives when each `node_start` was read.
async fn watch(url: &str, model: &Prompt) -> Result<Vec<Instant>, Failure> {
    let (mut socket, _) = tokio_tungstenite::connect_async(url).await?;
    let mut seen = Vec::new();
    while let Some(message) = socket.next().await {
        let message = message?;
        let now = Instant::now();
        if message.is_close() {
            break;
        }
        let event: serde_json::Value = serde_json::from_str(message.to_text()?)?;
        match event["event"].as_str() {
            Some("connected") => model.watched.add_permits(1),
            Some("node_start") => seen.push(now),
            _ => {}
        }
    }
    Ok(seen)
}

/// Answers at once and notes when it was asked; the first call of a run waits for the watcher.
#[derive(Clone)]
struct Prompt {
    called: Arc<Mutex<Vec<Instant>>>,
    watched: Arc<Semaphore>,
}

impl Default for Prompt {
    fn default() -> Self {
        Self { called: Arc::default(), watched: Arc::new(Semaphore::new(0)) }
    }
}

#[council_core::async_trait]
impl ChatModel for Prompt {
    fn name(&self) -> &'static str {
        "instant"
    }

    async fn stream(&self, _: ChatRequest) -> Result<ChatStream, ChatError> {
        let now = Instant::now();
        let first = {
            let mut called = self.called.lock().unwrap_or_else(PoisonError::into_inner);
            called.push(now);
            called.len() == 1
        };
        if first && let Ok(permit) = self.watched.acquire().await {
            permit.forget();
        }
        let answer = "SCORE: 5\nVERDICT: rework\nFEEDBACK: A draft that no critic would pass.".to_owned();
        let end = ChatEvent::Done(End::default());
        Ok(futures_util::stream::iter([Ok(ChatEvent::Delta(answer)), Ok(end)]).boxed())
    }
}
