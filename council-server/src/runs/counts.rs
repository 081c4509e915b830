//! How the runs stand as a whole: for those who mind the server.

use std::sync::atomic::Ordering;

use council_core::journal::{RunFilter, Status as JournalStatus};
use tracing::{info, warn};

use super::handle::RunHandle;
use super::registry::Runs;
use crate::error_text::chain;
use crate::wire::history::ExecutionMode;
use crate::wire::status::RunStatus;

/// Why no new runs should be sent here.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadinessError {
    /// The server is about to end.
    #[error("The server is about to end and takes no new run.")]
    Draining,
    /// It has just been started.
    #[error("The runs that were left unfinished are still being taken up.")]
    Starting,
}

impl Runs {
    /// Whether new runs should be sent here, as far as the runs are concerned.
    pub(crate) fn is_ready(&self) -> Result<(), ReadinessError> {
        if self.draining.is_cancelled() {
            Err(ReadinessError::Draining)
        } else if self.is_recovered.load(Ordering::Acquire) {
            Ok(())
        } else {
            Err(ReadinessError::Starting)
        }
    }

    /// How many runs have not ended, by where they stand.
    pub(crate) fn status_counts(&self) -> [(&'static str, usize); 3] {
        let (mut pending, mut running, mut paused) = (0, 0, self.evicted.load(Ordering::Relaxed));
        for entry in self.live().values() {
            match entry.status() {
                RunStatus::Pending => pending += 1,
                RunStatus::Running => running += 1,
                RunStatus::Paused => paused += 1,
                RunStatus::Completed | RunStatus::Failed | RunStatus::Cancelled => {}
            }
        }
        [("pending", pending), ("running", running), ("paused", paused)]
    }

    /// Counts the runs that wait for a chair since an earlier server: nobody has them in memory until they are asked for.
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
                Err(fault) => return warn!(error = %chain(&fault), "paused runs could not be counted"),
            }
        }
    }

    /// A run is in memory that was in the journal alone.
    pub(super) fn uncount_paused(&self, status: RunStatus) {
        if status == RunStatus::Paused {
            let _ = self.evicted.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |paused| paused.checked_sub(1));
        }
    }

    /// Says of a run, once, that it has ended and how.
    pub(super) fn report_end(&self, entry: &RunHandle) {
        let status = entry.status();
        if !status.is_final() || entry.end_reported.swap(true, Ordering::AcqRel) {
            return;
        }
        let (run, mode) = (entry.id(), ExecutionMode::of(entry.god_mode()));
        self.metrics.run_ended(status, mode, entry.blueprint().is_some());
        if let Some(error) = entry.failure() {
            warn!(%run, status = status.name(), error, "run ended");
        } else {
            info!(%run, status = status.name(), "run ended");
        }
    }
}

/// How many heads of runs are read at once.
const PAGE: u64 = 500;
