//! The error of a retry.

use council_core::journal::JournalError;

use super::idempotency::KeyError;
use super::registry::FindError;
use super::resume::ResumeError;
use super::start::StartError;
use crate::store::blueprints::BlueprintStoreError;

/// The error of a retry, which has changed nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RetryError {
    #[error(transparent)]
    NotFound(#[from] FindError),
    /// The run is queued, at work or paused.
    #[error("Run '{0}' has not ended.")]
    NotEnded(String),
    /// The run is completed.
    #[error("Run '{0}' is completed.")]
    Completed(String),
    /// The run has reached its end without a document, so nothing is left to run.
    #[error("Run '{0}' has come to its end: there is nothing to try again.")]
    NothingLeft(String),
    #[error(transparent)]
    Start(#[from] StartError),
    /// The key of the request belongs to another request.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The saved blueprint cannot be read at the moment.
    #[error(transparent)]
    Blueprints(#[from] BlueprintStoreError),
    /// The run cannot resume.
    #[error("Run '{run}' cannot resume{}", note.as_ref().map(|note| format!(": {note}")).unwrap_or_default())]
    Load {
        run: String,
        /// Why the run does not use the saved blueprint, if its graph differs.
        note: Option<String>,
        #[source]
        source: Box<ResumeError>,
    },
}

impl From<JournalError> for RetryError {
    fn from(error: JournalError) -> Self {
        Self::Start(error.into())
    }
}
