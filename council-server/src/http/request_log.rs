//! Logs and counts every request.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use tracing::debug;

use crate::metrics::Metrics;

/// Counts a request and logs its status. The query is not logged: it may contain the token.
pub(crate) async fn log_request(State(metrics): State<Arc<Metrics>>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let response = next.run(request).await;
    let status = response.status();
    metrics.request_answered(status);
    debug!(%method, path = uri.path(), status = status.as_u16(), duration_us = began.elapsed().as_micros(), "request");
    response
}
