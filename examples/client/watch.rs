//! Watches a run over the WebSocket until it ends, and reconnects when the connection or the server is lost.

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use futures_util::StreamExt;
use serde_json::Value;
use tokio::time::{Instant, sleep};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message, http::HeaderValue};

use crate::error::{ClientError, of_handshake, plain, root_cause};
use crate::server::Server;
use crate::show;

/// Shows the events with a number above `after`.
pub(crate) async fn watch(server: &Server, run: &str, after: u64, json: bool) -> Result<ExitCode, ClientError> {
    let mut watcher =
        Watcher { server, run, seen: after, json, status: String::new(), ended: None, was_connected: false };
    let mut lost: Option<Instant> = None;
    let mut pause = FIRST_PAUSE;
    loop {
        let seen = watcher.seen;
        let cause = match watcher.connect().await {
            Ok(code) => return Ok(code),
            Err(Disconnect::Final(error)) => return Err(error),
            Err(Disconnect::Lost(cause)) if !watcher.was_connected => {
                return Err(ClientError::NoServer { server: server.address.to_string(), cause, is_sent: false });
            }
            Err(Disconnect::Lost(cause)) => cause,
        };
        if watcher.seen > seen || lost.is_none() {
            eprintln!("the connection is lost ({cause}); reconnecting");
            (lost, pause) = (Some(Instant::now()), FIRST_PAUSE);
        }
        if lost.is_some_and(|since| since.elapsed() > PATIENCE) {
            let (server, run) = (server.address.to_string(), run.to_owned());
            return Err(ClientError::Gone { server, run, seen: watcher.seen, cause });
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
    /// The status of the run when the connection was made.
    status: String,
    /// The exit code, if the last event that was shown ends the run. A run that is retried goes on after it.
    ended: Option<ExitCode>,
    /// Whether a connection was made before.
    was_connected: bool,
}

/// Why a connection ended.
enum Disconnect {
    /// A new connection may work.
    Lost(String),
    /// A new connection would fail in the same way.
    Final(ClientError),
}

impl Watcher<'_> {
    /// Reads one connection until it is lost or the run ends.
    async fn connect(&mut self) -> Result<ExitCode, Disconnect> {
        let mut url = self.server.url(&["ws", "council", self.run]);
        url.set_query(Some(&format!("after={}", self.seen)));
        // The change from `http` to `ws` cannot fail.
        let _ = url.set_scheme("ws");
        let mut request = url.as_str().into_client_request().map_err(disconnect)?;
        if let Some(token) = &self.server.token {
            let bearer = HeaderValue::from_str(&format!("Bearer {token}"));
            let bearer = bearer.map_err(|_| ClientError::Refused {
                status: 401,
                message: "the token has invalid characters".to_owned(),
            })?;
            request.headers_mut().insert("authorization", bearer);
        }
        let (mut socket, _) = connect_async(request).await.map_err(disconnect)?;
        self.was_connected = true;
        while let Some(message) = socket.next().await {
            match (message, self.ended) {
                // The server closes the connection after the last event.
                (Ok(Message::Close(_)) | Err(_), Some(code)) => return Ok(code),
                (message, _) => match message.map_err(disconnect)? {
                    Message::Text(text) => self.show(&text)?,
                    // The run has ended, and all its events are shown already.
                    Message::Close(Some(frame)) if frame.code == CloseCode::Normal && self.has_ended() => {
                        eprintln!("the run is {}; there is nothing after event {}", self.status, self.seen);
                        return Ok(if self.status == "completed" { ExitCode::SUCCESS } else { ExitCode::FAILURE });
                    }
                    Message::Close(Some(frame)) => {
                        return Err(Disconnect::Lost(format!("{} {}", frame.code, frame.reason)));
                    }
                    _ => {}
                },
            }
        }
        self.ended.ok_or_else(|| Disconnect::Lost("the server closed it".to_owned()))
    }

    fn has_ended(&self) -> bool {
        ["completed", "failed", "cancelled"].contains(&&*self.status)
    }

    /// Shows an event.
    fn show(&mut self, text: &str) -> Result<(), ClientError> {
        let event: Value = serde_json::from_str(text).map_err(|error| self.server.unexpected(error.to_string()))?;
        match event["event"].as_str() {
            Some("error") => return Err(ClientError::Refused { status: 404, message: plain(&event["message"]) }),
            Some("connected") => {
                self.status = plain(&event["status"]);
                return Ok(());
            }
            _ => {}
        }
        self.seen = event["seq"].as_u64().unwrap_or(self.seen);
        if let Some(line) = if self.json { Some(text.to_owned()) } else { show::event(&event) } {
            // The reader may close the pipe early, as `head` does.
            let _ = writeln!(std::io::stdout(), "{line}");
        }
        match event["event"].as_str() {
            Some("run_complete") => self.ended = Some(ExitCode::SUCCESS),
            Some("run_failed" | "run_cancelled") => self.ended = Some(ExitCode::FAILURE),
            Some("run_resumed") => self.ended = None,
            _ => {}
        }
        Ok(())
    }
}

impl From<ClientError> for Disconnect {
    fn from(error: ClientError) -> Self {
        Self::Final(error)
    }
}

fn disconnect(error: Error) -> Disconnect {
    match error {
        Error::Http(response) => Disconnect::Final(of_handshake(&response)),
        error => Disconnect::Lost(root_cause(&error)),
    }
}

const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// The longest time without a connection.
const PATIENCE: Duration = Duration::from_secs(60);
