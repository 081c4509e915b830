//! How the errors of runs and of the store are answered.

use council_core::journal::JournalError;
use council_llm::BlueprintError;
use tracing::error;

use crate::error_text::{chain, without_place};
use crate::http::error::ApiError;
use crate::runs::chair::NotAnswered;
use crate::runs::gauge::NotReady;
use crate::runs::load::NotLoaded;
use crate::runs::registry::NotFound;
use crate::runs::start::StoppedShort;
use crate::store::blueprints::BlueprintStoreError;
use crate::wire::invalid::Invalid;

impl From<JournalError> for ApiError {
    fn from(error: JournalError) -> Self {
        error!(error = %chain(&error), "a request finds no journal");
        Self::Journal(without_place(&error))
    }
}

impl From<NotFound> for ApiError {
    fn from(error: NotFound) -> Self {
        match error {
            NotFound::Unknown(id) => Self::RunNotFound(id),
            NotFound::Journal(error) => error.into(),
            unreadable @ NotFound::Unreadable { .. } => Self::Unfit(chain(&unreadable)),
        }
    }
}

impl From<NotReady> for ApiError {
    fn from(error: NotReady) -> Self {
        Self::NotReady(error.to_string())
    }
}

impl From<StoppedShort> for ApiError {
    fn from(error: StoppedShort) -> Self {
        match error {
            StoppedShort::Draining => Self::Draining,
            StoppedShort::Journal(error) => error.into(),
            StoppedShort::Full(full) => Self::TooManyRuns(full.to_string()),
            StoppedShort::Blueprint(error) => error.into(),
        }
    }
}

impl From<BlueprintError> for ApiError {
    fn from(error: BlueprintError) -> Self {
        Self::Invalid(Invalid::of_saved(&error, &serde_json::Value::Null))
    }
}

impl From<BlueprintStoreError> for ApiError {
    fn from(error: BlueprintStoreError) -> Self {
        match error {
            BlueprintStoreError::NotFound(id) => Self::BlueprintNotFound(id),
            BlueprintStoreError::Exists(id) => Self::BlueprintExists(id),
            BlueprintStoreError::Closed => Self::Draining,
            unreadable @ BlueprintStoreError::Unreadable { .. } => Self::Unfit(chain(&unreadable)),
            database @ BlueprintStoreError::Database(_) => Self::Journal(chain(&database)),
        }
    }
}

impl From<NotAnswered> for ApiError {
    fn from(error: NotAnswered) -> Self {
        match error {
            NotAnswered::NotFound(error) => error.into(),
            NotAnswered::NotPaused(id) => Self::NotPaused(id),
            NotAnswered::Ended(id) => Self::RunEnded(id),
            NotAnswered::StoppedShort(error) => error.into(),
            missing @ NotAnswered::Load { source: NotLoaded::Blueprint(_), .. } => Self::CannotGoOn(chain(&missing)),
            unfit @ NotAnswered::Load { .. } => Self::Unfit(chain(&unfit)),
        }
    }
}
