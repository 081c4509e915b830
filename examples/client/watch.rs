//! The events of a run, to its end, whatever becomes of the connection or the server in between.

use std::process::ExitCode;
use std::time::Duration;

use futures_util::StreamExt;
use serde_json::Value;
use tokio::time::{Instant, sleep};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message, http::HeaderValue};

use crate::fault::{Fault, bare, of_handshake, root};
use crate::server::Server;
use crate::show;

/// Shows the events with a number above `after`.
pub(crate) async fn watch(server: &Server, run: &str, after: u64, json: bool) -> Result<ExitCode, Fault> {
    let mut watcher = Watcher { server, run, seen: after, json, status: String::new(), met: false };
    let mut lost: Option<Instant> = None;
    let mut pause = FIRST_PAUSE;
    loop {
        let seen = watcher.seen;
        let cause = match watcher.connect().await {
            Ok(code) => return Ok(code),
            Err(Broken::Fault(fault)) => return Err(fault),
            Err(Broken::Lost(cause)) if !watcher.met => {
                return Err(Fault::NoServer { server: server.address.to_string(), cause });
            }
            Err(Broken::Lost(cause)) => cause,
        };
        if watcher.seen > seen || lost.is_none() {
            eprintln!("the connection is lost ({cause}); trying again");
            (lost, pause) = (Some(Instant::now()), FIRST_PAUSE);
        }
        if lost.is_some_and(|since| since.elapsed() > PATIENCE) {
            let (server, run) = (server.address.to_string(), run.to_owned());
            return Err(Fault::Gone { server, run, seen: watcher.seen, cause });
        }
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

struct Watcher<'a> {
    server: &'a Server,
    run: &'a str,
    /// The number of the last event.
    seen: u64,
    json: bool,
    /// How the run stood when the connection was made.
    status: String,
    /// Whether there was a connection before.
    met: bool,
}

/// Why a connection gives nothing more.
enum Broken {
    /// It may be better the next time.
    Lost(String),
    Fault(Fault),
}

impl Watcher<'_> {
    /// One connection, until it breaks or the run ends.
    async fn connect(&mut self) -> Result<ExitCode, Broken> {
        let mut url = self.server.url(&["ws", "council", self.run]);
        url.set_query(Some(&format!("after={}", self.seen)));
        // A change from `http` to `ws` is always possible.
        let _ = url.set_scheme("ws");
        let mut request = url.as_str().into_client_request().map_err(broken)?;
        if let Some(token) = &self.server.token {
            let bearer = HeaderValue::from_str(&format!("Bearer {token}"));
            let bearer = bearer.map_err(|_| Fault::Refused { status: 401, words: "the token is none".to_owned() })?;
            request.headers_mut().insert("authorization", bearer);
        }
        let (mut socket, _) = connect_async(request).await.map_err(broken)?;
        self.met = true;
        while let Some(message) = socket.next().await {
            match message.map_err(broken)? {
                Message::Text(text) => {
                    if let Some(code) = self.hear(&text)? {
                        return Ok(code);
                    }
                }
                // There was nothing more to tell.
                Message::Close(Some(frame)) if frame.code == CloseCode::Normal && self.has_ended() => {
                    eprintln!("the run is {}; there is nothing after event {}", self.status, self.seen);
                    return Ok(if self.status == "completed" { ExitCode::SUCCESS } else { ExitCode::FAILURE });
                }
                Message::Close(Some(frame)) => return Err(Broken::Lost(format!("{} {}", frame.code, frame.reason))),
                _ => {}
            }
        }
        Err(Broken::Lost("it was closed".to_owned()))
    }

    fn has_ended(&self) -> bool {
        ["completed", "failed", "cancelled"].contains(&&*self.status)
    }

    /// Shows an event; after the last, how the program is to end.
    fn hear(&mut self, text: &str) -> Result<Option<ExitCode>, Fault> {
        let event: Value = serde_json::from_str(text).map_err(|error| self.server.strange(error.to_string()))?;
        match event["event"].as_str() {
            Some("error") => return Err(Fault::Refused { status: 404, words: bare(&event["message"]) }),
            Some("connected") => {
                self.status = bare(&event["status"]);
                return Ok(None);
            }
            _ => {}
        }
        self.seen = event["seq"].as_u64().unwrap_or(self.seen);
        if self.json {
            println!("{text}");
        } else if let Some(line) = show::event(&event) {
            println!("{line}");
        }
        Ok(match event["event"].as_str() {
            Some("run_complete") => Some(ExitCode::SUCCESS),
            Some("run_failed" | "run_cancelled") => Some(ExitCode::FAILURE),
            _ => None,
        })
    }
}

impl From<Fault> for Broken {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

fn broken(error: Error) -> Broken {
    match error {
        Error::Http(response) => Broken::Fault(of_handshake(&response)),
        error => Broken::Lost(root(&error)),
    }
}

const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// How long a server may be away.
const PATIENCE: Duration = Duration::from_secs(60);
