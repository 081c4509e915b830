//! The status of a run.

use serde::Serialize;
use utoipa::ToSchema;

/// The status of a run. A `pending` run is accepted and not at work: it is in the queue, or `error` has the reason why it cannot go on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RunStatus {
    /// Accepted, and not at work.
    #[default]
    Pending,
    /// Started, and not ended.
    Running,
    /// Paused, until the chair answers.
    Paused,
    /// Ended with a document.
    Completed,
    /// Ended with an error.
    Failed,
    /// Ended by a cancel.
    Cancelled,
}

impl RunStatus {
    /// Whether the run has ended.
    pub(crate) fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }

    /// The status as JSON has it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}
