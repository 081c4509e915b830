//! The result of a run.

use council_llm::{CallRecord, Usage};
use serde::Serialize;
use utoipa::ToSchema;

use super::status::RunStatus;
use super::waiting::RunWait;

/// The result of a run so far.
#[derive(Serialize, ToSchema)]
pub(crate) struct RunResult {
    pub(crate) run_id: String,
    pub(crate) status: RunStatus,
    /// The document; null until the run is completed.
    #[schema(required)]
    pub(crate) final_draft: Option<String>,
    #[schema(required)]
    pub(crate) critic_score: Option<f64>,
    pub(crate) iteration_count: u32,
    /// Why the run has failed, or why it does not go on at the moment; null if there is no reason.
    #[schema(required)]
    pub(crate) error: Option<String>,
    pub(crate) paused: bool,
    /// The nodes that run, or run next.
    pub(crate) next_nodes: Vec<String>,
    /// The current draft; null before the first, or an empty text while the run is paused.
    #[schema(required)]
    pub(crate) current_draft: Option<String>,
    /// Whether the draft was approved: the last decision is no rework, and no limit ended the rounds. Null until the run is completed.
    #[schema(required)]
    pub(crate) approved: Option<bool>,
    /// Why the rounds ended without an approval; null if they did not.
    #[schema(required)]
    pub(crate) stopped_by: Option<StoppedBy>,
    /// Whose text the document is; null until the run is completed.
    #[schema(required)]
    pub(crate) document_from: Option<DocumentFrom>,
    /// Why the draft is the document: the writer gave no text that can be used. Null if the document is the writer's.
    #[schema(required)]
    pub(crate) document_fault: Option<String>,
    /// What the run waits for; null if it does not wait.
    #[schema(required)]
    pub(crate) waiting: Option<RunWait>,
    /// The tokens of all calls in `calls`, as far as the providers report them. Of an answer that broke off, only the tokens that the
    /// provider had reported by then count.
    pub(crate) usage: Usage,
    /// The calls of models, oldest first. A failed call is listed at once if it may have cost something: it has a `fault`. A complete
    /// answer is listed when its agent has ended.
    pub(crate) calls: Vec<CallRecord>,
    /// Position in the queue, from 1; null if not queued.
    #[schema(required)]
    pub(crate) queue_position: Option<usize>,
    /// In the answer to a retry: why the run does not use the saved blueprint. Missing elsewhere, and if the run uses it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) note: Option<String>,
}

/// Why the rounds ended without an approval.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StoppedBy {
    /// The most drafts that are allowed were written.
    MaxIterations,
}

/// Whose text the document is.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DocumentFrom {
    /// The writer's, or that of the last agent in a council without a writer.
    Writer,
    /// The draft: the writer gave no text that can be used.
    Draft,
}
