//! What a run has come to so far.

use council_llm::Usage;
use serde::Serialize;
use utoipa::ToSchema;

use super::status::RunStatus;

/// What a run has come to so far.
#[derive(Serialize, ToSchema)]
pub(crate) struct RunResult {
    pub(crate) run_id: String,
    pub(crate) status: RunStatus,
    /// `None` until completed.
    #[schema(required)]
    pub(crate) final_draft: Option<String>,
    #[schema(required)]
    pub(crate) critic_score: Option<f64>,
    pub(crate) iteration_count: u32,
    #[schema(required)]
    pub(crate) error: Option<String>,
    pub(crate) paused: bool,
    /// The nodes at work.
    pub(crate) next_nodes: Vec<String>,
    /// `None` before the first.
    #[schema(required)]
    pub(crate) current_draft: Option<String>,
    /// `None` until completed.
    #[schema(required)]
    pub(crate) approved: Option<bool>,
    #[schema(required)]
    pub(crate) stopped_by: Option<StoppedBy>,
    pub(crate) usage: Usage,
    /// Which one of those that wait for their turn begins before it, and it itself: 1 is the next. `None` where it does not wait.
    #[schema(required)]
    pub(crate) queue_position: Option<usize>,
}

/// What ended the rounds in place of an approval.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StoppedBy {
    /// The safety valve.
    MaxIterations,
}
