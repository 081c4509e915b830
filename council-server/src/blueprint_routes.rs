//! The routes of blueprints: saving and finding them, and runs made by them.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use council_llm::Blueprint;
use uuid::Uuid;

use crate::api_error::ApiError;
use crate::routes::{App, Id, Shared, drawn, name};
use crate::runs::Start;
use crate::start_request::StartRequest;
use crate::wire::{Started, now, time};
use crate::{blueprint_request, body};

/// All blueprints, the one that was changed last first.
pub(crate) async fn list(State(app): Shared) -> Result<Json<Vec<Blueprint>>, ApiError> {
    Ok(Json(app.store.blueprints.list().await?))
}

/// Saves a new one.
pub(crate) async fn create(State(app): Shared, body: Body) -> Result<(StatusCode, Json<Blueprint>), ApiError> {
    let mut blueprint = read(body, &app).await?;
    if blueprint.id.is_empty() {
        blueprint.id = Uuid::new_v4().to_string();
    }
    blueprint.created_at.clone_from(&blueprint.updated_at);
    app.store.check()?;
    Ok((StatusCode::CREATED, Json(app.store.blueprints.insert(blueprint).await?)))
}

/// One of them.
pub(crate) async fn show(State(app): Shared, id: Id) -> Result<Json<Blueprint>, ApiError> {
    Ok(Json(app.store.blueprints.get(name(id)?).await?))
}

/// Saves one in the place of that with its id. Runs that were started with the old one keep it.
pub(crate) async fn replace(State(app): Shared, id: Id, body: Body) -> Result<Json<Blueprint>, ApiError> {
    let id = name(id)?;
    let blueprint = Blueprint { id, ..read(body, &app).await? };
    app.store.check()?;
    Ok(Json(app.store.blueprints.replace(blueprint).await?))
}

/// Forgets one. Runs that were started with it go on.
pub(crate) async fn delete(State(app): Shared, id: Id) -> Result<StatusCode, ApiError> {
    app.store.blueprints.delete(name(id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Starts a run that is made by one.
pub(crate) async fn run(State(app): Shared, id: Id, body: Body) -> Result<Response, ApiError> {
    let id = name(id)?;
    let StartRequest { topic, god_mode } =
        StartRequest::parse(&body::read(body, app.read_timeout).await?).map_err(ApiError::Invalid)?;
    let blueprint = Arc::new(app.store.blueprints.get(id).await?);
    let start = Start { topic, god_mode, blueprint: Some(Arc::clone(&blueprint)) };
    let entry = app.runs.start(start).await?;
    let started = Started::of_blueprint(entry.id(), &blueprint.name, god_mode);
    Ok((StatusCode::ACCEPTED, Json(started)).into_response())
}

/// Its graph.
pub(crate) async fn graph(State(app): Shared, id: Id, query: crate::routes::Query) -> Result<Response, ApiError> {
    let blueprint = app.store.blueprints.get(name(id)?).await?;
    drawn(&app, Some(&blueprint), &query)
}

async fn read(body: Body, app: &App) -> Result<Blueprint, ApiError> {
    let mut blueprint =
        blueprint_request::parse(&body::read(body, app.read_timeout).await?).map_err(ApiError::Invalid)?;
    blueprint.updated_at = Some(time(now()));
    Ok(blueprint)
}
