//! Routes of blueprints: save, read and run them.

use std::collections::BTreeMap;

use axum::Json;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use council_llm::Blueprint;
use futures_util::stream;
use uuid::Uuid;

use super::descriptions::{self, BlueprintId, FullQueue, GraphQuery, UnknownBlueprint};
use super::graph_response::graph_response;
use super::request::blueprint_check::{self, For};
use super::request::idempotency::{IdempotencyHeader, IdempotencyKey};
use super::request::start::StartRequest;
use crate::app::{App, PathId, PathParams, SharedApp};
use crate::http::body;
use crate::http::error::ApiError;
use crate::http::faults::Faults;
use crate::http::query;
use crate::runs::start::Start;
use crate::store::blueprints::{ListPlace, MOST_BLUEPRINTS};
use crate::wire::check::BlueprintCheck;
use crate::wire::error_body::{ErrorBody, FaultsBody};
use crate::wire::graph::GraphJson;
use crate::wire::saved_blueprint::SavedBlueprint;
use crate::wire::started::Started;
use crate::wire::time::{now, time};

/// The blueprints, the last changed first.
#[utoipa::path(
    get,
    path = "/api/councils/",
    operation_id = "list",
    tag = "blueprints",
    params(
        ("limit" = inline(Option<u64>), Query, minimum = 1, maximum = 1000, description = "The number of blueprints; all by default"),
        ("offset" = inline(Option<u64>), Query, minimum = 0, description = "The number of last changed blueprints to skip"),
    ),
    responses(
        (status = 200, description = "The blueprints, the last changed first", body = Vec<Blueprint>),
        descriptions::Faults,
    ),
)]
pub(crate) async fn list(State(app): SharedApp, RawQuery(query): RawQuery) -> Result<Response, ApiError> {
    let (limit, offset) = query::page(&query.unwrap_or_default(), u64::from(MOST_BLUEPRINTS), MOST_BLUEPRINTS.into())?;
    let store = app.store.blueprints.clone();
    let batches = stream::try_unfold((store, ListPlace::new(offset, limit)), async |(store, place)| {
        let (batch, next) = store.batch(place).await?;
        Ok((!batch.is_empty()).then_some((batch, (store, next))))
    });
    app.answers.list(batches).await
}

/// Saves a new blueprint. If it has no id, the server assigns one.
#[utoipa::path(
    post,
    path = "/api/councils/",
    operation_id = "create",
    tag = "blueprints",
    request_body = Blueprint,
    responses(
        (status = 201, description = "The blueprint as saved", body = SavedBlueprint),
        (status = 409, description = "A blueprint with this id exists, or 1000 blueprints are saved", body = ErrorBody),
        descriptions::Faults,
    ),
)]
pub(crate) async fn create(State(app): SharedApp, body: Body) -> Result<(StatusCode, Json<SavedBlueprint>), ApiError> {
    let (mut blueprint, notes) = read(body, &app, For::Create).await?;
    if blueprint.id.is_empty() {
        blueprint.id = Uuid::new_v4().to_string();
    }
    blueprint.created_at.clone_from(&blueprint.updated_at);
    let blueprint = app.store.blueprints.insert(blueprint).await?;
    Ok((StatusCode::CREATED, Json(saved(blueprint, notes, &app))))
}

/// Checks a blueprint and saves nothing: its faults and warnings, each with its place.
#[utoipa::path(
    post,
    path = "/api/councils/check",
    operation_id = "check",
    tag = "blueprints",
    request_body = Blueprint,
    responses(
        (status = 200, description = "The faults and warnings of the blueprint", body = BlueprintCheck),
    ),
)]
pub(crate) async fn check(State(app): SharedApp, body: Body) -> Result<Json<BlueprintCheck>, ApiError> {
    let body = body::receive(body, app.read_timeout).await?;
    Ok(Json(blueprint_check::check(&body, app.runs.councils())))
}

/// One blueprint.
#[utoipa::path(
    get,
    path = "/api/councils/{id}",
    operation_id = "show",
    tag = "blueprints",
    params(BlueprintId),
    responses(
        (status = 200, description = "The blueprint", body = Blueprint),
        UnknownBlueprint,
    ),
)]
pub(crate) async fn show(State(app): SharedApp, PathParams(id): PathId) -> Result<Json<Blueprint>, ApiError> {
    Ok(Json(app.store.blueprints.get(id).await?))
}

