//! Answers to errors of runs and of the database.

use council_core::error_chain;
use council_core::journal::JournalError;
use council_core::stored::LoadError;
use council_llm::BlueprintError;
use tracing::warn;

use crate::error_text::for_clients;
use crate::http::error::ApiError;
use crate::runs::chair::ChairError;
use crate::runs::counts::ReadinessError;
use crate::runs::idempotency::KeyError;
use crate::runs::registry::FindError;
use crate::runs::resume::ResumeError;
use crate::runs::retry_error::RetryError;
use crate::runs::start::StartError;
use crate::store::blueprints::BlueprintStoreError;
use crate::wire::fault::{Location, RequestFault};

impl From<JournalError> for ApiError {
    fn from(error: JournalError) -> Self {
        warn!(error = %error_chain(&error), "the journal failed during a request");
        Self::Journal(for_clients(&error))
    }
}

impl From<FindError> for ApiError {
    fn from(error: FindError) -> Self {
        match error {
            FindError::Unknown(id) => Self::RunNotFound(id),
            FindError::Journal(error) => error.into(),
            unreadable @ FindError::Unreadable { .. } => Self::Incompatible(error_chain(&unreadable)),
        }
    }
}

impl From<ReadinessError> for ApiError {
    fn from(error: ReadinessError) -> Self {
        Self::NotReady(error.to_string())
    }
}

impl From<StartError> for ApiError {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Draining => Self::Draining,
            StartError::Journal(error) => error.into(),
            StartError::QueueFull(full) => Self::TooManyRuns(full.to_string()),
            StartError::Blueprint(error) => error.into(),
            StartError::Blueprints(error) => error.into(),
            StartError::Key(error) => error.into(),
            StartError::Find(error) => error.into(),
        }
    }
}

impl From<KeyError> for ApiError {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Reused => {
                let (at, input) = (Location::header("idempotency-key"), serde_json::Value::Null);
                Self::Invalid(vec![RequestFault::wrong_value(at, &input, error.to_string())])
            }
            KeyError::RunExists(id) => Self::RunExists(id),
        }
    }
}

impl From<BlueprintError> for ApiError {
    fn from(error: BlueprintError) -> Self {
        Self::Invalid(RequestFault::of_saved(&error, &serde_json::Value::Null))
    }
}

impl From<BlueprintStoreError> for ApiError {
    fn from(error: BlueprintStoreError) -> Self {
        match error {
            BlueprintStoreError::NotFound(id) => Self::BlueprintNotFound(id),
            BlueprintStoreError::Exists(id) => Self::BlueprintExists(id),
            full @ BlueprintStoreError::TooMany => Self::TooManyBlueprints(full.to_string()),
            BlueprintStoreError::Closed => Self::Draining,
            BlueprintStoreError::File(error) => error.into(),
            unreadable @ (BlueprintStoreError::Unreadable { .. }
            | BlueprintStoreError::NoVersion(_)
            | BlueprintStoreError::Damaged(_)) => Self::Incompatible(error_chain(&unreadable)),
            database @ BlueprintStoreError::Database(_) => Self::Journal(error_chain(&database)),
        }
    }
}

impl From<RetryError> for ApiError {
    fn from(error: RetryError) -> Self {
        match error {
            RetryError::NotFound(error) => error.into(),
            refused @ (RetryError::NotEnded(_) | RetryError::Completed(_) | RetryError::NothingLeft(_)) => {
                Self::CannotRetry(refused.to_string())
            }
            RetryError::Start(error) => error.into(),
            RetryError::Key(error) => error.into(),
            RetryError::Blueprints(error) => error.into(),
            RetryError::Load { ref source, .. } => match &**source {
                ResumeError::Load(LoadError::Journal(fault)) => fault.clone().into(),
                ResumeError::Blueprint(_) => Self::CannotResume(error_chain(&error)),
                ResumeError::Load(_) => Self::Incompatible(error_chain(&error)),
            },
        }
    }
}

impl From<ChairError> for ApiError {
    fn from(error: ChairError) -> Self {
        match error {
            ChairError::NotFound(error) => error.into(),
            ChairError::NotPaused(id) => Self::NotPaused(id),
            ChairError::Ended(id) => Self::RunEnded(id),
            ChairError::Start(error) => error.into(),
            ChairError::Key(error) => error.into(),
            ChairError::Load { source: ResumeError::Load(LoadError::Journal(fault)), .. } => fault.into(),
            missing @ ChairError::Load { source: ResumeError::Blueprint(_), .. } => {
                Self::CannotResume(error_chain(&missing))
            }
            incompatible @ ChairError::Load { .. } => Self::Incompatible(error_chain(&incompatible)),
        }
    }
}
