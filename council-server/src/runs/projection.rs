//! The projection of a run: folds its records into its status and state, and makes events of them. It has no lock, no clock and no I/O.

use std::collections::BTreeMap;
use std::sync::Arc;

use council_core::journal::{ReplayError, Status, StoredRecord, StoredRedirect, StoredSuccessors};
use council_core::projection::{RunProjection, TypedRecord};
use council_llm::{Blueprint, CallRecord, Council, Usage};

use super::document::{NO_DOCUMENT, document_from, final_draft};
use super::failed_attempts::FailedAttempts;
use super::models::models;
use super::superstep_calls::{SuperstepCalls, calls_of_ended_task};
use crate::wire::event::WireEvent;
use crate::wire::model_change::ModelChange;
use crate::wire::status::RunStatus;

/// The fold of the records of a run.
#[derive(Default)]
pub(super) struct CouncilProjection {
    /// Whether the run pauses before each node.
    pub(super) god_mode: bool,
    /// The projection of `council-core`: the state and the nodes of the run.
    pub(super) run: RunProjection<Council>,
    superstep_calls: SuperstepCalls,
    failed_attempts: FailedAttempts,
    pub(super) status: RunStatus,
    pub(super) error: Option<String>,
    pub(super) valve_opened: bool,
    /// The node that completed last; of parallel nodes, the one whose decision counts.
    pub(super) last: Option<Arc<str>>,
    /// Whether the chair has answered the pause before this superstep.
    pub(super) pause_acknowledged: bool,
    /// When the superstep started, in milliseconds since 1970.
    pub(super) started_at: u64,
    /// The models of the run before they were changed, until the run goes on with others.
    models_before: Option<BTreeMap<String, String>>,
    /// The number of supersteps before the last retry of the run, which has its limits again.
    pub(super) supersteps_before: u64,
}

