//! The routes of graphs, and of the models that play in them.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use council_llm::Offer;

use super::drawn::{Format, drawn};
use crate::app::{Query, Shared};
use crate::http::error::ApiError;
use crate::wire::drawing::Drawing;
use crate::wire::refusal::Faults;

/// The graph of the built-in council.
#[utoipa::path(
    get,
    path = "/api/councils/graph",
    operation_id = "graph",
    tag = "blueprints",
    params(("format" = inline(Option<Format>), Query, description = "As JSON, unless it is said otherwise")),
    responses(
        (status = 200, description = "The graph", content((Drawing = "application/json"), (String = "text/plain"))),
        (status = 422, description = "Every fault of the request", body = Faults),
    ),
)]
pub(crate) async fn graph(State(app): Shared, query: Query) -> Result<Response, ApiError> {
    drawn(&app, None, &query)
}

/// Which models agents may be given.
#[utoipa::path(
    get,
    path = "/api/models",
    operation_id = "models",
    tag = "blueprints",
    responses(
        (status = 200, description = "All providers, with what is missing for those that cannot be had", body = Offer),
    ),
)]
pub(crate) async fn models(State(app): Shared) -> Json<Offer> {
    Json(app.runs.councils().offer())
}
