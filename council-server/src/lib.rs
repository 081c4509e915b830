//! The thin server in front of a council: REST to start a run and to fetch its result, a WebSocket to watch it happen.
//!
//! | route | what it does |
//! | --- | --- |
//! | `GET /` | the page: start, watch and steer runs in a browser |
//! | `GET /api/health` | says that the server is up |
//! | `GET /api/ready` | says whether new runs can be sent to it |
//! | `GET /metrics` | what it counts, for Prometheus |
//! | `GET /openapi.json` | all routes and what they are answered with, in OpenAPI 3.1 |
//! | `POST /api/councils/run` | starts a run on `{"input_topic": "..."}` and gives its `run_id` |
//! | `GET /api/councils/run/{id}` | the result, as far as there is one |
//! | `POST /api/councils/run/{id}/approve` | the chair's answer: `{"action": "approve"}`, `"reject"` or `"modify"` |
//! | `GET /api/councils/run/{id}/state` | what the chair sees |
//! | `POST /api/councils/run/{id}/cancel` | ends a run at once |
//! | `/api/councils/`, `/api/councils/{id}` | blueprints: saved, listed, found, replaced, deleted |
//! | `POST /api/councils/{id}/run` | starts a run that is made by one |
//! | `GET /api/councils/graph`, `/api/councils/{id}/graph`, `/api/runs/{id}/graph` | the graph, to draw |
//! | `GET /api/models` | which models agents can be given |
//! | `GET /api/runs/`, `GET /api/runs/{id}` | the history |
//! | `GET /api/runs/{id}/rounds` | what was written in a run, piece by piece |
//! | `GET /api/runs/{id}/events?after=N` | the run's numbered events, as a list or as they come |
//! | `/ws/council/{id}?after=N` | every event of the run after the `N`th, then the live ones, then a close |
//!
//! The binary `council-server` is [`Server`] with flags. A program, a test or a benchmark can start one in its own process:
//!
//! ```
//! use council_llm::{CouncilBuilder, ScriptedModel};
//! use council_server::{Config, Server};
//! use tokio::io::{AsyncReadExt, AsyncWriteExt};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let model = ScriptedModel::new("scripted", [
//!     "A draft.",
//!     "SCORE: 9\nVERDICT: approve\nFEEDBACK: Good.",
//!     "The document.",
//! ]);
//! let graph = CouncilBuilder::new(model).build()?;
//! let server = Server::bind(Config::default().listen("127.0.0.1:0"), graph).await?;
//! let address = server.local_addr();
//! tokio::spawn(server.run(std::future::pending()));
//!
//! let mut connection = tokio::net::TcpStream::connect(address).await?;
//! connection.write_all(b"GET /api/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await?;
//! let mut answer = String::new();
//! connection.read_to_string(&mut answer).await?;
//! assert!(answer.ends_with(r#"{"status":"ok","service":"CouncilOS API"}"#));
//! # Ok(())
//! # }
//! ```
//!
//! # Invariants
//!
//! - The journal comes first: a run is accepted, goes on, and ends once that is in it. What a watcher is told is made of records
//!   that are in the journal, so a server that is started again tells the same events with the same numbers.
//! - A watcher gets its part of the events and joins the live ones under one lock, so none is lost and none comes twice.
//! - Every accepted run ends with exactly one last event, if need be after a restart.
//! - Nobody waits for a watcher. One whose queue is full is closed with 1013 and may come back with `after`.
//! - Runs that have ended are in the journal alone. The server knows nothing of models, and no lock of a thread is held across an
//!   await.

mod config;
mod councils;
mod server;
mod app;
mod routes;
mod http;
mod runs;
mod store;
mod metrics;
mod wire;
mod error_text;
mod lock;

pub use config::Config;
pub use councils::Councils;
pub use http::origin::{InvalidOrigin, Origin};
pub use http::token::{InvalidToken, Token};
pub use routes::openapi;
pub use server::{BindError, Server};
pub use store::{Database, StoreError};
