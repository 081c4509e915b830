//! Where a run stands.

use serde::Serialize;
use utoipa::ToSchema;

/// Where a run stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RunStatus {
    /// Accepted, not begun.
    #[default]
    Pending,
    /// At work.
    Running,
    /// The chair is asked.
    Paused,
    /// Ended with a document.
    Completed,
    /// Ended with an error.
    Failed,
    /// Ended by someone.
    Cancelled,
}

impl RunStatus {
    /// Whether nothing comes after it.
    pub(crate) fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }

    /// As it is written on the wire.
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
