//! What a run waits for, and until when.

use serde::Serialize;
use utoipa::ToSchema;

/// What a run waits for while nothing of it is at work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct RunWait {
    /// The error of the last call of a model.
    #[serde(rename = "for")]
    pub(crate) reason: String,
    /// When the run goes on.
    #[schema(format = DateTime)]
    pub(crate) until: String,
}
