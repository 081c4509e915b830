//! All routes, and what their handlers share.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::Uri;
use axum::response::Redirect;
use axum::{Router, middleware};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::access::{self, Access};
use crate::api_error::ApiError;
use crate::metrics::Metrics;
use crate::probe::Probe;
use crate::runs::{RunEntry, Runs};
use crate::store::Store;
use crate::{blueprint_routes, events, graph_routes, observed, openapi, operations, page, run_routes, socket};

/// What the handlers share.
pub(crate) struct App {
    pub(crate) runs: Arc<Runs>,
    pub(crate) store: Arc<Store>,
    pub(crate) access: Arc<Access>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) probe: Probe,
    pub(crate) send_timeout: Duration,
    /// How long a body may take.
    pub(crate) read_timeout: Duration,
    /// One for each who may watch at once.
    pub(crate) watchers: Arc<Semaphore>,
    /// How often a watcher has to show that it is there.
    pub(crate) ping: Duration,
    /// Connections and the sockets that came out of them.
    pub(crate) tasks: TaskTracker,
    /// The server is gone; whatever is left ends at once.
    pub(crate) gone: CancellationToken,
}

/// All routes, with the origin checked before the token and both before anything else.
pub(crate) fn router(app: Arc<App>) -> Router {
    let (access, metrics) = (Arc::clone(&app.access), Arc::clone(&app.metrics));
    let (routes, _) = documented();
    routes
        .fallback(async || ApiError::NotFound)
        .method_not_allowed_fallback(async || ApiError::MethodNotAllowed)
        .layer(middleware::from_fn_with_state(Arc::clone(&access), access::check_token))
        .layer(access.cors())
        .layer(middleware::from_fn_with_state(access, access::check_origin))
        .layer(middleware::from_fn_with_state(metrics, observed::request))
        .layer(middleware::map_response(access::guard))
        .with_state(app)
}

impl App {
    /// One of the places for those who watch, held as long as they do.
    pub(crate) fn watcher(&self) -> Result<OwnedSemaphorePermit, ApiError> {
        Arc::clone(&self.watchers).try_acquire_owned().map_err(|_| ApiError::TooManyWatchers)
    }
}

/// The routes and the document of them. There is no way to serve one that the document does not know.
pub(crate) fn documented() -> (Router<Arc<App>>, OpenApi) {
    OpenApiRouter::with_openapi(openapi::frame())
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
        .routes(routes!(openapi::document))
        .routes(routes!(page::page))
        .split_for_parts()
}

pub(crate) type Shared = State<Arc<App>>;

pub(crate) type Query = RawQuery;

/// The id in the path; one that is no UTF-8 names no path of ours.
pub(crate) type Id = Result<Path<String>, PathRejection>;

pub(crate) fn name(id: Id) -> Result<String, ApiError> {
    id.map(|Path(id)| id).map_err(|_| ApiError::NotFound)
}

pub(crate) async fn find(app: &App, id: Id) -> Result<Arc<RunEntry>, ApiError> {
    Ok(app.runs.find(&name(id)?).await?)
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
