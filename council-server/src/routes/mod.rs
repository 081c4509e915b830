//! All routes, and the OpenAPI document of them.

mod assets;
mod blueprints;
mod descriptions;
mod graph_response;
mod events;
mod graph;
mod openapi;
mod operations;
mod page;
mod page_text;
mod errors;
mod request;
mod runs;
mod socket;

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use axum::extract::State;
use axum::http::{Uri, header};
use axum::response::{IntoResponse, Redirect};
use axum::routing::any;
use axum::{Extension, Router, middleware};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::openapi::frame;
use self::page::Pages;
use crate::app::App;
use crate::http::base_path::BasePath;
use crate::http::error::ApiError;
use crate::http::request_log;
use crate::http::{access, answers};

/// All routes, below the base path. The host and the origin are checked first, then the token.
pub(crate) fn router(app: Arc<App>) -> Router {
    let (access, metrics) = (Arc::clone(&app.access), Arc::clone(&app.metrics));
    let prefix = app.base_path.prefix().to_owned();
    let pages = Arc::new(Pages::new(&prefix));
    let (routes, _) = documented();
    let routes = routes
        .fallback(async || ApiError::NotFound)
        .method_not_allowed_fallback(async || ApiError::MethodNotAllowed)
        .layer(middleware::from_fn_with_state(Arc::clone(&app.answers), answers::count_answer))
        .layer(middleware::from_fn_with_state(Arc::clone(&access), access::check_token))
        .layer(middleware::from_fn_with_state(Arc::clone(&pages), page::ask_for_token))
        .layer(Extension(pages))
        .layer(access.cors());
    let routes = if prefix.is_empty() {
        routes
    } else {
        let nested = Router::new().nest(&format!("{prefix}/"), routes);
        nested.route(&prefix, any(async |uri: Uri| with_slash("", &uri))).fallback(async || ApiError::NotFound)
    };
    routes
        .layer(middleware::from_fn_with_state(access, access::check_host_and_origin))
        .layer(middleware::from_fn_with_state(metrics, request_log::log_request))
        .layer(middleware::map_response(access::add_security_headers))
        .with_state(app)
}

/// The routes and their document. Both come from one list, so no route is missing in the document.
pub(crate) fn documented() -> (Router<Arc<App>>, OpenApi) {
    OpenApiRouter::with_openapi(frame())
        .routes(routes!(runs::start))
        .routes(routes!(runs::result))
        .routes(routes!(runs::approve))
        .routes(routes!(runs::state))
        .routes(routes!(runs::cancel))
        .routes(routes!(runs::retry))
        .routes(routes!(history_slash))
        .routes(routes!(runs::history))
        .routes(routes!(runs::history_entry))
        .routes(routes!(runs::run_graph))
        .routes(routes!(runs::rounds))
        .routes(routes!(events::events))
        .routes(routes!(socket::council))
        .routes(routes!(blueprints_slash, create_slash))
        .routes(routes!(blueprints::list, blueprints::create))
        .routes(routes!(blueprints::show, blueprints::replace, blueprints::delete))
        .routes(routes!(blueprints::check))
        .routes(routes!(blueprints::run))
        .routes(routes!(blueprints::graph))
        .routes(routes!(graph::graph))
        .routes(routes!(graph::models))
        .routes(routes!(operations::health))
        .routes(routes!(operations::ready))
        .routes(routes!(operations::metrics))
        .routes(routes!(document))
        .routes(routes!(page::page))
        .routes(routes!(assets::asset))
        .routes(routes!(assets::asset_in_folder))
        .split_for_parts()
}

/// The OpenAPI 3.1 document of the routes as JSON, as `/openapi.json` of a server without a base path serves it.
///
/// ```
/// assert!(council_server::openapi().starts_with(r#"{"openapi":"3.1.0""#));
/// ```
#[must_use]
pub fn openapi() -> &'static str {
    static DOCUMENT: LazyLock<String> = LazyLock::new(|| openapi::complete(documented().1, &BasePath::default()));
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
async fn document(State(app): State<Arc<App>>) -> impl IntoResponse {
    let document: Cow<'static, str> = if app.base_path == BasePath::default() {
        openapi().into()
    } else {
        openapi::complete(documented().1, &app.base_path).into()
    };
    ([(header::CONTENT_TYPE, "application/json")], document)
}

/// Redirects to the same path with a slash at its end, as the original does. The path of a route comes without the prefix.
fn with_slash(prefix: &str, uri: &Uri) -> Redirect {
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    Redirect::temporary(&format!("{prefix}{}/{query}", uri.path()))
}

/// Redirects to the same path with a slash at its end.
#[utoipa::path(
    get,
    path = "/api/councils",
    operation_id = "list_without_slash",
    tag = "blueprints",
    responses((status = 307, description = "The path with a slash at its end")),
)]
async fn blueprints_slash(State(app): State<Arc<App>>, uri: Uri) -> Redirect {
    with_slash(app.base_path.prefix(), &uri)
}

/// Redirects to the same path with a slash at its end.
#[utoipa::path(
    post,
    path = "/api/councils",
    operation_id = "create_without_slash",
    tag = "blueprints",
    responses((status = 307, description = "The path with a slash at its end")),
)]
async fn create_slash(State(app): State<Arc<App>>, uri: Uri) -> Redirect {
    with_slash(app.base_path.prefix(), &uri)
}

/// Redirects to the same path with a slash at its end.
#[utoipa::path(
    get,
    path = "/api/runs",
    operation_id = "history_without_slash",
    tag = "runs",
    responses((status = 307, description = "The path with a slash at its end")),
)]
async fn history_slash(State(app): State<Arc<App>>, uri: Uri) -> Redirect {
    with_slash(app.base_path.prefix(), &uri)
}
