//! Starts runs, or queues them until a permit is free. A queued run is in the journal and does not execute.

use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard};

use council_core::journal::JournalError;
use council_core::{Failure, RunBuilder, RunError, error_chain};
use council_llm::Council;
use tracing::{error, info, warn};

use super::admission::{Admission, AdmissionQueue, QueueKey};
use super::handle::RunHandle;
use super::pending::Pending;
use super::registry::Runs;
use super::start::StartError;
use crate::lock::Lock;
use crate::wire::result::RunResult;

/// The permit of a run to execute. While the run waits, and when the permit is dropped, the next queued run has its place.
pub(super) struct RunPermit {
    runs: Arc<Runs>,
    /// Whether the run has a place among the running runs.
    has_place: Lock<bool>,
}

impl RunPermit {
    /// The permit of a run that was admitted.
    pub(super) fn admitted(runs: &Arc<Runs>) -> Self {
        Self { runs: Arc::clone(runs), has_place: Lock::new(true) }
    }

    /// The permit of a run that waits.
    pub(super) fn waiting(runs: &Arc<Runs>) -> Self {
        Self { runs: Arc::clone(runs), has_place: Lock::new(false) }
    }

    /// Gives the place back if the run waits. Takes a place again without queueing if the run goes on.
    pub(super) fn follow(&self, run: &RunHandle) {
        self.set_place(|| run.waiting().is_none());
    }

    /// Takes or gives back the place. The lock is held while `is_needed` is asked, so that the last answer counts.
    fn set_place(&self, is_needed: impl FnOnce() -> bool) {
        let is_given_back = {
            let mut has_place = self.has_place.lock();
            let before = std::mem::replace(&mut *has_place, is_needed());
            match (before, *has_place) {
                (true, false) => self.runs.admission().release(),
                (false, true) => self.runs.admission().take_again(),
                _ => {}
            }
            before && !*has_place
        };
        if is_given_back {
            self.runs.start_next();
        }
    }
}

impl Drop for RunPermit {
    fn drop(&mut self) {
        self.set_place(|| false);
    }
}

impl Runs {
    /// Starts or resumes a run if it has been admitted; otherwise queues it. In both cases it is in the journal when this returns.
    pub(super) async fn start_or_queue(
        self: &Arc<Self>,
        handle: &Arc<RunHandle>,
        run: RunBuilder<Council>,
        admission: Admission,
    ) -> Result<(), StartError> {
        match admission {
            Admission::Admitted => self.drive_and_confirm(handle, run, RunPermit::admitted(self)).await,
            Admission::Queued => {
                // A task of its own completes it even if the client disconnects.
                let held = Arc::clone(self).hold(Arc::clone(handle), run);
                self.supervisors.spawn(held).await.unwrap_or(Err(StartError::Draining))
            }
        }
    }

    async fn hold(self: Arc<Self>, handle: Arc<RunHandle>, run: RunBuilder<Council>) -> Result<(), StartError> {
        let held = self.store_held(&handle, run).await;
        self.admission().arrived();
        held?;
        info!(run = %handle.id(), "run queued");
        self.enqueue(&handle);
        Ok(())
    }

    /// Stores a run that cannot go on, with the reason.
    pub(super) async fn hold_back(
        self: &Arc<Self>,
        handle: &Arc<RunHandle>,
        run: RunBuilder<Council>,
        reason: String,
    ) -> Result<(), StartError> {
        let (runs, handle) = (Arc::clone(self), Arc::clone(handle));
        let held = async move {
            runs.store_held(&handle, run).await?;
            warn!(run = %handle.id(), error = reason, "cannot resume a run");
            handle.stall(reason);
            Ok(())
        };
        self.supervisors.spawn(held).await.unwrap_or(Err(StartError::Draining))
    }

    /// Stores a run without executing it.
    async fn store_held(self: &Arc<Self>, handle: &Arc<RunHandle>, run: RunBuilder<Council>) -> Result<(), StartError> {
        let (saved, summarized) = (Arc::clone(handle), Arc::clone(handle));
        let run = run
            .id(Arc::clone(handle.id()))
            .journal(Arc::clone(&self.store.journal))
            .summary(move |council, failure| summarized.summary_of(council).with_failure(failure))
            .on_saved(move |records| saved.apply(records.first, records.entries));
        match run.hold().await {
            Ok(position) => {
                handle.keep_position(handle.record_count(), position);
                Ok(())
            }
            Err(error) => {
                self.remove_if_ended(handle);
                Err(queue_error(&error))
            }
        }
    }

    /// Gives back the permit, or the place in the queue, of a run that does not start.
    pub(super) fn give_back(self: &Arc<Self>, admission: Admission) {
        match admission {
            Admission::Admitted => drop(RunPermit::admitted(self)),
            Admission::Queued => self.admission().arrived(),
        }
    }

    /// Queues a run that is in the journal.
    pub(super) fn enqueue(self: &Arc<Self>, handle: &Arc<RunHandle>) {
        handle.set_pending(Some(Pending::Queued));
        self.admission().enqueue(handle.queue_key(), Arc::clone(handle));
        // It may have been cancelled before it was in the queue.
        if handle.stop.is_cancelled() {
            self.dequeue(handle);
        }
        self.start_next();
    }

    /// Starts queued runs while permits are free. During a shutdown none starts: queued runs start after the restart.
    pub(super) fn start_next(self: &Arc<Self>) {
        while !self.draining.is_cancelled() && !self.gone.is_cancelled() {
            let Some(handle) = self.admission().start_next() else { return };
            self.spawn_driver(&handle, None, RunPermit::admitted(self), None);
        }
    }

    /// Removes a run from the queue.
    pub(super) fn dequeue(&self, handle: &RunHandle) {
        self.admission().remove(&handle.queue_key());
    }

    /// The position of a run in the queue, from 1; `None` if it is not queued.
    pub(super) fn queue_position(&self, handle: &RunHandle) -> Option<usize> {
        self.admission().position(&handle.queue_key())
    }

    /// The result of a run, with its position in the queue.
    pub(crate) fn result(&self, handle: &RunHandle) -> RunResult {
        RunResult { queue_position: self.queue_position(handle), ..handle.result() }
    }

    pub(super) fn admission(&self) -> MutexGuard<'_, AdmissionQueue<Arc<RunHandle>>> {
        self.admission.lock()
    }
}

impl RunHandle {
    /// The key of the run in the queue: runs start in the order in which they were accepted.
    fn queue_key(&self) -> QueueKey {
        (self.order.load(Ordering::Acquire), Arc::clone(self.id()))
    }
}

fn queue_error(error: &RunError<Council>) -> StartError {
    match error.failure() {
        Failure::Journal { source } => StartError::Journal(JournalError::clone(source)),
        failure => {
            error!(run = error.run(), error = %error_chain(failure), "cannot queue a run");
            StartError::Draining
        }
    }
}