/// Replaces the blueprint with this id. Runs that were started with the old one keep it until they are retried.
#[utoipa::path(
    put,
    path = "/api/councils/{id}",
    operation_id = "replace",
    tag = "blueprints",
    params(BlueprintId),
    request_body = Blueprint,
    responses(
        (status = 200, description = "The blueprint as saved", body = SavedBlueprint),
        UnknownBlueprint,
        descriptions::Faults,
    ),
)]
pub(crate) async fn replace(
    State(app): SharedApp,
    PathParams(id): PathId,
    body: Body,
) -> Result<Json<SavedBlueprint>, ApiError> {
    let (mut blueprint, notes) = read(body, &app, For::Replace).await?;
    blueprint.id = id;
    let blueprint = app.store.blueprints.replace(blueprint).await?;
    Ok(Json(saved(blueprint, notes, &app)))
}

/// Deletes a blueprint. Runs that were started with it continue.
#[utoipa::path(
    delete,
    path = "/api/councils/{id}",
    operation_id = "delete",
    tag = "blueprints",
    params(BlueprintId),
    responses(
        (status = 204, description = "The blueprint is deleted"),
        UnknownBlueprint,
    ),
)]
pub(crate) async fn delete(State(app): SharedApp, PathParams(id): PathId) -> Result<StatusCode, ApiError> {
    app.store.blueprints.delete(id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Starts a run of a blueprint.
#[utoipa::path(
    post,
    path = "/api/councils/{id}/run",
    operation_id = "run",
    tag = "blueprints",
    params(BlueprintId, IdempotencyHeader),
    request_body = StartRequest,
    responses(
        (status = 202, description = "The run is accepted and stored", body = Started),
        UnknownBlueprint,
        (status = 409, description = "Another run has the id that the client has chosen", body = ErrorBody),
        (status = 422, description = "All faults of the request, or of the blueprint", body = FaultsBody),
        FullQueue,
    ),
)]
pub(crate) async fn run(
    State(app): SharedApp,
    PathParams(id): PathId,
    key: IdempotencyKey,
    body: Body,
) -> Result<Response, ApiError> {
    let (start, request) = key.read_start(&["run", &id], body, app.read_timeout).await?;
    let StartRequest { input_topic: topic, god_mode, .. } = start;
    let handle = app.runs.start(Start { topic, god_mode, blueprint: Some(id), request }).await?;
    // The name at the start: the saved blueprint may have another one when the request is repeated.
    let name = handle.blueprint().map(|run| run.blueprint().name.clone()).unwrap_or_default();
    let started = Started::of_blueprint(handle.id(), &name, god_mode);
    Ok((StatusCode::ACCEPTED, Json(started)).into_response())
}

/// The graph of a blueprint.
#[utoipa::path(
    get,
    path = "/api/councils/{id}/graph",
    operation_id = "blueprint_graph",
    tag = "blueprints",
    params(BlueprintId, GraphQuery),
    responses(
        (status = 200, description = "The graph", content((GraphJson = "application/json"), (String = "text/plain"))),
        UnknownBlueprint,
        descriptions::Faults,
    ),
)]
pub(crate) async fn graph(
    State(app): SharedApp,
    PathParams(id): PathId,
    query: RawQuery,
) -> Result<Response, ApiError> {
    let blueprint = app.store.blueprints.get(id).await?;
    graph_response(&app, Some(&blueprint), &BTreeMap::new(), &query)
}

/// Reads a blueprint that is to be saved, with the warnings about its fields.
async fn read(body: Body, app: &App, meant: For) -> Result<(Blueprint, Faults), ApiError> {
    let body = body::receive(body, app.read_timeout).await?;
    let read = blueprint_check::to_save(&body, app.runs.councils(), meant);
    let (mut blueprint, notes) = read.map_err(ApiError::Invalid)?;
    blueprint.updated_at = Some(time(now()));
    Ok((blueprint, notes))
}

fn saved(blueprint: Blueprint, notes: Faults, app: &App) -> SavedBlueprint {
    let warnings = app.runs.councils().all_warnings(notes, Some(&blueprint));
    SavedBlueprint { blueprint, warnings }
}
