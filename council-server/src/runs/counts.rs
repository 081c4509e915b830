//! Readiness, and the counts of runs by status.

use std::sync::atomic::Ordering;

use council_core::error_chain;
use council_core::journal::{RunFilter, Status as JournalStatus};
use tracing::{info, warn};

use super::handle::RunHandle;
use super::registry::Runs;
use crate::metrics::RunCounts;
use crate::wire::history::ExecutionMode;
use crate::wire::status::RunStatus;

/// Why the server does not accept runs.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadinessError {
    /// The server is shutting down.
    #[error("The server is shutting down.")]
    Draining,
    /// Unfinished runs of an earlier server are being resumed.
    #[error("The server is starting: unfinished runs are being resumed.")]
    Starting,
}

impl Runs {
    /// Checks whether the server accepts runs.
    pub(crate) fn is_ready(&self) -> Result<(), ReadinessError> {
        if self.draining.is_cancelled() {
            Err(ReadinessError::Draining)
        } else if self.is_recovered.load(Ordering::Acquire) {
            Ok(())
        } else {
            Err(ReadinessError::Starting)
        }
    }

    /// The numbers of runs that have not ended.
    pub(crate) fn counts(&self) -> RunCounts {
        let (mut pending, mut running, mut paused) = (0, 0, self.evicted.load(Ordering::Relaxed));
        let mut waiting = 0;
        for handle in self.live().values() {
            waiting += usize::from(handle.waiting().is_some());
            match handle.status() {
                RunStatus::Pending => pending += 1,
                RunStatus::Running => running += 1,
                RunStatus::Paused => paused += 1,
                RunStatus::Completed | RunStatus::Failed | RunStatus::Cancelled => {}
            }
        }
        RunCounts { by_status: [("pending", pending), ("running", running), ("paused", paused)], waiting }
    }

    /// Counts the paused runs of an earlier server, which are only in the journal.
    pub(crate) async fn count_paused(&self) {
        let mut filter = RunFilter {
            graphs: self.councils.graph_names(),
            statuses: vec![JournalStatus::Paused],
            limit: Some(PAGE),
            ..RunFilter::default()
        };
        loop {
            match self.store.journal.runs(&filter).await {
                Ok(runs) => {
                    self.evicted.fetch_add(runs.len(), Ordering::Relaxed);
                    if (runs.len() as u64) < PAGE {
                        return;
                    }
                    filter.offset += PAGE;
                }
                Err(fault) => return warn!(error = %error_chain(&fault), "cannot count paused runs"),
            }
        }
    }

    /// Notes that a run was loaded from the journal into memory.
    pub(super) fn uncount_paused(&self, status: RunStatus) {
        if status == RunStatus::Paused {
            let _ = self.evicted.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |paused| paused.checked_sub(1));
        }
    }

    /// Logs and counts the end of a run, once.
    pub(super) fn report_end(&self, handle: &RunHandle) {
        let status = handle.status();
        if !status.is_final() || handle.end_reported.swap(true, Ordering::AcqRel) {
            return;
        }
        let (run, mode) = (handle.id(), ExecutionMode::of(handle.god_mode()));
        self.metrics.run_ended(status, mode, handle.blueprint().is_some());
        if let Some(error) = handle.failure() {
            warn!(%run, status = status.name(), error, "run ended");
        } else {
            info!(%run, status = status.name(), "run ended");
        }
    }
}

/// How many runs are listed at once.
const PAGE: u64 = 500;
