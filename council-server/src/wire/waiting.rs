//! What a run waits for, and until when.

use serde::Serialize;
use utoipa::ToSchema;

/// What a run waits for while nothing of it is at work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct RunWait {
    /// The error of the last call of a model, or why a call waits for its turn.
    #[serde(rename = "for")]
    pub(crate) reason: String,
    /// When the run goes on; null if that is not known.
    #[schema(format = DateTime, required)]
    pub(crate) until: Option<String>,
}
