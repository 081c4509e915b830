//! Entries of the history of runs.

use serde::Serialize;
use utoipa::ToSchema;

use super::status::RunStatus;

/// One run in the history.
#[derive(Serialize, ToSchema)]
pub(crate) struct HistoryEntry {
    pub(crate) id: String,
    /// What it was made by; the built-in council has none.
    #[schema(required)]
    pub(crate) blueprint_id: Option<String>,
    pub(crate) input_topic: String,
    pub(crate) status: RunStatus,
    pub(crate) execution_mode: ExecutionMode,
    /// `None` until completed.
    #[schema(required)]
    pub(crate) final_draft: Option<String>,
    #[schema(required)]
    pub(crate) critic_score: Option<f64>,
    pub(crate) iteration_count: u32,
    #[schema(required)]
    pub(crate) error: Option<String>,
    /// RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub(crate) created_at: String,
    /// `None` until the run has ended.
    #[schema(required)]
    #[schema(format = DateTime)]
    pub(crate) completed_at: Option<String>,
}

/// Whether somebody sits in the chair.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ExecutionMode {
    /// Nobody.
    AutoPilot,
    /// Somebody, who lets each node begin.
    GodMode,
}

impl ExecutionMode {
    pub(crate) fn of(god_mode: bool) -> Self {
        if god_mode { Self::GodMode } else { Self::AutoPilot }
    }
}
