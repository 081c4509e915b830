//! A server on a port of its own, and what a test does with it.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use council_llm::{ChatModel, CouncilBuilder};
use council_server::{BindError, Config, Councils, Server, StoreError};
use serde_json::{Value, json};
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
        let config = Config { listen: "127.0.0.1:0".to_owned(), ..config };
        Self::run_bound(bind(config, councils).await)
    }

    /// Lets a server run that has its address already.
    pub(crate) fn run_bound(server: Server) -> Self {
        let address = server.local_addr();
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(server.run(async {
            // A test that ends without a word ends its server with its runtime.
            if stopped.await.is_err() {
                std::future::pending::<()>().await;
            }
        }));
        Self { address, stop, task }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Tells the server to end; the handle resolves when it has.
    pub(crate) fn stop(self) -> JoinHandle<()> {
        self.stop.send(()).unwrap();
        self.task
    }

    /// Ends the server as if it were dropped in mid-flight.
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

    /// Starts a run; gives its id.
    pub(crate) async fn run(&self, topic: &str) -> String {
        self.start_run("/api/councils/run", &json!({ "input_topic": topic })).await
    }

    /// Starts a run with a chair; gives its id.
    pub(crate) async fn run_with_chair(&self, topic: &str) -> String {
        self.start_run("/api/councils/run", &json!({ "input_topic": topic, "god_mode": true })).await
    }

    /// The chair's answer.
    pub(crate) async fn answer(&self, id: &str, body: Value) -> Answer {
        self.post(&format!("/api/councils/run/{id}/approve"), body.to_string()).await
    }

    /// Starts a run on this route; gives its id.
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

    /// Waits until the result is as it should be.
    pub(crate) async fn result_when(&self, id: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        within(async {
            loop {
                let result = self.result(id).await;
                if is_so(&result) {
                    return result;
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        })
        .await
    }

    /// Waits until a run has the status.
    pub(crate) async fn when(&self, id: &str, status: &str) -> Value {
        self.result_when(id, |result| result["status"] == status).await
    }

    /// The runs that an earlier server has left are taken up.
    pub(crate) async fn until_ready(&self) {
        within(async { while self.get("/api/ready").await.status != 200 {} }).await;
    }

    /// Watches a run from the event after the one with this number.
    pub(crate) async fn watch(&self, id: &str, after: usize) -> Watcher {
        let path = format!("/ws/council/{id}?after={after}");
        Watcher::connect(self.address, &path, &[]).await.unwrap()
    }
}

/// Binds a server. One that was dropped a moment ago may still be letting go of its database.
pub(crate) async fn bind(config: Config, councils: impl Into<Councils>) -> Server {
    let councils = councils.into();
    within(async {
        loop {
            match Server::bind(config.clone(), councils.clone()).await {
                Err(BindError::Database(StoreError::InUse { .. })) => {
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
                bound => return bound.unwrap(),
            }
        }
    })
    .await
}

/// Fails the test rather than let it hang.
pub(crate) async fn within<T>(future: impl Future<Output = T>) -> T {
    let limit = Duration::from_secs(30);
    tokio::time::timeout(limit, future).await.expect("it takes too long")
}
