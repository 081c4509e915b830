//! Journal of a driven run: repeats an append that fails until the records are stored, so answers of models are not paid for again.

use std::sync::Arc;
use std::time::Duration;

use council_core::journal::{AppendRequest, Head, Journal, JournalError, ReadFrom, RunEntry, RunFilter, StoredRun};
use council_core::{async_trait, error_chain};
use tracing::warn;

use super::handle::RunHandle;
use super::start_signal::StartSignal;
use crate::error_text::for_clients;

/// The journal of one run, while its driver runs. The records are in memory until they are stored; the end of the driver drops them.
pub(super) struct StoringJournal {
    pub(super) journal: Arc<dyn Journal>,
    pub(super) handle: Arc<RunHandle>,
    pub(super) start_signal: Arc<StartSignal>,
}

#[async_trait]
impl Journal for StoringJournal {
    async fn append(&self, append: AppendRequest) -> Result<(), JournalError> {
        // A client waits for the first append, and nothing has been paid for.
        if self.start_signal.lock().is_some() {
            return self.journal.append(append).await;
        }
        let mut delay = FIRST_DELAY;
        loop {
            let fault = match self.journal.append(append.clone()).await {
                Err(fault) if !is_final(&fault) => fault,
                stored => return stored,
            };
            warn!(run = %self.handle.id(), error = %error_chain(&fault), "records of a run are not stored: the run waits");
            self.handle.set_stall_reason(for_clients(&fault));
            tokio::time::sleep(delay).await;
            delay = next_delay(delay);
        }
    }

    async fn read(&self, run: &str, from: ReadFrom) -> Result<StoredRun, JournalError> {
        self.journal.read(run, from).await
    }

    async fn runs(&self, filter: &RunFilter) -> Result<Vec<RunEntry>, JournalError> {
        self.journal.runs(filter).await
    }

    async fn delete(&self, run: &str) -> Result<(), JournalError> {
        self.journal.delete(run).await
    }

    async fn prune(&self, filter: &RunFilter) -> Result<u64, JournalError> {
        self.journal.prune(filter).await
    }

    async fn copy(&self, run: &str, records: u64, to: &str, head: Head) -> Result<(), JournalError> {
        self.journal.copy(run, records, to, head).await
    }
}

/// Whether the same append would be refused again: the journal works, and the run has changed, or the journal is closed.
fn is_final(fault: &JournalError) -> bool {
    matches!(
        fault,
        JournalError::Conflict { .. }
            | JournalError::NotFound { .. }
            | JournalError::Exists { .. }
            | JournalError::MissingHead { .. }
            | JournalError::Closed
    )
}

/// The delay before the next attempt after this one.
pub(super) fn next_delay(delay: Duration) -> Duration {
    (delay * 2).min(MAX_DELAY)
}

/// The delay before another attempt, at first and at most.
pub(super) const FIRST_DELAY: Duration = Duration::from_millis(250);
const MAX_DELAY: Duration = Duration::from_secs(30);
