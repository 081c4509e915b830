//! The routes of graphs, and of the models that play in them.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use council_llm::{Blueprint, Offer};
use utoipa::ToSchema;

use crate::api_error::ApiError;
use crate::query;
use crate::app::{App, Query, Shared};
use crate::wire::{Drawing, Faults};

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

/// A graph as JSON, or as text for a Mermaid renderer.
pub(crate) fn drawn(app: &App, blueprint: Option<&Blueprint>, query: &Query) -> Result<Response, ApiError> {
    let format = query::word(query.0.as_deref().unwrap_or_default(), "format", &["json", "mermaid"]);
    let format = format.map_err(|fault| ApiError::Invalid(vec![fault]))?;
    let drawing = app.runs.councils().drawing(blueprint)?;
    Ok(match format {
        "mermaid" => drawing.into_mermaid().into_response(),
        _ => Json(drawing).into_response(),
    })
}

/// How a graph is told.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "it stands for the words in the document of the routes")]
pub(crate) enum Format {
    /// Nodes and edges.
    Json,
    /// Text for a Mermaid renderer.
    Mermaid,
}
