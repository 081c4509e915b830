//! Views of a projection: the result, the state for the chair, and the summary.

use council_core::projection::Waiting;
use council_llm::Decision;

use super::document::{document_from, final_draft, is_approved, non_blank};
use super::projection::CouncilProjection;
use super::summary::Summary;
use crate::wire::chair::{ChairState, CurrentState};
use crate::wire::result::{RunResult, StoppedBy};
use crate::wire::status::RunStatus;

impl CouncilProjection {
    /// The result so far.
    pub(super) fn result(&self, run_id: &str) -> RunResult {
        let council = self.council();
        let is_complete = self.status == RunStatus::Completed;
        let is_paused = self.status == RunStatus::Paused;
        RunResult {
            run_id: run_id.to_owned(),
            status: self.status,
            final_draft: final_draft(council).filter(|_| is_complete).map(str::to_owned),
            critic_score: council.score,
            iteration_count: council.iteration,
            error: self.error.clone(),
            paused: is_paused,
            next_nodes: self.next().iter().map(ToString::to_string).collect(),
            // The original has an empty draft in a pause, and null otherwise.
            current_draft: non_blank(&council.draft).or(is_paused.then_some("")).map(str::to_owned),
            approved: is_complete.then(|| self.is_approved()),
            stopped_by: self.stopped_by().filter(|_| is_complete),
            document_from: is_complete.then(|| document_from(council)),
            document_fault: council.document_fault.clone().filter(|_| is_complete),
            waiting: None,
            usage: self.usage(),
            calls: self.calls(),
            queue_position: None,
            note: None,
        }
    }

    /// Whether the last decision on the draft is no rework. In a blueprint a rework, too, may lead to the document.
    pub(super) fn is_approved(&self) -> bool {
        self.stopped_by().is_none() && is_approved(self.council())
    }

    /// Why the rounds ended without an approval: a valve has opened. In a blueprint the critic itself is the valve.
    pub(super) fn stopped_by(&self) -> Option<StoppedBy> {
        (self.valve_opened || self.council().valve_opened).then_some(StoppedBy::MaxIterations)
    }

    /// What the run waits for, if nothing of it is at work at this time, in milliseconds since 1970.
    pub(super) fn waiting(&self, now: u64) -> Option<Waiting<'_>> {
        let is_on_its_way = matches!(self.status, RunStatus::Pending | RunStatus::Running);
        self.run.waiting().filter(|waiting| is_on_its_way && waiting.until > now)
    }

    /// The state for the chair without its messages. It needs the whole state of the run.
    pub(super) fn chair_state(&self, run_id: &str) -> ChairState {
        let council = self.council();
        let next = self.next();
        let active = next.first().map_or(if self.status.is_final() { "done" } else { "" }, |node| &**node);
        ChairState {
            run_id: run_id.to_owned(),
            paused: self.status == RunStatus::Paused,
            next_nodes: self.next().iter().map(ToString::to_string).collect(),
            current_state: CurrentState {
                input_topic: council.topic.clone(),
                current_draft: council.draft.clone(),
                feedback_history: council.feedback_history(),
                route_decision: council.decision.map_or("", Decision::word),
                messages: Vec::new(),
                iteration_count: council.iteration,
                critic_score: council.score,
                run_id: run_id.to_owned(),
                active_node: active.to_owned(),
            },
        }
    }

    /// The summary for the history.
    pub(super) fn summary(&self) -> Summary {
        Summary {
            error: self.error.clone(),
            cancelled: self.status == RunStatus::Cancelled,
            ..Summary::of(self.council(), self.god_mode)
        }
    }
}
