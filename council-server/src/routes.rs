//! The routes, and what the REST ones do.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::access::{self, Access};
use crate::api_error::ApiError;
use crate::runs::{RunEntry, Runs};
use crate::start_request::StartRequest;
use crate::wire::{ChairState, Health, HistoryEntry, RunResult, Started};
use crate::{answer_request, body, events, page, query, socket};

/// What the handlers share.
pub(crate) struct App {
    pub(crate) runs: Arc<Runs>,
    pub(crate) access: Arc<Access>,
    pub(crate) send_timeout: Duration,
    /// Connections and the sockets that came out of them.
    pub(crate) tasks: TaskTracker,
    /// The server is gone; whatever is left ends at once.
    pub(crate) gone: CancellationToken,
}

/// All routes, with the origin checked before the token and both before anything else.
pub(crate) fn router(app: Arc<App>) -> Router {
    let access = Arc::clone(&app.access);
    Router::new()
        .route(access::HEALTH, get(health))
        .route("/api/councils/run", post(start))
        .route("/api/councils/run/{id}", get(result))
        .route("/api/councils/run/{id}/approve", post(approve))
        .route("/api/councils/run/{id}/state", get(state))
        .route("/api/councils/run/{id}/cancel", post(cancel))
        .route("/api/runs/", get(history))
        .route("/api/runs/{id}", get(history_entry))
        .route("/api/runs/{id}/events", get(events::events))
        .route("/ws/council/{id}", get(socket::council))
        .route(page::PATH, get(page::page))
        .fallback(async || ApiError::NotFound)
        .method_not_allowed_fallback(async || ApiError::MethodNotAllowed)
        .layer(middleware::from_fn_with_state(Arc::clone(&access), access::check_token))
        .layer(access.cors())
        .layer(middleware::from_fn_with_state(access, access::check_origin))
        .layer(middleware::map_response(access::guard))
        .with_state(app)
}

type Shared = State<Arc<App>>;

async fn health() -> Json<Health> {
    Json(Health::OK)
}

async fn start(State(app): Shared, body: Body) -> Result<Response, ApiError> {
    let body = body::read(body).await?;
    let request = StartRequest::parse(&body).map_err(ApiError::Invalid)?;
    let entry = app.runs.start(request.topic, request.god_mode).await?;
    Ok((StatusCode::ACCEPTED, Json(Started::new(entry.id()))).into_response())
}

async fn result(State(app): Shared, id: RunId) -> Result<Json<RunResult>, ApiError> {
    Ok(Json(find(&app, id).await?.result()))
}

async fn approve(State(app): Shared, id: RunId, body: Body) -> Result<Json<RunResult>, ApiError> {
    let id = name(id)?;
    let action = answer_request::parse(&body::read(body).await?).map_err(ApiError::Invalid)?;
    Ok(Json(app.runs.answer(&id, action).await?.result()))
}

async fn state(State(app): Shared, id: RunId) -> Result<Json<ChairState>, ApiError> {
    let entry = find(&app, id).await?;
    entry.chair().map(Json).ok_or_else(|| ApiError::NoChair(entry.id().to_string()))
}

async fn cancel(State(app): Shared, id: RunId) -> Result<Json<RunResult>, ApiError> {
    Ok(Json(app.runs.cancel(&name(id)?).await?.result()))
}

async fn history(State(app): Shared, RawQuery(query): RawQuery) -> Result<Json<Vec<HistoryEntry>>, ApiError> {
    let query = query.unwrap_or_default();
    let limit = query::number(&query, "limit", 1..=200, 50);
    let offset = query::number(&query, "offset", 0..=u64::MAX, 0);
    match (limit, offset) {
        (Ok(limit), Ok(offset)) => Ok(Json(app.runs.list(limit, offset).await?)),
        (limit, offset) => Err(ApiError::Invalid(limit.err().into_iter().chain(offset.err()).collect())),
    }
}

async fn history_entry(State(app): Shared, id: RunId) -> Result<Json<HistoryEntry>, ApiError> {
    Ok(Json(app.runs.recall(&name(id)?).await?))
}

/// The id in the path; one that is no UTF-8 names no path of ours.
pub(crate) type RunId = Result<Path<String>, PathRejection>;

fn name(id: RunId) -> Result<String, ApiError> {
    id.map(|Path(id)| id).map_err(|_| ApiError::NotFound)
}

pub(crate) async fn find(app: &App, id: RunId) -> Result<Arc<RunEntry>, ApiError> {
    Ok(app.runs.find(&name(id)?).await?)
}
