//! Answer with a graph, as JSON or as Mermaid text.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};
use council_llm::Blueprint;
use utoipa::ToSchema;

use crate::app::App;
use crate::http::error::ApiError;
use crate::http::query;

/// A graph in the format that the query asks for. `models` are those of a run of the built-in council, by node.
pub(crate) fn graph_response(
    app: &App,
    blueprint: Option<&Blueprint>,
    models: &BTreeMap<String, String>,
    query: &RawQuery,
) -> Result<Response, ApiError> {
    let format = query::word(query.0.as_deref().unwrap_or_default(), "format", &["json", "mermaid"])?;
    let drawing = app.runs.councils().drawing(blueprint, models)?;
    Ok(match format {
        "mermaid" => drawing.into_mermaid().into_response(),
        _ => Json(drawing).into_response(),
    })
}

/// The format of a graph.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "only its schema is used, in the OpenAPI document")]
pub(crate) enum GraphFormat {
    /// Nodes and edges.
    Json,
    /// Mermaid text.
    Mermaid,
}
