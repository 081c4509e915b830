//! The WebSocket of a run: the upgrade, the events in order, the close.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use futures_util::{FutureExt, SinkExt, StreamExt};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::server::create_response_with_body;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};
use tracing::debug;

use crate::app::App;
use crate::http::connection_state::ConnectionPermit;
use crate::http::error::ApiError;
use crate::http::query;
use crate::metrics::WatcherGuard;
use crate::runs::event_log::{EventFrame, Subscription};
use crate::runs::registry::FindError;
use crate::wire::error_body::{ErrorBody, FaultsBody};
use crate::wire::event::WireEvent;
use crate::wire::time::now;

/// A run while it happens: a WebSocket.
///
/// Each text frame is one event, as of `/api/runs/{id}/events`, and those without a number beside them: first `connected`, then all after
/// the `after`th, then the live ones and what the models write, in order. After the last event the server closes with 1000; with 4404
/// where there is no such run, with 1013 where a client reads too slowly, with 1012 when the server ends before the run. What a client
/// sends is ignored. The token may also be brought as `?token=`.
#[utoipa::path(
    get,
    path = "/ws/council/{id}",
    operation_id = "council",
    tag = "runs",
    params(
        ("id" = String, Path, description = "The id of the run"),
        ("after" = inline(Option<u64>), Query, minimum = 0, description = "The number of the last event that is known"),
    ),
    responses(
        (status = 101, description = "What follows are frames of a WebSocket"),
        (status = 422, description = "Every fault of the request", body = FaultsBody),
        (status = 426, description = "The request is no upgrade", body = ErrorBody),
    ),
)]
pub(crate) async fn council(
    State(app): State<Arc<App>>,
    id: Result<Path<String>, PathRejection>,
    mut request: Request,
) -> Result<Response, ApiError> {
    let Path(id) = id.map_err(|_| ApiError::NotFound)?;
    let query = request.uri().query().unwrap_or_default();
    let after = query::number(query, "after", 0..=u64::MAX, 0).map_err(|fault| ApiError::Invalid(vec![fault]))?;
    let response =
        create_response_with_body(&request, Body::empty).map_err(|error| ApiError::NotAWebSocket(error.to_string()))?;
    let place = (app.watcher_permit()?, request.extensions().get::<ConnectionPermit>().cloned());
    let upgrade = hyper::upgrade::on(&mut request);
    let tasks = app.tasks.clone();
    tasks.spawn(async move {
        let _held = place;
        tokio::select! {
            result = serve(&app, &id, after, upgrade) => {
                if matches!(result, Ok(CloseCode::Again) | Err(Gone::TooSlow | Gone::Silent)) {
                    app.metrics.watcher_cut_off();
                }
                match result {
                    Ok(code) => debug!(run = id, code = u16::from(code), "watcher closed"),
                    Err(reason) => debug!(run = id, ?reason, "watcher gone"),
                }
            }
            () = app.gone.cancelled() => {}
        }
    });
    Ok(response)
}

/// Tells a watcher all that happens in a run, and how the connection came to be closed.
async fn serve(app: &App, id: &str, after: u64, upgrade: OnUpgrade) -> Result<CloseCode, Gone> {
    let upgraded = timeout(app.send_timeout, upgrade).await.map_err(|_| Gone::TooSlow)?.map_err(|_| Gone::Left)?;
    let config = WebSocketConfig::default()
        .read_buffer_size(4 << 10)
        .max_message_size(Some(INCOMING_LIMIT))
        .max_frame_size(Some(INCOMING_LIMIT));
    let stream = WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, Some(config)).await;
    let (patience, ping, watching) = (app.send_timeout, app.ping, app.metrics.watching());
    let mut socket = Socket { stream, patience, ping, watching };
    let (code, reason) = match app.runs.find(id).await {
        Ok(entry) => match socket.tell(entry.subscribe(after)).await? {
            // There was no last event: the run goes on without this server.
            close if close == DONE && !entry.status().is_final() => ENDING,
            close => close,
        },
        Err(fault) => {
            let close = if let FindError::Unknown(_) = fault { UNKNOWN_RUN } else { BROKEN };
            let message = ApiError::from(fault).to_string();
            socket.send([WireEvent::Error { message }.to_text(id, None, now())]).await?;
            close
        }
    };
    socket.close(code, reason).await?;
    Ok(code)
}

/// Why nothing more can be sent.
#[derive(Debug)]
enum Gone {
    /// The client closed, or the connection broke.
    Left,
    /// The client did not read.
    TooSlow,
    /// The client did not answer a ping: it is not there any more, or has half a frame in its mouth.
    Silent,
}

