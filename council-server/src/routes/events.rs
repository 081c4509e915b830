//! The numbered events of a run over plain HTTP: as a list, or as they come.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use serde_json::value::RawValue;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::timeout;

use crate::app::{App, PathId, find_run};
use crate::http::error::ApiError;
use crate::http::query;
use crate::runs::event_log::EventFrame;
use crate::wire::error_body::{ErrorBody, FaultsBody};
use crate::wire::run_event::RunEvent;

/// The numbered events of a run, as a list.
///
/// Who accepts `text/event-stream` is told the live ones too, those without a number among them, until the run ends. `Last-Event-ID`
/// counts like `after` then.
#[utoipa::path(
    get,
    path = "/api/runs/{id}/events",
    operation_id = "events",
    tag = "runs",
    params(
        ("id" = String, Path, description = "The id of the run"),
        ("after" = inline(Option<u64>), Query, minimum = 0, description = "The number of the last event that is known"),
        ("last-event-id" = inline(Option<String>), Header, description = "The same, as a browser says it of a stream"),
    ),
    responses(
        (status = 200, description = "The events", content((Vec<RunEvent> = "application/json"), (String = "text/event-stream"))),
        (status = 204, description = "Nothing comes after the last event that is known, and the run has ended"),
        (status = 404, description = "There is no such run", body = ErrorBody),
        (status = 422, description = "Every fault of the request", body = FaultsBody),
    ),
)]
pub(crate) async fn events(
    State(app): State<Arc<App>>,
    id: PathId,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let after = query::number(&query.unwrap_or_default(), "after", 0..=u64::MAX, 0);
    let after = after.map_err(|fault| ApiError::Invalid(vec![fault]))?;
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let is_stream = text("accept").is_some_and(|accepted| accepted.contains("text/event-stream"));
    // A browser that has lost its stream says so itself.
    let seen = text("last-event-id").and_then(|seen| seen.trim().parse().ok());
    let entry = find_run(&app, id).await?;
    let watch = entry.subscribe(seen.filter(|_| is_stream).unwrap_or(after));
    if !is_stream {
        let events = watch.missed.iter().map(|told| RawValue::from_string(told.text.to_string()));
        let events: Vec<_> = events.map(|event| event.expect("an event is JSON")).collect();
        return Ok(Json(events).into_response());
    }
    if watch.missed.is_empty() && watch.live.is_none() {
        // With this answer a browser does not ask again.
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let (place, metrics) = (app.watcher_permit()?, Arc::clone(&app.metrics));
    let missed = stream::iter(watch.missed).map(|told| (sent(&told), 1));
    // The run stays in memory as long as somebody watches it.
    let live = stream::unfold((watch.live, app, entry), async |(live, app, entry)| {
        let mut live: Receiver<EventFrame> = live?;
        let event = match timeout(app.ping, live.recv()).await {
            Ok(Ok(told)) => (sent(&told), 1),
            Ok(Err(RecvError::Closed)) => return None,
            Ok(Err(RecvError::Lagged(_))) => {
                // It comes back with the last number it has.
                app.metrics.watcher_cut_off();
                return None;
            }
            // Whoever is not there any more is found by what cannot be sent.
            Err(_) => (Event::default().comment(""), 0),
        };
        Some((event, (Some(live), app, entry)))
    });
    let watching = (metrics.watching(), place);
    let events = missed.chain(live).map(move |(event, events)| {
        watching.0.sent(events);
        Ok::<_, Infallible>(event)
    });
    Ok(Sse::new(events).into_response())
}

fn sent(told: &EventFrame) -> Event {
    let event = Event::default().data(told.text.as_str());
    match told.seq {
        Some(seq) => event.id(seq.to_string()),
        None => event,
    }
}
