//! Numbered events of a run over plain HTTP: as a list, or as a stream.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::timeout;

use super::descriptions::{AfterQuery, Faults, RunId, UnknownRun};
use crate::app::{App, PathId, PathParams};
use crate::http::error::ApiError;
use crate::http::query;
use crate::runs::event_frame::EventFrame;
use crate::wire::run_event::RunEvent;

/// The numbered events of a run.
///
/// With `Accept: text/event-stream` the answer is a stream: it continues with the live events, also those without a number, until the
/// run ends. There `Last-Event-ID` works like `after`.
#[utoipa::path(
    get,
    path = "/api/runs/{id}/events",
    operation_id = "events",
    tag = "runs",
    params(
        RunId,
        AfterQuery,
        ("limit" = inline(Option<u64>), Query, minimum = 1, description = "The number of events in a list; all by default. A stream has no limit"),
        ("last-event-id" = inline(Option<String>), Header, description = "The same as `after`; browsers send it when they reconnect to a stream"),
    ),
    responses(
        (status = 200, description = "The events", content((Vec<RunEvent> = "application/json"), (String = "text/event-stream"))),
        (status = 204, description = "The run has ended, and the client has its last event"),
        UnknownRun,
        Faults,
    ),
)]
pub(crate) async fn events(
    State(app): State<Arc<App>>,
    PathParams(id): PathId,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let query = query.unwrap_or_default();
    let after = query::number(&query, "after", 0..=u64::MAX, 0)?;
    let limit = query::number(&query, "limit", 1..=u64::MAX, u64::MAX)?;
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let is_stream = text("accept").is_some_and(|accepted| accepted.contains("text/event-stream"));
    // A browser sends this header when it reconnects to a stream.
    let seen = text("last-event-id").and_then(|seen| seen.trim().parse().ok());
    let handle = app.runs.find(&id).await?;
    let watch = handle.subscribe(seen.filter(|_| is_stream).unwrap_or(after));
    if !is_stream {
        let numbered = watch.missed.iter().filter(|frame| frame.seq.is_some());
        let numbered: Vec<_> = numbered.take(usize::try_from(limit).unwrap_or(usize::MAX)).collect();
        let last = numbered.last().and_then(|frame| frame.seq).unwrap_or(after);
        let events = async {
            let events: Vec<_> = numbered.iter().map(|frame| frame.text.as_str()).collect();
            Ok(format!("[{}]", events.join(",")).into_bytes())
        };
        return app.answers.shared(format!("events {id} {after} {last}"), events).await;
    }
    if watch.missed.is_empty() && watch.live.is_none() {
        // After this status a browser does not reconnect.
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let (permit, metrics) = (app.watcher_permit()?, Arc::clone(&app.metrics));
    let missed = stream::iter(watch.missed).map(|frame| (sse_event(&frame), 1));
    // The handle keeps the run in memory as long as it is watched.
    let live = stream::unfold((watch.live, app, handle), async |(live, app, handle)| {
        let mut live: Receiver<EventFrame> = live?;
        let event = match timeout(app.ping, live.recv()).await {
            Ok(Ok(frame)) => (sse_event(&frame), 1),
            Ok(Err(RecvError::Closed)) => return None,
            Ok(Err(RecvError::Lagged(_))) => {
                // The client reconnects with the number of its last event.
                app.metrics.watcher_cut_off();
                return None;
            }
            // A comment that cannot be sent shows that the client has left.
            Err(_) => (vec![Bytes::from_static(b":\n\n")], 0),
        };
        Some((event, (Some(live), app, handle)))
    });
    let watching = (metrics.watching(), permit);
    let events = missed.chain(live).flat_map(move |(event, events)| {
        // A closure would capture only the field that it uses, and the permit would end here.
        let (guard, _permit) = &watching;
        guard.sent(events);
        stream::iter(event.into_iter().map(Ok::<_, Infallible>))
    });
    Ok((EVENT_STREAM, Body::from_stream(events)).into_response())
}

/// An event of a stream. The text of a big event is not copied, so it is in memory once for all clients.
fn sse_event(frame: &EventFrame) -> Vec<Bytes> {
    let end = frame.seq.map_or_else(|| "\n\n".to_owned(), |seq| format!("\nid: {seq}\n\n"));
    // The JSON is one line.
    if frame.text.len() > COPIED {
        vec![Bytes::from_static(b"data: "), frame.text.clone().into(), end.into()]
    } else {
        vec![format!("data: {}{end}", frame.text).into()]
    }
}

/// Proxies pass each event on at once: nginx does not collect them, and no proxy compresses them or stores them.
const EVENT_STREAM: [(&str, &str); 3] =
    [("content-type", "text/event-stream"), ("x-accel-buffering", "no"), ("cache-control", "no-store, no-transform")];
/// The longest text that is copied, in bytes.
const COPIED: usize = 16 << 10;
