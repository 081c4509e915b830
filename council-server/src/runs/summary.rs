//! The summary of a run, which the journal stores beside its records, so that a list does not read them.

use council_core::journal::{RunEntry, Status as JournalStatus};
use council_core::{Failure, error_chain};
use council_llm::Council;
use serde::{Deserialize, Serialize};

use super::document::{NO_DOCUMENT, final_draft, is_approved};
use super::idempotency::KeyedRequest;
use crate::wire::history::{ExecutionMode, HistoryEntry};
use crate::wire::status::RunStatus;
use crate::wire::time::time;

/// The fields of a run that the history shows.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Summary {
    pub(super) input_topic: String,
    pub(super) god_mode: bool,
    pub(super) blueprint_id: Option<String>,
    /// The hashes of the stored blueprints that the records of the run name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) blueprints: Vec<String>,
    pub(super) draft: Option<String>,
    pub(super) critic_score: Option<f64>,
    pub(super) iteration_count: u32,
    /// Whether the document was approved; `None` in summaries of older versions.
    pub(super) approved: Option<bool>,
    pub(super) error: Option<String>,
    /// Whether it was cancelled.
    pub(super) cancelled: bool,
    /// The place of the run in the order in which runs were accepted or retried: see [`order_of`](Self::order_of).
    pub(super) order: u64,
    /// The requests with a key that the run has accepted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) requests: Vec<KeyedRequest>,
}

impl Summary {
    pub(super) fn of(council: &Council, god_mode: bool) -> Self {
        let (stored, whole) = (council.stored_blueprint.as_ref(), council.blueprint.as_ref());
        Self {
            input_topic: council.topic.clone(),
            god_mode,
            blueprint_id: stored.map(|stored| &stored.id).or(whole.map(|whole| &whole.id)).cloned(),
            blueprints: stored.map(|stored| stored.hashes().map(str::to_owned).collect()).unwrap_or_default(),
            draft: final_draft(council).map(str::to_owned),
            critic_score: council.score,
            iteration_count: council.iteration,
            approved: Some(is_approved(council)),
            ..Self::default()
        }
    }

    /// The summary with the failure that ended the run, if there is one.
    pub(super) fn with_failure(self, failure: Option<&Failure>) -> Self {
        Self { error: failure.map(|failure| error_chain(failure)), ..self }
    }

    pub(super) fn into_text(self) -> String {
        serde_json::to_string(&self).expect("texts and numbers become JSON")
    }

    /// The summary in the journal; `None` if another program has started the run.
    pub(super) fn of_entry(entry: &RunEntry) -> Option<Self> {
        serde_json::from_str(entry.summary.as_ref()?).ok()
    }

    /// The place of a stored run in the order in which runs start. It is a sequence number and not a time, because the clock may change. The
    /// run of another program has none, and its place is that of the time of its creation.
    pub(super) fn order_of(entry: &RunEntry) -> u64 {
        let order = Self::of_entry(entry).map(|summary| summary.order).filter(|order| *order > 0);
        order.unwrap_or_else(|| first_order(entry.created_at))
    }

    /// The entry in the history.
    pub(super) fn into_history(self, entry: &RunEntry) -> HistoryEntry {
        let status = match entry.status {
            JournalStatus::Paused => RunStatus::Paused,
            JournalStatus::Finished if self.draft.is_some() => RunStatus::Completed,
            JournalStatus::Closed if self.cancelled => RunStatus::Cancelled,
            JournalStatus::Finished | JournalStatus::Failed | JournalStatus::Closed => RunStatus::Failed,
            // A stopped run resumes at the next start of the server.
            _ => RunStatus::Running,
        };
        let error = self.error.or_else(|| {
            (entry.status == JournalStatus::Finished && self.draft.is_none()).then(|| NO_DOCUMENT.to_owned())
        });
        HistoryEntry {
            id: entry.run.clone(),
            blueprint_id: self.blueprint_id,
            input_topic: self.input_topic,
            status,
            execution_mode: ExecutionMode::of(self.god_mode),
            final_draft: self.draft.filter(|_| status == RunStatus::Completed),
            critic_score: self.critic_score,
            iteration_count: self.iteration_count,
            approved: self.approved.filter(|_| status == RunStatus::Completed),
            error: error.filter(|_| status == RunStatus::Failed),
            waiting: None,
            created_at: time(entry.created_at),
            completed_at: status.is_final().then(|| time(entry.changed_at)),
        }
    }
}

/// The first sequence number of a server that starts at this time, in milliseconds since 1970. It is above all numbers of earlier servers that
/// accepted less than a thousand runs in each millisecond.
pub(super) fn first_order(at: u64) -> u64 {
    at.saturating_mul(1_000)
}
