//! Routes of the built-in graph and of the models.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use council_llm::ModelCatalog;

use super::descriptions::{Faults, GraphQuery};
use super::graph_response::graph_response;
use crate::app::SharedApp;
use crate::http::error::ApiError;
use crate::wire::graph::GraphJson;

/// The graph of the built-in council.
#[utoipa::path(
    get,
    path = "/api/councils/graph",
    operation_id = "graph",
    tag = "blueprints",
    params(GraphQuery),
    responses(
        (status = 200, description = "The graph", content((GraphJson = "application/json"), (String = "text/plain"))),
        Faults,
    ),
)]
pub(crate) async fn graph(State(app): SharedApp, query: RawQuery) -> Result<Response, ApiError> {
    graph_response(&app, None, &BTreeMap::new(), &query)
}

/// The models that agents can have.
#[utoipa::path(
    get,
    path = "/api/models",
    operation_id = "models",
    tag = "blueprints",
    responses(
        (status = 200, description = "All providers; an unavailable one has its missing setting", body = ModelCatalog),
    ),
)]
pub(crate) async fn models(State(app): SharedApp) -> Json<ModelCatalog> {
    Json(app.runs.councils().catalog())
}
