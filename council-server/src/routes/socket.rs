//! WebSocket of a run: the upgrade, the events in order, the close.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::SEC_WEBSOCKET_PROTOCOL;
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

use super::descriptions::{AfterQuery, Faults, RunId};
use crate::app::{App, PathId, PathParams};
use crate::http::answers::Answers;
use crate::http::connection_state::ConnectionPermit;
use crate::http::error::ApiError;
use crate::http::{query, subprotocol};
use crate::metrics::WatcherGuard;
use crate::runs::event_frame::EventFrame;
use crate::runs::registry::FindError;
use crate::runs::subscription::Subscription;
use crate::wire::error_body::ErrorBody;
use crate::wire::event::WireEvent;
use crate::wire::time::now;

/// The events of a run over a WebSocket.
///
/// Each text frame is one event, as in `/api/runs/{id}/events`, and there are events without a number too. The first is `connected`. Then
/// come all events after number `after`, then the live events and the tokens of the models, in order. The server closes with 1000 after
/// the last event, with 4404 if the run does not exist, with 1013 if the client reads too slowly, and with 1012 if the server shuts down
/// before the run ends. Messages of the client are ignored. The token may be sent as a subprotocol,
/// `council.token.` and the token in Base64 for URLs without padding, beside the subprotocol `council`, which the server chooses; or as
/// `?token=`.
#[utoipa::path(
    get,
    path = "/ws/council/{id}",
    operation_id = "council",
    tag = "runs",
    params(RunId, AfterQuery),
    responses(
        (status = 101, description = "Frames of a WebSocket follow"),
        Faults,
        (status = 426, description = "The request is not an upgrade", body = ErrorBody),
    ),
)]
pub(crate) async fn council(
    State(app): State<Arc<App>>,
    PathParams(id): PathId,
    mut request: Request,
) -> Result<Response, ApiError> {
    let query = request.uri().query().unwrap_or_default();
    let after = query::number(query, "after", 0..=u64::MAX, 0)?;
    let mut response =
        create_response_with_body(&request, Body::empty).map_err(|error| ApiError::NotAWebSocket(error.to_string()))?;
    let subprotocol = subprotocol::chosen(request.headers()).map(|chosen| (SEC_WEBSOCKET_PROTOCOL, chosen));
    response.headers_mut().extend(subprotocol);
    let permits = (app.watcher_permit()?, request.extensions().get::<ConnectionPermit>().cloned());
    let upgrade = hyper::upgrade::on(&mut request);
    let tasks = app.tasks.clone();
    tasks.spawn(async move {
        let _permits = permits;
        tokio::select! {
            result = serve(&app, &id, after, upgrade) => {
                if matches!(result, Ok(CloseCode::Again) | Err(Lost::TooSlow | Lost::Silent)) {
                    app.metrics.watcher_cut_off();
                }
                match result {
                    Ok(code) => debug!(run = id, code = u16::from(code), "watcher closed"),
                    Err(reason) => debug!(run = id, ?reason, "watcher lost"),
                }
            }
            () = app.gone.cancelled() => {}
        }
    });
    Ok(response)
}

