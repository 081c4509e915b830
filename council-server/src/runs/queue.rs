//! Runs that wait for their turn: they are in the journal, and nothing of them runs.

use std::sync::{Arc, MutexGuard};

use council_core::journal::JournalError;
use council_core::{Failure, RunBuilder, RunError};
use council_llm::Council;
use tracing::{error, info};

use super::admission::{Admission, AdmissionQueue};
use super::handle::RunHandle;
use super::registry::Runs;
use super::start::StartError;
use super::summary::Summary;
use crate::error_text::chain;
use crate::wire::result::RunResult;
use crate::wire::status::RunStatus;

/// The right of a run to be at work, for as long as it is kept.
pub(super) struct RunPermit {
    runs: Arc<Runs>,
}

impl Drop for RunPermit {
    fn drop(&mut self) {
        self.runs.admission().release();
        self.runs.start_next();
    }
}

impl Runs {
    /// Lets a run begin or go on: now, if it has been admitted, or when its turn comes. Either way it is in the journal when this
    /// returns.
    pub(super) async fn start_or_queue(
        self: &Arc<Self>,
        entry: &Arc<RunHandle>,
        run: RunBuilder<Council>,
        admission: Admission,
    ) -> Result<(), StartError> {
        match admission {
            Admission::Admitted => self.drive_and_confirm(entry, run, RunPermit { runs: Arc::clone(self) }).await,
            Admission::Queued => {
                // In a task of its own: a client that leaves does not leave half of it.
                let held = Arc::clone(self).hold(Arc::clone(entry), run);
                self.supervisors.spawn(held).await.unwrap_or(Err(StartError::Draining))
            }
        }
    }

    async fn hold(self: Arc<Self>, entry: Arc<RunHandle>, run: RunBuilder<Council>) -> Result<(), StartError> {
        let (saved, god_mode) = (Arc::clone(&entry), entry.god_mode());
        let run = run
            .id(Arc::clone(entry.id()))
            .journal(Arc::clone(&self.store.journal))
            .summary(move |council, failure| Summary::to_json(council, god_mode, failure))
            .on_saved(move |records| saved.apply(records.first, records.entries));
        let held = run.hold().await;
        self.admission().arrived();
        match held {
            Ok(position) => {
                entry.keep_position(entry.record_count(), position);
                info!(run = %entry.id(), "run waits for its turn");
                self.enqueue(&entry);
                Ok(())
            }
            Err(error) => {
                self.remove_if_ended(&entry);
                Err(not_held(&error))
            }
        }
    }

    /// Lets a run that is in the journal wait for its turn.
    pub(super) fn enqueue(self: &Arc<Self>, entry: &Arc<RunHandle>) {
        self.admission().enqueue(entry.queue_key(), Arc::clone(entry));
        // Somebody may have ended it in the meantime, and found it nowhere.
        if entry.stop.is_cancelled() {
            self.dequeue(entry);
        }
        self.start_next();
    }

    /// Lets those begin whose turn it is. While the server drains nobody begins: whoever waits does so until it starts again.
    pub(super) fn start_next(self: &Arc<Self>) {
        while !self.draining.is_cancelled() && !self.gone.is_cancelled() {
            let Some(entry) = self.admission().start_next() else { return };
            self.spawn_driver(&entry, None, RunPermit { runs: Arc::clone(self) }, None);
        }
    }

    /// A run that was ended does not wait any more.
    pub(super) fn dequeue(&self, entry: &RunHandle) {
        self.admission().remove(&entry.queue_key());
    }

    /// The place of a run in the queue, from 1, if it waits.
    pub(super) fn queue_position(&self, entry: &RunHandle) -> Option<usize> {
        self.admission().position(&entry.queue_key())
    }

    /// Where a run stands. One that was at work for an earlier server may have to wait now.
    pub(super) fn status(&self, entry: &RunHandle) -> RunStatus {
        let is_waiting = self.queue_position(entry).is_some() || entry.is_stalled();
        if is_waiting { RunStatus::Pending } else { entry.status() }
    }

    /// What a run has come to so far, and its place in the queue.
    pub(crate) fn result(&self, entry: &RunHandle) -> RunResult {
        RunResult { status: self.status(entry), queue_position: self.queue_position(entry), ..entry.result() }
    }

    pub(super) fn admission(&self) -> MutexGuard<'_, AdmissionQueue<Arc<RunHandle>>> {
        self.admission.lock()
    }
}

fn not_held(error: &RunError<Council>) -> StartError {
    match error.failure() {
        Failure::Journal { source } => StartError::Journal(JournalError::clone(source)),
        failure => {
            error!(run = error.run(), error = %chain(failure), "a run cannot be held");
            StartError::Draining
        }
    }
}
