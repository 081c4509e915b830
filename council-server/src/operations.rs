//! The routes for those who mind the server: whether it lives, whether it is ready, what it counts.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use prometheus_client::encoding::prometheus_text::CONTENT_TYPE;

use crate::api_error::ApiError;
use crate::routes::App;
use crate::wire::{Health, Ready};

/// The process lives, whatever else is.
pub(crate) async fn health() -> Json<Health> {
    Json(Health::OK)
}

/// Whether new runs can be sent here.
pub(crate) async fn ready(State(app): State<Arc<App>>) -> Result<Json<Ready>, ApiError> {
    app.runs.is_ready()?;
    app.probe.write().await.map_err(ApiError::Journal)?;
    Ok(Json(Ready::READY))
}

/// All counters, for Prometheus.
pub(crate) async fn metrics(State(app): State<Arc<App>>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], app.metrics.text(app.runs.standing()))
}
