//! The answer with a graph, as JSON or as text.

use axum::Json;
use axum::response::{IntoResponse, Response};
use council_llm::Blueprint;
use utoipa::ToSchema;

use crate::app::{App, Query};
use crate::http::error::ApiError;
use crate::http::query;

/// A graph as JSON, or as text for a Mermaid renderer.
pub(crate) fn graph_response(app: &App, blueprint: Option<&Blueprint>, query: &Query) -> Result<Response, ApiError> {
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
pub(crate) enum GraphFormat {
    /// Nodes and edges.
    Json,
    /// Text for a Mermaid renderer.
    Mermaid,
}
