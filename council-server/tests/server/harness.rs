//! Server on a free port, and the requests and waits of tests.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use council_core::journal::JournalError;
use council_llm::{ChatModel, CouncilBuilder};
use council_server::{BindError, Config, Councils, Server, StoreError};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::http::{self, Answer};
use crate::socket::Watcher;

/// A server that listens on a free port.
pub(crate) struct TestServer {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl TestServer {
    /// A server whose three agents are this model.
    pub(crate) async fn start(model: impl ChatModel) -> Self {
        Self::with(Config::default(), model).await
    }

    pub(crate) async fn with(config: Config, model: impl ChatModel) -> Self {
        Self::of(config, CouncilBuilder::new(model).build().unwrap()).await
    }

    pub(crate) async fn of(config: Config, councils: impl Into<Councils>) -> Self {
        let config = config.listen("127.0.0.1:0");
        Self::run_bound(bind(config, councils).await)
    }

    /// Runs a server that is bound.
    pub(crate) fn run_bound(server: Server) -> Self {
        let address = server.local_addr();
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(server.run(async {
            // If a test ends without `stop`, its runtime ends the server.
            if stopped.await.is_err() {
                std::future::pending::<()>().await;
            }
        }));
        Self { address, stop, task }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Shuts the server down. The handle resolves when it has ended.
    pub(crate) fn stop(self) -> JoinHandle<()> {
        self.stop.send(()).unwrap();
        self.task
    }

    /// Drops the server while it works.
    pub(crate) async fn abort(self) {
        self.task.abort();
        let _ = self.task.await;
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        within(http::send(self.address, &format!("GET {path}"), &[], b"")).await
    }

    pub(crate) async fn send(&self, method_and_path: &str, body: impl AsRef<[u8]>) -> Answer {
        within(http::send(self.address, method_and_path, &[], body.as_ref())).await
    }

    pub(crate) async fn post(&self, path: &str, body: impl AsRef<[u8]>) -> Answer {
        let headers = [("content-type", "application/json")];
        within(http::send(self.address, &format!("POST {path}"), &headers, body.as_ref())).await
    }

    /// Starts a run, and returns its id.
    pub(crate) async fn run(&self, topic: &str) -> String {
        self.start_run("/api/councils/run", &json!({ "input_topic": topic })).await
    }

    /// Starts a run with a chair, and returns its id.
    pub(crate) async fn run_with_chair(&self, topic: &str) -> String {
        self.start_run("/api/councils/run", &json!({ "input_topic": topic, "god_mode": true })).await
    }

    /// Sends an answer of the chair.
    pub(crate) async fn answer(&self, id: &str, body: Value) -> Answer {
        self.post(&format!("/api/councils/run/{id}/approve"), body.to_string()).await
    }

    /// Starts a run on this route, and returns its id.
    pub(crate) async fn start_run(&self, path: &str, body: &Value) -> String {
        let answer = self.post(path, body.to_string()).await;
        assert_eq!(answer.status, 202, "{}", answer.text);
        answer.json()["run_id"].as_str().unwrap().to_owned()
    }

    /// The result of a run.
    pub(crate) async fn result(&self, id: &str) -> Value {
        let answer = self.get(&format!("/api/councils/run/{id}")).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    }

    /// Waits until the result satisfies a condition.
    pub(crate) async fn result_when(&self, id: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        eventually(async || Some(self.result(id).await).filter(&is_so)).await
    }

    /// Waits until a run has the status.
    pub(crate) async fn when(&self, id: &str, status: &str) -> Value {
        self.result_when(id, |result| result["status"] == status).await
    }

    /// Waits until the server has resumed the runs of an earlier server and accepts new ones.
    pub(crate) async fn until_ready(&self) {
        eventually(async || (self.get("/api/ready").await.status == 200).then_some(())).await;
    }

    /// Begins the shutdown, and waits until the server refuses new runs: from now on its runs stop at their next barrier.
    pub(crate) async fn drain(self) -> Draining {
        // Before it has resumed the runs of an earlier server, it is not ready either.
        self.until_ready().await;
        let address = self.address;
        let ended = self.stop();
        let refused = eventually(async || {
            let ready = within(http::send(address, "GET /api/ready", &[], b"")).await;
            (ready.status != 200).then_some(ready)
        });
        Draining { address, refused: refused.await, ended }
    }

    /// Watches a run from the event after the one with this number. The server has sent `connected`, so the watcher misses no later
    /// event.
    pub(crate) async fn watch(&self, id: &str, after: usize) -> Watcher {
        let stream = TcpStream::connect(self.address).await.unwrap();
        self.watch_over(stream, id, after).await
    }

    /// Watches a run over a connection with small buffers.
    pub(crate) async fn watch_narrow(&self, id: &str) -> Watcher {
        self.watch_over(http::narrow(self.address).await, id, 0).await
    }

    async fn watch_over(&self, stream: TcpStream, id: &str, after: usize) -> Watcher {
        let path = format!("/ws/council/{id}?after={after}");
        let mut watcher = Watcher::over(stream, self.address, &path, &[]).await.unwrap();
        watcher.until_connected().await;
        watcher
    }
}

/// A server that refuses new runs and waits for its running ones.
pub(crate) struct Draining {
    pub(crate) address: SocketAddr,
    /// Its answer to the readiness check.
    pub(crate) refused: Answer,
    /// Resolves when the server has ended.
    pub(crate) ended: JoinHandle<()>,
}

/// Binds a server. A server that was dropped a moment ago may still use the database, so binding is tried again.
pub(crate) async fn bind(config: Config, councils: impl Into<Councils>) -> Server {
    let councils = councils.into();
    eventually(async || match Server::bind(config.clone(), councils.clone()).await {
        Err(BindError::Database(StoreError::InUse { .. } | StoreError::Journal(JournalError::Busy { .. }))) => None,
        bound => Some(bound.unwrap()),
    })
    .await
}

/// Repeats a request until it returns a value, with a pause that is real even if the clock of the runtime is [stopped](StoppedClock).
pub(crate) async fn eventually<T>(mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    within(async {
        let mut wait = Duration::from_millis(1);
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            pause(wait).await;
            wait = (2 * wait).min(Duration::from_millis(50));
        }
    })
    .await
}

/// A pause in real time, in which the server can work.
async fn pause(time: Duration) {
    tokio::task::spawn_blocking(move || std::thread::sleep(time)).await.unwrap();
}

/// Fails the test if the future takes longer than `PATIENCE`.
pub(crate) async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.expect("an end within the time limit")
}

