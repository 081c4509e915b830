//! An entry in the history of runs.

use serde::Serialize;
use utoipa::ToSchema;

use super::status::RunStatus;
use super::waiting::RunWait;

/// A run in the history.
#[derive(Serialize, ToSchema)]
pub(crate) struct HistoryEntry {
    pub(crate) id: String,
    /// The blueprint of the run; null for the built-in council.
    #[schema(required)]
    pub(crate) blueprint_id: Option<String>,
    pub(crate) input_topic: String,
    pub(crate) status: RunStatus,
    pub(crate) execution_mode: ExecutionMode,
    /// The document; null until the run is completed.
    #[schema(required)]
    pub(crate) final_draft: Option<String>,
    #[schema(required)]
    pub(crate) critic_score: Option<f64>,
    pub(crate) iteration_count: u32,
    /// Whether the draft was approved. Null until the run is completed, and for runs that an older version of the server has completed.
    #[schema(required)]
    pub(crate) approved: Option<bool>,
    /// Why the run has failed, or why a pending run cannot go on; null if there is no reason.
    #[schema(required)]
    pub(crate) error: Option<String>,
    /// What the run waits for; null if it does not wait.
    #[schema(required)]
    pub(crate) waiting: Option<RunWait>,
    /// When the run was accepted, in RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub(crate) created_at: String,
    /// When the run ended, in RFC 3339, UTC; null before.
    #[schema(required)]
    #[schema(format = DateTime)]
    pub(crate) completed_at: Option<String>,
}

/// Whether a run pauses for a chair.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ExecutionMode {
    /// The run never pauses.
    AutoPilot,
    /// The run pauses before each node until the chair answers.
    GodMode,
}

impl ExecutionMode {
    pub(crate) fn of(god_mode: bool) -> Self {
        if god_mode { Self::GodMode } else { Self::AutoPilot }
    }
}