/// Sends the events of a run to a watcher. Returns the code with which the connection was closed.
async fn serve(app: &App, id: &str, after: u64, upgrade: OnUpgrade) -> Result<CloseCode, Lost> {
    let upgraded = timeout(app.send_timeout, upgrade).await.map_err(|_| Lost::TooSlow)?.map_err(|_| Lost::Left)?;
    let config = WebSocketConfig::default()
        .read_buffer_size(4 << 10)
        .max_message_size(Some(INCOMING_LIMIT))
        .max_frame_size(Some(INCOMING_LIMIT));
    let stream = WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, Some(config)).await;
    let (send_timeout, ping, watching) = (app.send_timeout, app.ping, app.metrics.watching());
    let mut socket = Socket { stream, send_timeout, ping, watching, answers: Arc::clone(&app.answers) };
    let (code, reason) = match app.runs.find(id).await {
        Ok(handle) => match socket.send_events(handle.subscribe(after)).await? {
            // The last event is missing: the server shuts down, and the run resumes at its next start.
            close if close == DONE && !handle.status().is_final() => ENDING,
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

/// Why nothing more can be sent to a watcher.
#[derive(Debug)]
enum Lost {
    /// The client has closed, or the connection has failed.
    Left,
    /// The client did not read.
    TooSlow,
    /// The client did not answer a ping.
    Silent,
}

impl From<Error> for Lost {
    fn from(error: Error) -> Self {
        match error {
            // The connection has a write timeout of its own.
            Error::Io(error) if error.kind() == ErrorKind::TimedOut => Self::TooSlow,
            _ => Self::Left,
        }
    }
}

struct Socket {
    stream: WebSocketStream<TokioIo<Upgraded>>,
    /// How long one send may take.
    send_timeout: Duration,
    /// The interval of pings.
    ping: Duration,
    watching: WatcherGuard,
    answers: Arc<Answers>,
}

impl Socket {
    /// Sends the past events that the watcher has not seen, then the live ones, until the run ends or the watcher is too slow.
    async fn send_events(&mut self, subscription: Subscription) -> Result<(CloseCode, &'static str), Lost> {
        let mut past =
            [subscription.connected].into_iter().chain(subscription.missed).map(|frame| frame.text).peekable();
        while past.peek().is_some() {
            self.send(past.by_ref().take(BATCH)).await?;
        }
        let Some(mut live) = subscription.live else {
            return Ok(DONE);
        };
        let mut pings = interval_at(Instant::now() + self.ping, self.ping);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut is_alive = true;
        loop {
            let mut events = Vec::new();
            let close = tokio::select! {
                incoming = self.stream.next() => {
                    self.ignore(incoming).await?;
                    is_alive = true;
                    continue;
                }
                _ = pings.tick() => {
                    if !std::mem::take(&mut is_alive) {
                        return Err(Lost::Silent);
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

    async fn send(&mut self, events: impl IntoIterator<Item = Utf8Bytes>) -> Result<(), Lost> {
        let Self { stream, send_timeout, watching, answers, .. } = self;
        let events: Vec<_> = events.into_iter().collect();
        let mut fed = 0;
        let sending = async {
            // The library copies the events before they are sent.
            let _counted = answers.wait_for(events.iter().map(|event| event.len()).sum()).await;
            for event in events {
                stream.feed(Message::Text(event)).await?;
                fed += 1;
            }
            stream.flush().await
        };
        let sent = timeout(*send_timeout, sending).await;
        watching.sent(fed);
        Ok(sent.map_err(|_| Lost::TooSlow)??)
    }

    /// Ignores a message of the client, unless it closes. The library has prepared the pong, or the answer to the close; it is sent
    /// here.
    async fn ignore(&mut self, incoming: Option<Result<Message, Error>>) -> Result<(), Lost> {
        match incoming {
            None | Some(Err(_)) => Err(Lost::Left),
            Some(Ok(Message::Close(_))) => {
                self.send([]).await?;
                Err(Lost::Left)
            }
            Some(Ok(_)) => self.send([]).await,
        }
    }

    /// Closes, and waits a moment for the close of the client. A socket that is dropped at once can lose the last events.
    async fn close(&mut self, code: CloseCode, reason: &'static str) -> Result<(), Lost> {
        let frame = CloseFrame { code, reason: Utf8Bytes::from_static(reason) };
        timeout(self.send_timeout, self.stream.close(Some(frame))).await.map_err(|_| Lost::TooSlow)??;
        let closed = async { while let Some(Ok(_)) = self.stream.next().await {} };
        // The close frame has been sent, also if the client does not answer it.
        let _ = timeout(CLOSE_TIMEOUT, closed).await;
        Ok(())
    }
}

/// Receives the live events that are ready, up to a batch. Returns how to close if no more will come.
///
/// It waits only for the first event, so nothing is lost if it is dropped while it waits.
async fn collect(live: &mut Receiver<EventFrame>, events: &mut Vec<Utf8Bytes>) -> Option<(CloseCode, &'static str)> {
    let mut next = live.recv().await;
    loop {
        match next {
            Ok(frame) => events.push(frame.text),
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
const TOO_SLOW: (CloseCode, &str) = (CloseCode::Again, "too slow: reconnect with `after`");
const UNKNOWN_RUN: (CloseCode, &str) = (CloseCode::Library(4_404), "unknown run");
const BROKEN: (CloseCode, &str) = (CloseCode::Error, "the run cannot be read");
const ENDING: (CloseCode, &str) =
    (CloseCode::Restart, "the server is shutting down: reconnect with `after`; the run resumes at the next start");

/// How many events are written before the socket is flushed.
const BATCH: usize = 64;
/// The longest message of a client, in bytes.
const INCOMING_LIMIT: usize = 64 << 10;
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);
