//! Routes of runs: start, steer and read them.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::Serialize;

use super::descriptions::{Faults, FullQueue, GraphQuery, RunId, UnknownRun};
use super::graph_response::graph_response;
use super::request::answer::AnswerRequest;
use super::request::idempotency::{IdempotencyHeader, IdempotencyKey};
use super::request::start::StartRequest;
use crate::app::{PathId, PathParams, PathRun, SharedApp};
use crate::http::error::ApiError;
use crate::http::query;
use crate::runs::history::HistoryPlace;
use crate::runs::registry::FindError;
use crate::runs::retry::RetriedRun;
use crate::runs::start::Start;
use crate::wire::chair::ChairState;
use crate::wire::contribution::Contribution;
use crate::wire::error_body::ErrorBody;
use crate::wire::graph::GraphJson;
use crate::wire::history::HistoryEntry;
use crate::wire::result::RunResult;
use crate::wire::started::Started;

/// Starts a run of the built-in council. The run is stored before the answer.
#[utoipa::path(
    post,
    path = "/api/councils/run",
    operation_id = "start",
    tag = "runs",
    params(IdempotencyHeader),
    request_body = StartRequest,
    responses(
        (status = 202, description = "The run is accepted and stored", body = Started),
        (status = 409, description = "Another run has the id that the client has chosen", body = ErrorBody),
        Faults,
        FullQueue,
    ),
)]
pub(crate) async fn start(State(app): SharedApp, key: IdempotencyKey, body: Body) -> Result<Response, ApiError> {
    let (start, request) = key.read_start(&["run"], body, app.read_timeout).await?;
    let StartRequest { input_topic: topic, god_mode, .. } = start;
    let handle = app.runs.start(Start { topic, god_mode, blueprint: None, request }).await?;
    Ok((StatusCode::ACCEPTED, Json(Started::new(handle.id()))).into_response())
}

/// The result of a run so far.
#[utoipa::path(
    get,
    path = "/api/councils/run/{id}",
    operation_id = "result",
    tag = "runs",
    params(RunId),
    responses(
        (status = 200, description = "The result so far", body = RunResult),
        UnknownRun,
    ),
)]
pub(crate) async fn result(State(app): SharedApp, PathRun(run): PathRun) -> Result<Response, ApiError> {
    if !run.status().is_final() {
        return app.answers.json(run.text_bytes(), || to_json(&app.runs.result(&run)).into_bytes());
    }
    let result = async { Ok(to_json(&app.runs.result(&run)).into_bytes()) };
    app.answers.shared(format!("result {} {}", run.id(), run.record_count()), result).await
}

/// Answers a pause as the chair. Only one answer to a pause is accepted.
#[utoipa::path(
    post,
    path = "/api/councils/run/{id}/approve",
    operation_id = "approve",
    tag = "runs",
    params(RunId, IdempotencyHeader),
    request_body = AnswerRequest,
    responses(
        (status = 200, description = "The answer is accepted", body = RunResult),
        (status = 400, description = "The run is not paused, or does not exist", body = ErrorBody),
        Faults,
    ),
)]
pub(crate) async fn approve(
    State(app): SharedApp,
    PathParams(id): PathId,
    key: IdempotencyKey,
    body: Body,
) -> Result<Json<RunResult>, ApiError> {
    let (answer, request) = key.read::<AnswerRequest>(&["approve", &id], body, app.read_timeout).await?;
    Ok(Json(app.runs.result(&*app.runs.answer(&id, answer.into_answer(request)).await?)))
}

/// The state of a run, for its chair.
#[utoipa::path(
    get,
    path = "/api/councils/run/{id}/state",
    operation_id = "state",
    tag = "runs",
    params(RunId),
    responses(
        (status = 200, description = "The state of the run", body = ChairState),
        (status = 404, description = "The run does not exist, or has no chair", body = ErrorBody),
    ),
)]
pub(crate) async fn state(State(app): SharedApp, PathParams(id): PathId) -> Result<Response, ApiError> {
    let run = match app.runs.find(&id).await {
        // As in the original, which looks only for a session of a chair.
        Err(FindError::Unknown(_)) => return Err(ApiError::NoChair(id)),
        found => found?,
    };
    let records = run.record_count();
    let state = async {
        let state = app.runs.chair_state(&run, records).await?;
        state.map(|state| to_json(&state).into_bytes()).ok_or_else(|| ApiError::NoChair(run.id().to_string()))
    };
    app.answers.shared(format!("state {} {records}", run.id()), state).await
}

/// Cancels a run at once.
#[utoipa::path(
    post,
    path = "/api/councils/run/{id}/cancel",
    operation_id = "cancel",
    tag = "runs",
    params(RunId),
    responses(
        (status = 200, description = "The run is cancelled", body = RunResult),
        UnknownRun,
        (status = 409, description = "The run has ended", body = ErrorBody),
    ),
)]
pub(crate) async fn cancel(State(app): SharedApp, PathParams(id): PathId) -> Result<Json<RunResult>, ApiError> {
    Ok(Json(app.runs.result(&*app.runs.cancel(&id).await?)))
}

