//! Runs that wait for their turn: they are in the journal, and nothing of them runs.

use std::sync::{Arc, MutexGuard, PoisonError};

use council_core::journal::JournalError;
use council_core::{Failure, RunBuilder, RunError};
use council_llm::Council;
use tracing::{error, info};

use super::entry::RunEntry;
use super::registry::Runs;
use super::start::StoppedShort;
use super::summary::Summary;
use super::turns::{Admission, Turns};
use crate::error_text::chain;
use crate::wire::result::RunResult;
use crate::wire::status::Status;

/// The right of a run to be at work, for as long as it is kept.
pub(super) struct Turn {
    runs: Arc<Runs>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.runs.turns().leave();
        self.runs.call_next();
    }
}

impl Runs {
    /// Lets a run begin or go on: now, if it has been admitted, or when its turn comes. Either way it is in the journal when this
    /// returns.
    pub(super) async fn begin(
        self: &Arc<Self>,
        entry: &Arc<RunEntry>,
        run: RunBuilder<Council>,
        admission: Admission,
    ) -> Result<(), StoppedShort> {
        match admission {
            Admission::Now => self.drive(entry, run, Turn { runs: Arc::clone(self) }).await,
            Admission::Later => {
                // In a task of its own: a client that leaves does not leave half of it.
                let held = Arc::clone(self).hold(Arc::clone(entry), run);
                self.supervisors.spawn(held).await.unwrap_or(Err(StoppedShort::Draining))
            }
        }
    }

    async fn hold(self: Arc<Self>, entry: Arc<RunEntry>, run: RunBuilder<Council>) -> Result<(), StoppedShort> {
        let (saved, god_mode) = (Arc::clone(&entry), entry.god_mode());
        let run = run
            .id(Arc::clone(entry.id()))
            .journal(Arc::clone(&self.store.journal))
            .summary(move |council, failure| Summary::keep(council, god_mode, failure))
            .on_saved(move |records| saved.take(records.first, records.entries));
        let held = run.hold().await;
        self.turns().has_come();
        match held {
            Ok(_) => {
                info!(run = %entry.id(), "run waits for its turn");
                self.wait(&entry);
                Ok(())
            }
            Err(error) => {
                self.forget(&entry);
                Err(not_held(&error))
            }
        }
    }

    /// Lets a run that is in the journal wait for its turn.
    pub(super) fn wait(self: &Arc<Self>, entry: &Arc<RunEntry>) {
        self.turns().enter(entry.accepted(), Arc::clone(entry));
        // Somebody may have ended it in the meantime, and found it nowhere.
        if entry.stop.is_cancelled() {
            self.stop_waiting(entry);
        }
        self.call_next();
    }

    /// Lets those begin whose turn it is. While the server drains nobody begins: whoever waits does so until it starts again.
    pub(super) fn call_next(self: &Arc<Self>) {
        while !self.draining.is_cancelled() && !self.gone.is_cancelled() {
            let Some(entry) = self.turns().call() else { return };
            self.mind(&entry, None, Turn { runs: Arc::clone(self) }, None);
        }
    }

    /// A run that was ended does not wait any more.
    pub(super) fn stop_waiting(&self, entry: &RunEntry) {
        self.turns().remove(&entry.accepted());
    }

    /// The place of a run in the queue, from 1, if it waits.
    pub(super) fn queue_position(&self, entry: &RunEntry) -> Option<usize> {
        self.turns().place(&entry.accepted())
    }

    /// Where a run stands. One that was at work for an earlier server may have to wait now.
    pub(super) fn status(&self, entry: &RunEntry) -> Status {
        let is_waiting = self.queue_position(entry).is_some() || entry.is_stuck();
        if is_waiting { Status::Pending } else { entry.status() }
    }

    /// What a run has come to so far, and its place in the queue.
    pub(crate) fn result(&self, entry: &RunEntry) -> RunResult {
        RunResult { status: self.status(entry), queue_position: self.queue_position(entry), ..entry.result() }
    }

    pub(super) fn turns(&self) -> MutexGuard<'_, Turns<Arc<RunEntry>>> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn not_held(error: &RunError<Council>) -> StoppedShort {
    match error.failure() {
        Failure::Journal { source } => StoppedShort::Journal(JournalError::clone(source)),
        failure => {
            error!(run = error.run(), error = %chain(failure), "a run cannot be held");
            StoppedShort::Draining
        }
    }
}
