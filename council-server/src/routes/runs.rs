//! The routes of runs: starting, steering, looking at them and back.

use axum::Json;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::graph_response::{GraphFormat, graph_response};
use super::request::answer::AnswerRequest;
use super::request::start::StartRequest;
use crate::app::{PathId, Query, SharedApp, find_run, path_id};
use crate::http::body;
use crate::http::error::ApiError;
use crate::http::query;
use crate::runs::start::Start;
use crate::wire::chair::ChairState;
use crate::wire::contribution::Contribution;
use crate::wire::error_body::{ErrorBody, FaultsBody};
use crate::wire::graph::GraphJson;
use crate::wire::history::HistoryEntry;
use crate::wire::result::RunResult;
use crate::wire::started::Started;

/// Starts a run of the built-in council. It is on the disk when this answers.
#[utoipa::path(
    post,
    path = "/api/councils/run",
    operation_id = "start",
    tag = "runs",
    request_body = StartRequest,
    responses(
        (status = 202, description = "The run is accepted", body = Started),
        (status = 422, description = "Every fault of the request", body = FaultsBody),
        (status = 429, description = "Too many runs wait for their turn", body = ErrorBody),
    ),
)]
pub(crate) async fn start(State(app): SharedApp, body: Body) -> Result<Response, ApiError> {
    let StartRequest { input_topic: topic, god_mode } = body::read(body, app.read_timeout).await?;
    let entry = app.runs.start(Start { topic, god_mode, blueprint: None }).await?;
    Ok((StatusCode::ACCEPTED, Json(Started::new(entry.id()))).into_response())
}

/// What a run has come to so far.
#[utoipa::path(
    get,
    path = "/api/councils/run/{id}",
    operation_id = "result",
    tag = "runs",
    params(("id" = String, Path, description = "The id of the run")),
    responses(
        (status = 200, description = "The result, as far as there is one", body = RunResult),
        (status = 404, description = "There is no such run", body = ErrorBody),
    ),
)]
pub(crate) async fn result(State(app): SharedApp, id: PathId) -> Result<Json<RunResult>, ApiError> {
    Ok(Json(app.runs.result(&*find_run(&app, id).await?)))
}

/// Answers for the chair. Of several answers to one pause one counts.
#[utoipa::path(
    post,
    path = "/api/councils/run/{id}/approve",
    operation_id = "approve",
    tag = "runs",
    params(("id" = String, Path, description = "The id of the run")),
    request_body = AnswerRequest,
    responses(
        (status = 200, description = "The answer counts", body = RunResult),
        (status = 400, description = "The run is not paused, or there is none", body = ErrorBody),
        (status = 422, description = "Every fault of the request", body = FaultsBody),
    ),
)]
pub(crate) async fn approve(State(app): SharedApp, id: PathId, body: Body) -> Result<Json<RunResult>, ApiError> {
    let id = path_id(id)?;
    let answer: AnswerRequest = body::read(body, app.read_timeout).await?;
    Ok(Json(app.runs.result(&*app.runs.answer(&id, answer.into()).await?)))
}

/// What the chair sees of a run.
#[utoipa::path(
    get,
    path = "/api/councils/run/{id}/state",
    operation_id = "state",
    tag = "runs",
    params(("id" = String, Path, description = "The id of the run")),
    responses(
        (status = 200, description = "The state of the run", body = ChairState),
        (status = 404, description = "There is no such run, or nobody sits in its chair", body = ErrorBody),
    ),
)]
pub(crate) async fn state(State(app): SharedApp, id: PathId) -> Result<Json<ChairState>, ApiError> {
    let entry = find_run(&app, id).await?;
    let state = app.runs.chair_state(&entry).await?;
    state.map(Json).ok_or_else(|| ApiError::NoChair(entry.id().to_string()))
}

