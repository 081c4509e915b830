//! One run behind its lock.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use council_core::Event;
use council_llm::Council;
use tokio_util::sync::CancellationToken;

use super::log::{Ending, Log, Watch};
use crate::wire::{RunResult, Status};

/// One run: what has happened in it, and a way to end it.
pub(crate) struct RunEntry {
    id: Arc<str>,
    stop: CancellationToken,
    /// Held for as long as it takes to copy or to add an event, never across an await.
    log: Mutex<Log>,
}

impl RunEntry {
    pub(super) fn new(id: Arc<str>, council: Council, watcher_queue: usize, stop: CancellationToken) -> Self {
        Self { id: Arc::clone(&id), stop, log: Mutex::new(Log::new(id, council, watcher_queue)) }
    }

    /// The id of the run.
    pub(crate) fn id(&self) -> &Arc<str> {
        &self.id
    }

    /// Where the run stands.
    pub(crate) fn status(&self) -> Status {
        self.log().status()
    }

    /// Why the run has failed.
    pub(crate) fn failure(&self) -> Option<String> {
        self.log().failure().map(str::to_owned)
    }

    /// What the run has come to so far.
    pub(crate) fn result(&self) -> RunResult {
        self.log().result()
    }

    /// The events after the one with this number, and the live ones that follow them without a gap.
    pub(crate) fn watch(&self, after: u64) -> Watch {
        self.log().watch(after)
    }

    /// Ends the run at once, whatever it is doing. `false` if it had ended before.
    pub(crate) fn cancel(&self) -> bool {
        let mut log = self.log();
        if log.status().is_final() {
            return false;
        }
        log.end(Ending::Cancelled);
        self.stop.cancel();
        true
    }

    /// Takes note of what the run tells.
    pub(super) fn observe(&self, event: &Event<Council>) {
        self.log().observe(event);
    }

    /// Sees to it that there is a last event, now that nothing more can come from the run.
    pub(super) fn close(&self) {
        self.log().end(Ending::Failed("the run was lost before its end".to_owned()));
    }

    /// Resolves once the run has to stop at once.
    pub(super) async fn stopped(&self) {
        self.stop.cancelled().await;
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
