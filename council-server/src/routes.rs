//! The routes, and what the REST ones do.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use council_llm::{Blueprint, Offer};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::access::{self, Access};
use crate::api_error::ApiError;
use crate::metrics::Metrics;
use crate::probe::Probe;
use crate::runs::{RunEntry, Runs, Start};
use crate::start_request::StartRequest;
use crate::store::Store;
use crate::wire::{ChairState, Contribution, HistoryEntry, RunResult, Started};
use crate::{answer_request, blueprint_routes, body, events, observed, operations, page, query, socket};

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
    Router::new()
        .route(access::HEALTH, get(operations::health))
        .route("/api/ready", get(operations::ready))
        .route("/metrics", get(operations::metrics))
        .route("/api/councils/run", post(start))
        .route("/api/councils/run/{id}", get(result))
        .route("/api/councils/run/{id}/approve", post(approve))
        .route("/api/councils/run/{id}/state", get(state))
        .route("/api/councils/run/{id}/cancel", post(cancel))
        .route("/api/councils", get(with_slash).post(with_slash))
        .route("/api/councils/", get(blueprint_routes::list).post(blueprint_routes::create))
        .route(
            "/api/councils/{id}",
            get(blueprint_routes::show).put(blueprint_routes::replace).delete(blueprint_routes::delete),
        )
        .route("/api/councils/{id}/run", post(blueprint_routes::run))
        .route("/api/councils/{id}/graph", get(blueprint_routes::graph))
        .route("/api/councils/graph", get(graph))
        .route("/api/models", get(models))
        .route("/api/runs", get(with_slash))
        .route("/api/runs/", get(history))
        .route("/api/runs/{id}", get(history_entry))
        .route("/api/runs/{id}/graph", get(run_graph))
        .route("/api/runs/{id}/rounds", get(rounds))
        .route("/api/runs/{id}/events", get(events::events))
        .route("/ws/council/{id}", get(socket::council))
        .route(page::PATH, get(page::page))
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

pub(crate) type Shared = State<Arc<App>>;

async fn start(State(app): Shared, body: Body) -> Result<Response, ApiError> {
    let body = body::read(body, app.read_timeout).await?;
    let StartRequest { topic, god_mode } = StartRequest::parse(&body).map_err(ApiError::Invalid)?;
    let entry = app.runs.start(Start { topic, god_mode, blueprint: None }).await?;
    Ok((StatusCode::ACCEPTED, Json(Started::new(entry.id()))).into_response())
}

async fn result(State(app): Shared, id: Id) -> Result<Json<RunResult>, ApiError> {
    Ok(Json(app.runs.result(&*find(&app, id).await?)))
}

async fn approve(State(app): Shared, id: Id, body: Body) -> Result<Json<RunResult>, ApiError> {
    let id = name(id)?;
    let action = answer_request::parse(&body::read(body, app.read_timeout).await?).map_err(ApiError::Invalid)?;
    Ok(Json(app.runs.result(&*app.runs.answer(&id, action).await?)))
}

async fn state(State(app): Shared, id: Id) -> Result<Json<ChairState>, ApiError> {
    let entry = find(&app, id).await?;
    entry.chair().map(Json).ok_or_else(|| ApiError::NoChair(entry.id().to_string()))
}

async fn cancel(State(app): Shared, id: Id) -> Result<Json<RunResult>, ApiError> {
    Ok(Json(app.runs.result(&*app.runs.cancel(&name(id)?).await?)))
}

async fn history(State(app): Shared, RawQuery(query): RawQuery) -> Result<Json<Vec<HistoryEntry>>, ApiError> {
    let query = query.unwrap_or_default();
    let limit = query::number(&query, "limit", 1..=200, 50);
    let offset = query::number(&query, "offset", 0..=u64::MAX, 0);
    match (limit, offset) {
        (Ok(limit), Ok(offset)) => Ok(Json(app.runs.list(limit, offset).await?)),
        (limit, offset) => Err(ApiError::Invalid(limit.err().into_iter().chain(offset.err()).collect())),
    }
}

async fn history_entry(State(app): Shared, id: Id) -> Result<Json<HistoryEntry>, ApiError> {
    Ok(Json(app.runs.recall(&name(id)?).await?))
}

/// The graph of the built-in council.
async fn graph(State(app): Shared, query: Query) -> Result<Response, ApiError> {
    drawn(&app, None, &query)
}

/// The graph that a run has, whatever has become of its blueprint.
async fn run_graph(State(app): Shared, id: Id, query: Query) -> Result<Response, ApiError> {
    let blueprint = find(&app, id).await?.blueprint();
    drawn(&app, blueprint.as_deref(), &query)
}

/// What was written in a run, piece by piece.
async fn rounds(State(app): Shared, id: Id) -> Result<Json<Vec<Contribution>>, ApiError> {
    Ok(Json(app.runs.rounds(&name(id)?).await?))
}

/// Which models agents may be given.
async fn models(State(app): Shared) -> Json<Offer> {
    Json(app.runs.councils().offer())
}

/// The lists have a slash at the end; who leaves it out is shown the way, as by the original.
async fn with_slash(uri: Uri) -> Redirect {
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    Redirect::temporary(&format!("{}/{query}", uri.path()))
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

pub(crate) type Query = RawQuery;

/// The id in the path; one that is no UTF-8 names no path of ours.
pub(crate) type Id = Result<Path<String>, PathRejection>;

pub(crate) fn name(id: Id) -> Result<String, ApiError> {
    id.map(|Path(id)| id).map_err(|_| ApiError::NotFound)
}

pub(crate) async fn find(app: &App, id: Id) -> Result<Arc<RunEntry>, ApiError> {
    Ok(app.runs.find(&name(id)?).await?)
}
