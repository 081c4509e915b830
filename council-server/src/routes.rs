//! The routes, and what the REST ones do.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::access::{self, Access};
use crate::api_error::ApiError;
use crate::runs::{Draining, RunEntry, Runs};
use crate::socket;
use crate::start_request::StartRequest;
use crate::wire::{Health, RunResult, Started};

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
        .route("/api/councils/run/{id}/cancel", post(cancel))
        .route("/ws/council/{id}", get(socket::council))
        .fallback(async || ApiError::NotFound)
        .method_not_allowed_fallback(async || ApiError::MethodNotAllowed)
        .layer(middleware::from_fn_with_state(Arc::clone(&access), access::check_token))
        .layer(access.cors())
        .layer(middleware::from_fn_with_state(access, access::check_origin))
        .with_state(app)
}

async fn health() -> Json<Health> {
    Json(Health::OK)
}

async fn start(State(app): State<Arc<App>>, body: Body) -> Result<Response, ApiError> {
    let body = read(body).await?;
    let request = StartRequest::parse(&body).map_err(ApiError::Invalid)?;
    let entry = app.runs.start(request.topic).map_err(|Draining| ApiError::Draining)?;
    Ok((StatusCode::ACCEPTED, Json(Started::new(entry.id()))).into_response())
}

async fn result(State(app): State<Arc<App>>, id: RunId) -> Result<Json<RunResult>, ApiError> {
    Ok(Json(find(&app, id)?.result()))
}

async fn cancel(State(app): State<Arc<App>>, id: RunId) -> Result<Json<RunResult>, ApiError> {
    let entry = find(&app, id)?;
    if entry.cancel() { Ok(Json(entry.result())) } else { Err(ApiError::RunEnded(entry.id().to_string())) }
}

/// The id in the path; one that is no UTF-8 names no path of ours.
type RunId = Result<Path<String>, PathRejection>;

fn find(app: &App, id: RunId) -> Result<Arc<RunEntry>, ApiError> {
    let Path(id) = id.map_err(|_| ApiError::NotFound)?;
    app.runs.find(&id).ok_or(ApiError::RunNotFound(id))
}

/// The whole body, within bounds of size and time.
async fn read(body: Body) -> Result<Bytes, ApiError> {
    let body = Limited::new(body, BODY_LIMIT).collect();
    match tokio::time::timeout(BODY_TIMEOUT, body).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(ApiError::BodyTooLarge { limit: BODY_LIMIT }),
        Ok(Err(_)) => Err(ApiError::BodyBroken),
        Err(_) => Err(ApiError::BodyTooSlow),
    }
}

const BODY_LIMIT: usize = 1 << 20;
const BODY_TIMEOUT: Duration = Duration::from_secs(30);
