//! Routes for operators: health, readiness, metrics.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use prometheus_client::encoding::prometheus_text::CONTENT_TYPE;

use crate::app::App;
use crate::http::error::ApiError;
use crate::wire::error_body::ErrorBody;
use crate::wire::health::{Health, Ready};

/// Health: the process is alive.
#[utoipa::path(
    get,
    path = "/api/health",
    operation_id = "health",
    tag = "server",
    security(()),
    responses(
        (status = 200, description = "The process is alive", body = Health),
    ),
)]
pub(crate) async fn health() -> Json<Health> {
    Json(Health::OK)
}

/// Readiness: whether the server accepts runs.
#[utoipa::path(
    get,
    path = "/api/ready",
    operation_id = "ready",
    tag = "server",
    responses(
        (status = 200, description = "The server accepts runs", body = Ready),
        (status = 503, description = "The server is starting or shutting down, or the database cannot be written", body = ErrorBody),
    ),
)]
pub(crate) async fn ready(State(app): State<Arc<App>>) -> Result<Json<Ready>, ApiError> {
    app.runs.is_ready()?;
    app.store.check_file()?;
    app.readiness.write().await.map_err(ApiError::Journal)?;
    Ok(Json(Ready::READY))
}

/// The metrics, for Prometheus.
#[utoipa::path(
    get,
    path = "/metrics",
    operation_id = "metrics",
    tag = "server",
    responses(
        (status = 200, description = "The metrics as text", body = String, content_type = "text/plain"),
    ),
)]
pub(crate) async fn metrics(State(app): State<Arc<App>>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], app.metrics.text(app.runs.counts()))
}
