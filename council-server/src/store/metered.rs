//! Journal that reports the duration of its appends to the metrics, and whether they fail.

use std::sync::Arc;
use std::time::Instant;

use council_core::async_trait;
use council_core::journal::{AppendRequest, Head, Journal, JournalError, ReadFrom, RunEntry, RunFilter, StoredRun};

use super::health::StorageHealth;
use crate::metrics::Metrics;

/// Wraps a journal. A run waits for each append, so its duration is measured.
pub(crate) struct MeteredJournal {
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) health: Arc<StorageHealth>,
}

#[async_trait]
impl Journal for MeteredJournal {
    async fn append(&self, append: AppendRequest) -> Result<(), JournalError> {
        let began = Instant::now();
        let appended = self.journal.append(append).await;
        match &appended {
            Ok(()) => {
                self.metrics.append_succeeded(began.elapsed());
                self.health.succeeded();
            }
            // The journal works: it has to refuse these appends.
            Err(JournalError::Conflict { .. } | JournalError::Exists { .. } | JournalError::NotFound { .. }) => {}
            Err(fault) => {
                self.metrics.append_failed();
                self.health.failed(fault);
            }
        }
        appended
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