/// Ends a run at once and for good.
#[utoipa::path(
    post,
    path = "/api/councils/run/{id}/cancel",
    operation_id = "cancel",
    tag = "runs",
    params(("id" = String, Path, description = "The id of the run")),
    responses(
        (status = 200, description = "The run is cancelled", body = RunResult),
        (status = 404, description = "There is no such run", body = ErrorBody),
        (status = 409, description = "The run has ended", body = ErrorBody),
    ),
)]
pub(crate) async fn cancel(State(app): SharedApp, id: PathId) -> Result<Json<RunResult>, ApiError> {
    Ok(Json(app.runs.result(&*app.runs.cancel(&path_id(id)?).await?)))
}

/// The runs that there were, the newest first.
#[utoipa::path(
    get,
    path = "/api/runs/",
    operation_id = "history",
    tag = "runs",
    params(
        ("limit" = inline(Option<u64>), Query, minimum = 1, maximum = 200, description = "How many; 50 unless it is said"),
        ("offset" = inline(Option<u64>), Query, minimum = 0, description = "How many of the newest are left out"),
    ),
    responses(
        (status = 200, description = "Entries of the history", body = Vec<HistoryEntry>),
        (status = 422, description = "Every fault of the request", body = FaultsBody),
    ),
)]
pub(crate) async fn history(
    State(app): SharedApp,
    RawQuery(query): RawQuery,
) -> Result<Json<Vec<HistoryEntry>>, ApiError> {
    let query = query.unwrap_or_default();
    let limit = query::number(&query, "limit", 1..=200, 50);
    let offset = query::number(&query, "offset", 0..=u64::MAX, 0);
    match (limit, offset) {
        (Ok(limit), Ok(offset)) => Ok(Json(app.runs.history(limit, offset).await?)),
        (limit, offset) => Err(ApiError::Invalid(limit.err().into_iter().chain(offset.err()).collect())),
    }
}

/// The entry of one run in the history.
#[utoipa::path(
    get,
    path = "/api/runs/{id}",
    operation_id = "history_entry",
    tag = "runs",
    params(("id" = String, Path, description = "The id of the run")),
    responses(
        (status = 200, description = "The entry", body = HistoryEntry),
        (status = 404, description = "There is no such run", body = ErrorBody),
    ),
)]
pub(crate) async fn history_entry(State(app): SharedApp, id: PathId) -> Result<Json<HistoryEntry>, ApiError> {
    Ok(Json(app.runs.history_entry(&path_id(id)?).await?))
}

/// The graph that a run has, whatever has become of its blueprint.
#[utoipa::path(
    get,
    path = "/api/runs/{id}/graph",
    operation_id = "run_graph",
    tag = "runs",
    params(
        ("id" = String, Path, description = "The id of the run"),
        ("format" = inline(Option<GraphFormat>), Query, description = "As JSON, unless it is said otherwise"),
    ),
    responses(
        (status = 200, description = "The graph", content((GraphJson = "application/json"), (String = "text/plain"))),
        (status = 404, description = "There is no such run", body = ErrorBody),
        (status = 422, description = "Every fault of the request", body = FaultsBody),
    ),
)]
pub(crate) async fn run_graph(State(app): SharedApp, id: PathId, query: Query) -> Result<Response, ApiError> {
    let blueprint = find_run(&app, id).await?.blueprint();
    graph_response(&app, blueprint.as_deref(), &query)
}

/// What was written in a run, piece by piece.
#[utoipa::path(
    get,
    path = "/api/runs/{id}/rounds",
    operation_id = "rounds",
    tag = "runs",
    params(("id" = String, Path, description = "The id of the run")),
    responses(
        (status = 200, description = "Drafts and verdicts, oldest first", body = Vec<Contribution>),
        (status = 404, description = "There is no such run", body = ErrorBody),
    ),
)]
pub(crate) async fn rounds(State(app): SharedApp, id: PathId) -> Result<Json<Vec<Contribution>>, ApiError> {
    Ok(Json(app.runs.rounds(&path_id(id)?).await?))
}
