//! The routes of graphs, and of the models that play in them.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use council_llm::Offer;

use super::graph_response::{GraphFormat, graph_response};
use crate::app::{Query, SharedApp};
use crate::http::error::ApiError;
use crate::wire::error_body::FaultsBody;
use crate::wire::graph::GraphJson;

/// The graph of the built-in council.
#[utoipa::path(
    get,
    path = "/api/councils/graph",
    operation_id = "graph",
    tag = "blueprints",
    params(("format" = inline(Option<GraphFormat>), Query, description = "As JSON, unless it is said otherwise")),
    responses(
        (status = 200, description = "The graph", content((GraphJson = "application/json"), (String = "text/plain"))),
        (status = 422, description = "Every fault of the request", body = FaultsBody),
    ),
)]
pub(crate) async fn graph(State(app): SharedApp, query: Query) -> Result<Response, ApiError> {
    graph_response(&app, None, &query)
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
pub(crate) async fn models(State(app): SharedApp) -> Json<Offer> {
    Json(app.runs.councils().catalog())
}