/// Goes on from the last position of a run that has failed, or was cancelled, rejected or stopped by a limit, or that is pending with a
/// reason in `error`. A run of the built-in council goes on with the models of this server. A run of a blueprint goes on with the limit of
/// calls and the settings of the agents that the saved blueprint has, unless its nodes or edges have changed: then the run keeps its own blueprint, and `note`
/// says so. If the models change by this, watchers receive `models_changed`.
///
/// The numbers of its events go on: the last event is followed by `run_resumed`. A run that was rejected, or cancelled while it was paused,
/// is paused again.
#[utoipa::path(
    post,
    path = "/api/councils/run/{id}/retry",
    operation_id = "retry",
    tag = "runs",
    params(RunId, IdempotencyHeader),
    responses(
        (status = 202, description = "The run goes on, or is queued", body = RunResult),
        UnknownRun,
        (status = 409, description = "The run is at work, in the queue, paused or completed", body = ErrorBody),
        Faults,
        FullQueue,
    ),
)]
pub(crate) async fn retry(
    State(app): SharedApp,
    PathParams(id): PathId,
    key: IdempotencyKey,
) -> Result<Response, ApiError> {
    let RetriedRun { run, note } = app.runs.retry(&id, key.request(&["retry", &id], b"")).await?;
    Ok((StatusCode::ACCEPTED, Json(RunResult { note, ..app.runs.result(&run) })).into_response())
}

/// The history of runs, newest first.
#[utoipa::path(
    get,
    path = "/api/runs/",
    operation_id = "history",
    tag = "runs",
    params(
        ("limit" = inline(Option<u64>), Query, minimum = 1, maximum = 200, description = "The number of entries; 50 by default"),
        ("offset" = inline(Option<u64>), Query, minimum = 0, description = "The number of newest entries to skip"),
    ),
    responses(
        (status = 200, description = "Entries of the history, newest first", body = Vec<HistoryEntry>),
        Faults,
    ),
)]
pub(crate) async fn history(State(app): SharedApp, RawQuery(query): RawQuery) -> Result<Response, ApiError> {
    let (limit, offset) = query::page(&query.unwrap_or_default(), 200, 50)?;
    let runs = Arc::clone(&app.runs);
    let batches = stream::try_unfold((runs, HistoryPlace::new(offset, limit)), async |(runs, mut place)| {
        let batch = runs.history(&mut place).await?;
        let batch = batch.map(|batch| batch.iter().map(to_json).collect());
        Ok(batch.map(|batch| (batch, (runs, place))))
    });
    app.answers.list(batches).await
}

/// One entry of the history.
#[utoipa::path(
    get,
    path = "/api/runs/{id}",
    operation_id = "history_entry",
    tag = "runs",
    params(RunId),
    responses(
        (status = 200, description = "The entry", body = HistoryEntry),
        UnknownRun,
    ),
)]
pub(crate) async fn history_entry(
    State(app): SharedApp,
    PathParams(id): PathId,
) -> Result<Json<HistoryEntry>, ApiError> {
    Ok(Json(app.runs.history_entry(&id).await?))
}

/// The graph of a run. It stays the same if its blueprint is changed or deleted. The models are those of the run.
#[utoipa::path(
    get,
    path = "/api/runs/{id}/graph",
    operation_id = "run_graph",
    tag = "runs",
    params(RunId, GraphQuery),
    responses(
        (status = 200, description = "The graph", content((GraphJson = "application/json"), (String = "text/plain"))),
        UnknownRun,
        Faults,
    ),
)]
pub(crate) async fn run_graph(
    State(app): SharedApp,
    PathRun(run): PathRun,
    query: RawQuery,
) -> Result<Response, ApiError> {
    let blueprint = run.blueprint();
    graph_response(&app, blueprint.as_ref().map(|run| &**run.blueprint()), &run.models(), &query)
}

/// The drafts and verdicts of a run.
#[utoipa::path(
    get,
    path = "/api/runs/{id}/rounds",
    operation_id = "rounds",
    tag = "runs",
    params(
        RunId,
        ("limit" = inline(Option<u64>), Query, minimum = 1, description = "The number of contributions; all by default"),
        ("offset" = inline(Option<u64>), Query, minimum = 0, description = "The number of oldest contributions to skip"),
    ),
    responses(
        (status = 200, description = "Drafts and verdicts, oldest first", body = Vec<Contribution>),
        UnknownRun,
        Faults,
    ),
)]
pub(crate) async fn rounds(
    State(app): SharedApp,
    PathParams(id): PathId,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let (limit, offset) = query::page(&query.unwrap_or_default(), u64::MAX, u64::MAX)?;
    let records = app.runs.stored_records(&id).await?;
    let rounds = async {
        let rounds = app.runs.rounds(&id).await?;
        let skipped = usize::try_from(offset).unwrap_or(usize::MAX);
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        Ok(to_json(&rounds.iter().skip(skipped).take(most).collect::<Vec<_>>()).into_bytes())
    };
    app.answers.shared(format!("rounds {id} {records} {offset} {limit}"), rounds).await
}

fn to_json(answer: &impl Serialize) -> String {
    serde_json::to_string(answer).expect("texts and numbers become JSON")
}