/// Stops the clock of the runtime, so that time limits are reached only when the test advances the clock, however slow the machine is.
pub(crate) struct StoppedClock {
    /// The clock stays stopped until this is dropped.
    _stopped: std::sync::mpsc::Sender<()>,
}

impl StoppedClock {
    pub(crate) fn new() -> Self {
        tokio::time::pause();
        let (stopped, ended) = std::sync::mpsc::channel::<()>();
        // A runtime that has nothing to do advances a paused clock by itself, except while a blocking task runs. A test that hangs
        // gets its clock back, so that `within` ends it.
        tokio::task::spawn_blocking(move || ended.recv_timeout(PATIENCE));
        Self { _stopped: stopped }
    }

    /// Advances the clock by this time, and by the millisecond to which time limits are rounded up.
    pub(crate) async fn advance(&self, time: Duration) {
        tokio::time::advance(time + Duration::from_millis(1)).await;
    }

    /// Advances the clock in steps until the future resolves.
    pub(crate) async fn advance_until<T>(&self, step: Duration, future: impl Future<Output = T>) -> T {
        let passing = async {
            loop {
                pause(Duration::from_millis(2)).await;
                self.advance(step).await;
            }
        };
        tokio::select! {
            biased;
            done = future => done,
            () = passing => unreachable!("the loop that advances the clock has no end"),
        }
    }
}

/// The longest wait of a test, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);
