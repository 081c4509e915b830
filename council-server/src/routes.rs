//! All routes.

use std::sync::{Arc, LazyLock};

use axum::http::{Uri, header};
use axum::response::{IntoResponse, Redirect};
use axum::{Router, middleware};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::blueprint_routes;
use crate::events;
use crate::graph_routes;
use crate::http::access;
use crate::http::error::ApiError;
use crate::http::request_log;
use crate::openapi::{add_common_answers, frame};
use crate::operations;
use crate::page;
use crate::run_routes;
use crate::socket;

/// All routes, with the origin checked before the token and both before anything else.
pub(crate) fn router(app: Arc<App>) -> Router {
    let (access, metrics) = (Arc::clone(&app.access), Arc::clone(&app.metrics));
    let (routes, _) = documented();
    routes
        .fallback(async || ApiError::NotFound)
        .method_not_allowed_fallback(async || ApiError::MethodNotAllowed)
        .layer(middleware::from_fn_with_state(Arc::clone(&access), access::check_token))
        .layer(middleware::from_fn(page::ask_for_token))
        .layer(access.cors())
        .layer(middleware::from_fn_with_state(access, access::check_origin))
        .layer(middleware::from_fn_with_state(metrics, request_log::request))
        .layer(middleware::map_response(access::guard))
        .with_state(app)
}

/// The routes and the document of them. There is no way to serve one that the document does not know.
pub(crate) fn documented() -> (Router<Arc<App>>, OpenApi) {
    OpenApiRouter::with_openapi(frame())
        .routes(routes!(run_routes::start))
        .routes(routes!(run_routes::result))
        .routes(routes!(run_routes::approve))
        .routes(routes!(run_routes::state))
        .routes(routes!(run_routes::cancel))
        .routes(routes!(history_slash))
        .routes(routes!(run_routes::history))
        .routes(routes!(run_routes::history_entry))
        .routes(routes!(run_routes::run_graph))
        .routes(routes!(run_routes::rounds))
        .routes(routes!(events::events))
        .routes(routes!(socket::council))
        .routes(routes!(blueprints_slash, create_slash))
        .routes(routes!(blueprint_routes::list, blueprint_routes::create))
        .routes(routes!(blueprint_routes::show, blueprint_routes::replace, blueprint_routes::delete))
        .routes(routes!(blueprint_routes::run))
        .routes(routes!(blueprint_routes::graph))
        .routes(routes!(graph_routes::graph))
        .routes(routes!(graph_routes::models))
        .routes(routes!(operations::health))
        .routes(routes!(operations::ready))
        .routes(routes!(operations::metrics))
        .routes(routes!(document))
        .routes(routes!(page::page))
        .split_for_parts()
}

/// The OpenAPI 3.1 document of the routes, as JSON: what `/openapi.json` answers.
///
/// ```
/// assert!(council_server::openapi().starts_with(r#"{"openapi":"3.1.0""#));
/// ```
#[must_use]
pub fn openapi() -> &'static str {
    static DOCUMENT: LazyLock<String> = LazyLock::new(|| {
        let (_, mut document) = documented();
        add_common_answers(&mut document);
        document.to_json().expect("texts and numbers become JSON")
    });
    &DOCUMENT
}

/// This document.
#[utoipa::path(
    get,
    path = "/openapi.json",
    operation_id = "openapi",
    tag = "server",
    responses((status = 200, description = "OpenAPI 3.1", body = serde_json::Value)),
)]
async fn document() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], openapi())
}

/// The lists have a slash at the end; who leaves it out is shown the way, as by the original.
fn with_slash(uri: &Uri) -> Redirect {
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    Redirect::temporary(&format!("{}/{query}", uri.path()))
}

/// Leads to the same path with a slash at its end.
#[utoipa::path(
    get,
    path = "/api/councils",
    operation_id = "list_without_slash",
    tag = "blueprints",
    responses((status = 307, description = "The path has a slash at its end")),
)]
async fn blueprints_slash(uri: Uri) -> Redirect {
    with_slash(&uri)
}

/// Leads to the same path with a slash at its end.
#[utoipa::path(
    post,
    path = "/api/councils",
    operation_id = "create_without_slash",
    tag = "blueprints",
    responses((status = 307, description = "The path has a slash at its end")),
)]
async fn create_slash(uri: Uri) -> Redirect {
    with_slash(&uri)
}

/// Leads to the same path with a slash at its end.
#[utoipa::path(
    get,
    path = "/api/runs",
    operation_id = "history_without_slash",
    tag = "runs",
    responses((status = 307, description = "The path has a slash at its end")),
)]
async fn history_slash(uri: Uri) -> Redirect {
    with_slash(&uri)
}