/// The receiver of events.
type Emit<'t> = &'t mut dyn FnMut(&WireEvent<'_>);

impl CouncilProjection {
    pub(super) fn new(god_mode: bool) -> Self {
        Self { god_mode, ..Self::default() }
    }

    pub(super) fn status(&self) -> RunStatus {
        self.status
    }

    /// The status of the run in the journal.
    pub(super) fn journal_status(&self) -> Status {
        self.run.status()
    }

    pub(super) fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// The blueprint; `None` for the built-in council.
    pub(super) fn blueprint(&self) -> Option<&Arc<Blueprint>> {
        self.council().blueprint.as_ref()
    }

    /// The state of the run, without the updates of the current superstep.
    pub(super) fn council(&self) -> &Council {
        self.run.state()
    }

    /// The calls of the models so far, also those of agents that have not ended.
    pub(super) fn calls(&self) -> Vec<CallRecord> {
        self.council().calls.iter().chain(self.superstep_calls.iter()).cloned().collect()
    }

    /// The usage of the models so far: the tokens of the calls.
    pub(super) fn usage(&self) -> Usage {
        let mut usage = self.council().usage;
        usage += self.superstep_calls.usage();
        usage
    }

    /// The current round.
    pub(super) fn round(&self) -> u32 {
        self.council().iteration
    }

    /// The node that completed last.
    pub(super) fn last(&self) -> Option<&str> {
        self.last.as_deref()
    }

    /// The nodes that run, or run next.
    pub(super) fn next(&self) -> Vec<Arc<str>> {
        if self.status.is_final() { Vec::new() } else { self.run.open_nodes().cloned().collect() }
    }

    /// Applies a record, and emits its events. After the last event of a run, only a record of its retry emits events.
    pub(super) fn fold(
        &mut self,
        record: TypedRecord<'_, Council>,
        at: u64,
        emit: Emit<'_>,
    ) -> Result<(), ReplayError> {
        let has_ended = self.status.is_final();
        // The update of a critic can start the next round, but the event belongs to the current one.
        let round = match &record.envelope.record {
            StoredRecord::TaskDone { node, .. } => self.round_of(node),
            _ => self.round(),
        };
        let score = record.update.as_ref().and_then(|update| update.score.flatten());
        let decider = self.decider();
        let may_change_models =
            record.update.as_ref().is_some_and(|update| update.models.is_some() || update.blueprint.is_some());
        let models_before = may_change_models.then(|| models(self.council()));
        let ended_calls = calls_of_ended_task(&record.envelope.record, record.update.as_ref());
        // No event of a record that does not fit: the record is read again, and its events would be numbered twice.
        let applied = self.run.apply(record)?;
        if applied.path.is_empty() {
            let is_open = |node: &str| self.run.open_nodes().any(|open| **open == *node);
            self.superstep_calls.follow(&applied.record, ended_calls, is_open);
            self.failed_attempts.follow(&applied.record);
        }
        if let Some(models) = models_before {
            // The event is emitted when the run resumes: at this record the run may still be ended for its watchers.
            self.models_before.get_or_insert(models);
        }
        let is_retry = matches!(applied.record, StoredRecord::Resumed { .. } | StoredRecord::Reopened {});
        if !applied.path.is_empty() || has_ended && (!is_retry || self.status == RunStatus::Completed) {
            return Ok(());
        }
        match &applied.record {
            StoredRecord::TaskDone { node, .. } => self.node_completed(node, round, score, at, emit),
            StoredRecord::Committed(_) | StoredRecord::Merged {} => self.last = decider.or(self.last.take()),
            _ => {}
        }
        self.after(&applied.record, at, emit);
        Ok(())
    }

    fn after(&mut self, record: &StoredRecord<'_>, at: u64, emit: Emit<'_>) {
        match record {
            StoredRecord::Started { next, held, .. } | StoredRecord::StartedAt { next, held, .. }
                if !next.is_empty() && !held =>
            {
                self.start_nodes_unless_paused(at, emit);
            }
            StoredRecord::TaskDone { committed: Some(committed), .. } | StoredRecord::Committed(committed) => {
                self.committed(committed, at, emit);
            }
            StoredRecord::Edited { instead: Some(StoredRedirect { committed, .. }), .. } => {
                self.valve_opened = !committed.opened_valves.is_empty();
            }
            StoredRecord::Paused { .. } => self.paused(emit),
            StoredRecord::Resumed { held } => self.resumed(*held, at, emit),
            StoredRecord::Finished {} => self.finished(emit),
            StoredRecord::Failed { error } => self.fail(error, emit),
            StoredRecord::Closed { reason } => self.closed(reason, emit),
            StoredRecord::Reopened {} => self.reopened(emit),
            _ => {}
        }
    }

    fn committed(&mut self, committed: &StoredSuccessors<'_>, at: u64, emit: Emit<'_>) {
        self.valve_opened |= !committed.opened_valves.is_empty();
        self.pause_acknowledged = false;
        self.start_nodes_unless_paused(at, emit);
    }

    /// Starts the next nodes; in god mode they wait for the chair.
    fn start_nodes_unless_paused(&mut self, at: u64, emit: Emit<'_>) {
        if !self.god_mode {
            self.start_nodes(at, emit);
        }
    }

    fn start_nodes(&mut self, at: u64, emit: Emit<'_>) {
        self.started_at = at;
        let next = self.next();
        if !next.is_empty() {
            self.status = RunStatus::Running;
        }
        for node in &next {
            let iteration = self.round_of(node);
            emit(&WireEvent::NodeStart { node, iteration });
            emit(&WireEvent::NodeActive { node: self.label(node), iteration });
        }
    }

    fn node_completed(&mut self, node: &str, iteration: u32, score: Option<f64>, at: u64, emit: Emit<'_>) {
        self.last = Some(node.into());
        emit(&WireEvent::NodeComplete {
            node,
            iteration,
            score: score.filter(|_| self.is_critic(node)),
            duration_ms: at.saturating_sub(self.started_at),
        });
    }

    fn paused(&mut self, emit: Emit<'_>) {
        self.status = RunStatus::Paused;
        let next = self.next();
        emit(&WireEvent::RunPaused {
            next_nodes: &next,
            current_draft: &self.council().draft,
            critic_score: self.council().score,
            iteration_count: self.council().iteration,
        });
        for node in &next {
            emit(&WireEvent::NodeActive { node: self.label(node), iteration: self.round_of(node) });
        }
    }

    /// The chair has answered, the run leaves the queue, it is tried again, or the server was restarted. A held run is queued.
    fn resumed(&mut self, is_held: bool, at: u64, emit: Emit<'_>) {
        if self.status.is_final() {
            self.retried(emit);
        } else if self.status == RunStatus::Paused {
            self.status = if is_held { RunStatus::Pending } else { RunStatus::Running };
            self.pause_acknowledged = true;
            emit(&WireEvent::RunResumed {});
        }
        if let Some(before) = self.models_before.take() {
            let changes = ModelChange::between(&before, &models(self.council()));
            // The models may have been changed and changed back meanwhile.
            if !changes.is_empty() {
                emit(&WireEvent::ModelsChanged { changes: &changes });
            }
        }
        if !is_held && (self.pause_acknowledged || !self.god_mode) {
            self.start_nodes(at, emit);
        }
    }

    /// A closed run is tried again. If it was paused, it is paused again.
    fn reopened(&mut self, emit: Emit<'_>) {
        self.retried(emit);
        if self.run.status() == Status::Paused {
            self.paused(emit);
        }
    }

    fn retried(&mut self, emit: Emit<'_>) {
        self.status = RunStatus::Pending;
        self.error = None;
        self.supersteps_before = self.run.supersteps();
        emit(&WireEvent::RunResumed {});
    }

    fn finished(&mut self, emit: Emit<'_>) {
        let Some(final_draft) = final_draft(self.run.state()) else {
            return self.fail(NO_DOCUMENT, emit);
        };
        self.status = RunStatus::Completed;
        emit(&WireEvent::RunComplete {
            final_draft,
            critic_score: self.council().score,
            iteration_count: self.council().iteration,
            approved: self.is_approved(),
            stopped_by: self.stopped_by(),
            document_from: document_from(self.council()),
            document_fault: self.council().document_fault.as_deref(),
        });
    }

    fn closed(&mut self, reason: &str, emit: Emit<'_>) {
        if reason != CANCELLED {
            return self.fail(reason, emit);
        }
        self.status = RunStatus::Cancelled;
        emit(&WireEvent::RunCancelled {});
    }

    fn fail(&mut self, error: &str, emit: Emit<'_>) {
        let error = Some(error).filter(|error| !error.trim().is_empty()).unwrap_or("the run failed without a reason");
        self.status = RunStatus::Failed;
        let (node, attempt) = self.failed_attempts.cause_of(error).unzip();
        emit(&WireEvent::RunFailed { error, node, attempt });
        self.error = Some(error.to_owned());
    }
}

/// The reason with which a cancelled run is closed. A run that is closed with another reason has failed.
pub(super) const CANCELLED: &str = "Cancelled by user.";
