//! A server for councils of AI agents: REST to start and steer runs, and a WebSocket to watch them.
//!
//! | route | what it does |
//! | --- | --- |
//! | `GET /` | the page: start, watch and steer runs in a browser |
//! | `GET /api/health` | health: the process is alive |
//! | `GET /api/ready` | readiness: whether the server accepts runs |
//! | `GET /metrics` | metrics, for Prometheus |
//! | `GET /openapi.json` | all routes with their bodies and answers, in OpenAPI 3.1 |
//! | `POST /api/councils/run` | starts a run on `{"input_topic": "..."}`, and answers its `run_id` |
//! | `GET /api/councils/run/{id}` | the result so far |
//! | `POST /api/councils/run/{id}/approve` | the chair's answer: `{"action": "approve"}`, `"reject"` or `"modify"` |
//! | `GET /api/councils/run/{id}/state` | the state, for the chair |
//! | `POST /api/councils/run/{id}/cancel` | cancels a run at once |
//! | `/api/councils/`, `/api/councils/{id}` | saves, lists, shows, replaces and deletes blueprints |
//! | `POST /api/councils/{id}/run` | starts a run of a blueprint |
//! | `GET /api/councils/graph`, `/api/councils/{id}/graph`, `/api/runs/{id}/graph` | a graph, to draw |
//! | `GET /api/models` | the models that agents can have |
//! | `GET /api/runs/`, `GET /api/runs/{id}` | the history |
//! | `GET /api/runs/{id}/rounds` | the drafts and verdicts of a run |
//! | `GET /api/runs/{id}/events?after=N` | the numbered events of a run, as a list or as a stream |
//! | `/ws/council/{id}?after=N` | the events of a run after number `N`, then the live ones, then a close |
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
//! - The journal comes first: a run is accepted, resumed or ended once the journal has the record. Events are made of stored records,
//!   so a restarted server sends the same events with the same numbers.
//! - A watcher receives the past events and subscribes to the live ones under one lock, so no event is lost or sent twice.
//! - Every accepted run ends with exactly one last event, if necessary after a restart.
//! - Nothing waits for a watcher. A watcher whose queue is full is closed with 1013 and may reconnect with `after`.
//! - A request with an `Idempotency-Key` happens once: its key is in the same append as the record of what it does.
//! - Ended runs are only in the journal. The server knows no models, and holds no lock of a thread across an await.

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
pub use councils::{CheckedBlueprint, Councils};
pub use http::base_path::{BasePath, InvalidBasePath};
pub use http::host::{Host, InvalidHost};
pub use http::origin::{InvalidOrigin, Origin};
pub use http::token::{InvalidToken, Token};
pub use routes::openapi;
pub use server::{BindError, Server};
pub use store::{Database, StoreError};