impl From<Error> for Gone {
    fn from(error: Error) -> Self {
        match error {
            // The connection limits the time of each write as well.
            Error::Io(error) if error.kind() == ErrorKind::TimedOut => Self::TooSlow,
            _ => Self::Left,
        }
    }
}

struct Socket {
    stream: WebSocketStream<TokioIo<Upgraded>>,
    /// How long one send may take.
    patience: Duration,
    /// How often the client has to show that it is there.
    ping: Duration,
    watching: WatcherGuard,
}

impl Socket {
    /// Sends what the watcher has missed, then what comes, until there is nothing more to tell.
    async fn tell(&mut self, watch: Subscription) -> Result<(CloseCode, &'static str), Gone> {
        let mut past = [watch.connected].into_iter().chain(watch.missed).map(|told| told.text).peekable();
        while past.peek().is_some() {
            self.send(past.by_ref().take(BATCH)).await?;
        }
        let Some(mut live) = watch.live else {
            return Ok(DONE);
        };
        let mut pings = interval_at(Instant::now() + self.ping, self.ping);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut is_there = true;
        loop {
            let mut events = Vec::new();
            let close = tokio::select! {
                incoming = self.stream.next() => {
                    self.ignore(incoming).await?;
                    is_there = true;
                    continue;
                }
                _ = pings.tick() => {
                    if !std::mem::take(&mut is_there) {
                        return Err(Gone::Silent);
                    }
                    self.stream.feed(Message::Ping(Bytes::new())).await?;
                    self.send([]).await?;
                    continue;
                }
                close = collect(&mut live, &mut events) => close,
            };
            self.send(events).await?;
            if let Some(close) = close {
                return Ok(close);
            }
        }
    }

    async fn send(&mut self, events: impl IntoIterator<Item = Utf8Bytes>) -> Result<(), Gone> {
        let Self { stream, patience, watching, .. } = self;
        let mut fed = 0;
        let sending = async {
            for event in events {
                stream.feed(Message::Text(event)).await?;
                fed += 1;
            }
            stream.flush().await
        };
        let sent = timeout(*patience, sending).await;
        watching.sent(fed);
        Ok(sent.map_err(|_| Gone::TooSlow)??)
    }

    /// Whatever a client says is of no interest, except that it leaves. The library has a pong, or the answer to a close,
    /// ready by now; it goes out here.
    async fn ignore(&mut self, incoming: Option<Result<Message, Error>>) -> Result<(), Gone> {
        match incoming {
            None | Some(Err(_)) => Err(Gone::Left),
            Some(Ok(Message::Close(_))) => {
                self.send([]).await?;
                Err(Gone::Left)
            }
            Some(Ok(_)) => self.send([]).await,
        }
    }

    /// Closes, and gives the client a moment to agree: a connection that is dropped at once can lose what was sent last.
    async fn close(&mut self, code: CloseCode, reason: &'static str) -> Result<(), Gone> {
        let frame = CloseFrame { code, reason: Utf8Bytes::from_static(reason) };
        timeout(self.patience, self.stream.close(Some(frame))).await.map_err(|_| Gone::TooSlow)??;
        let agreed = async { while let Some(Ok(_)) = self.stream.next().await {} };
        // A client that does not agree has been told all the same.
        let _ = timeout(CLOSE_PATIENCE, agreed).await;
        Ok(())
    }
}

/// Waits for live events and takes all that are there, up to a batch; and says how to close once there are no more.
///
/// It waits only before it takes the first, so it can be dropped while it waits and nothing is lost.
async fn collect(live: &mut Receiver<EventFrame>, events: &mut Vec<Utf8Bytes>) -> Option<(CloseCode, &'static str)> {
    let mut next = live.recv().await;
    loop {
        match next {
            Ok(told) => events.push(told.text),
            Err(RecvError::Closed) => return Some(DONE),
            Err(RecvError::Lagged(_)) => return Some(TOO_SLOW),
        }
        if events.len() == BATCH {
            return None;
        }
        next = live.recv().now_or_never()?;
    }
}

const DONE: (CloseCode, &str) = (CloseCode::Normal, "the run has ended");
const TOO_SLOW: (CloseCode, &str) = (CloseCode::Again, "its own queue is full: come back with after");
const UNKNOWN_RUN: (CloseCode, &str) = (CloseCode::Library(4_404), "unknown run");
const BROKEN: (CloseCode, &str) = (CloseCode::Error, "the run cannot be read");
const ENDING: (CloseCode, &str) =
    (CloseCode::Restart, "the server ends and the run goes on when it starts again: come back with after");

/// How many events are written before the watcher's socket is waited for.
const BATCH: usize = 64;
/// The longest message that is read from a client, in bytes.
const INCOMING_LIMIT: usize = 64 << 10;
const CLOSE_PATIENCE: Duration = Duration::from_secs(2);
