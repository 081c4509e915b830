//! Latency from the start of a node to the WebSocket client that reads `node_start`, over loopback.
//!
//! The server is in this process, on its own runtime, so that there is one clock. Each run makes eleven model calls: the critic
//! never approves, so the visit limit ends the loop. The clock of a node starts when its model is called, directly after the
//! `node_start` event. With one watcher the model answers at once. With 1000 watchers it answers after a pause, so that the
//! figure is the delay of one event, and not the number of events per second that two cores can send. The first node is left out,
//! because it may start before the watchers have connected.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use council_llm::{ChatError, ChatEvent, ChatModel, ChatRequest, ChatStream, CouncilBuilder, End};
use council_server::{Config, Database, Server};
use futures_util::StreamExt;
use tokio::runtime;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;

use crate::Failure;
use crate::client::{Client, Event, watch};
use crate::options::Options;

pub(crate) async fn measure(options: &Options) -> Result<(), Failure> {
    let sizes = if options.quick {
        [(1, 2, Duration::ZERO), (10, 1, Duration::ZERO)]
    } else {
        [(1, 300, Duration::ZERO), (1_000, 5, Duration::from_millis(150))]
    };
    let mut lines = Vec::new();
    for (watchers, runs, pause) in sizes {
        let mut delays = delays(options, watchers, runs, pause).await?;
        delays.sort_unstable();
        let percentile = |thousandth: usize| delays[(delays.len() - 1) * thousandth / 1_000].as_micros();
        let [p50, p90, p99, worst] = [500, 900, 990, 1_000].map(percentile);
        lines.push(format!("| {watchers} | {p50} | {p90} | {p99} | {worst} | {} |", delays.len()));
    }
    if options.quick {
        println!("the runs were watched; a test prints no figures");
        return Ok(());
    }
    println!("| watchers, from the start of a node to each, µs | p50 | p90 | p99 | worst | samples |");
    println!("| --: | --: | --: | --: | --: | --: |");
    println!("{}\n", lines.join("\n"));
    Ok(())
}

/// Runs `runs` runs with `watchers` watchers each, and returns all delays.
async fn delays(options: &Options, watchers: usize, runs: usize, pause: Duration) -> Result<Vec<Duration>, Failure> {
    let model = TimedModel {
        watchers: u32::try_from(watchers)?,
        pause,
        called: Arc::default(),
        watched: Arc::new(Semaphore::new(0)),
    };
    let files = tempfile::tempdir_in(&options.directory)?;
    let (runtime, address) = serve(model.clone(), Database::File(files.path().join("council.db")))?;
    let mut client = Client::connect(address).await?;
    let mut delays = Vec::new();
    for _ in 0..runs {
        let run = client.start("latency").await?;
        let mut watching = JoinSet::new();
        for _ in 0..watchers {
            watching.spawn(read_to_end(address, run.clone(), Arc::clone(&model.watched)));
        }
        let seen: Vec<Vec<Instant>> = watching.join_all().await.into_iter().collect::<Result<_, _>>()?;
        let called = std::mem::take(&mut *model.called.lock().unwrap_or_else(PoisonError::into_inner));
        for seen in seen {
            if seen.len() != called.len() {
                return Err(format!("{} nodes started and {} were seen", called.len(), seen.len()).into());
            }
            let delay = |(called, seen): (&Instant, &Instant)| seen.saturating_duration_since(*called);
            delays.extend(called.iter().zip(&seen).skip(1).map(delay));
        }
    }
    runtime.shutdown_background();
    Ok(delays)
}

/// Starts a server on a multi-threaded runtime, as the program has it.
fn serve(model: TimedModel, database: Database) -> Result<(runtime::Runtime, SocketAddr), Failure> {
    let runtime = runtime::Builder::new_multi_thread().enable_all().build()?;
    let graph = CouncilBuilder::new(model).build()?;
    let config = Config::default().listen("127.0.0.1:0").database(database);
    let (sender, address) = std::sync::mpsc::channel();
    runtime.spawn(async move {
        let server = Server::bind(config, graph).await?;
        sender.send(server.local_addr())?;
        server.run(std::future::pending()).await;
        Ok::<_, Failure>(())
    });
    Ok((runtime, address.recv()?))
}

/// Reads a run to its end, and returns the times at which each `node_start` was read.
async fn read_to_end(address: SocketAddr, run: String, watched: Arc<Semaphore>) -> Result<Vec<Instant>, Failure> {
    let mut socket = watch(address, &run, 0).await?;
    let mut seen = Vec::new();
    while let Some(Message::Text(text)) = socket.next().await.transpose()? {
        let now = Instant::now();
        match serde_json::from_str::<Event<'_>>(&text)?.event {
            "connected" => watched.add_permits(1),
            "node_start" => seen.push(now),
            _ => {}
        }
    }
    Ok(seen)
}

/// A model that records the time of each call and answers. The first call of a run waits for the watchers.
#[derive(Clone)]
struct TimedModel {
    watchers: u32,
    pause: Duration,
    called: Arc<Mutex<Vec<Instant>>>,
    watched: Arc<Semaphore>,
}

#[council_core::async_trait]
impl ChatModel for TimedModel {
    fn name(&self) -> &'static str {
        "timed"
    }

    async fn stream(&self, _: ChatRequest) -> Result<ChatStream, ChatError> {
        let now = Instant::now();
        let first = {
            let mut called = self.called.lock().unwrap_or_else(PoisonError::into_inner);
            called.push(now);
            called.len() == 1
        };
        if first && let Ok(permits) = self.watched.acquire_many(self.watchers).await {
            permits.forget();
        }
        if !self.pause.is_zero() {
            tokio::time::sleep(self.pause).await;
        }
        let answer = "SCORE: 5\nVERDICT: rework\nFEEDBACK: A draft that no critic would pass.".to_owned();
        let end = ChatEvent::Done(End::default());
        Ok(futures_util::stream::iter([Ok(ChatEvent::Delta(answer)), Ok(end)]).boxed())
    }
}
