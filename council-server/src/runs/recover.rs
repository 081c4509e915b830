//! Resumes the unfinished runs of an earlier server.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use council_core::error_chain;
use council_core::journal::{RunFilter, Status as JournalStatus};
use tracing::{error, info, warn};

use super::queue::RunPermit;
use super::registry::Runs;

impl Runs {
    /// Queues all unfinished runs, so that they resume.
    pub(crate) async fn recover(self: Arc<Self>) {
        let unfinished = RunFilter {
            graphs: self.councils.graph_names(),
            statuses: vec![JournalStatus::Running, JournalStatus::Stopped],
            ..RunFilter::default()
        };
        let runs = loop {
            match self.store.journal.runs(&unfinished).await {
                Ok(runs) => break runs,
                Err(fault) => error!(error = %error_chain(&fault), "cannot list unfinished runs"),
            }
            tokio::select! {
                () = tokio::time::sleep(RECOVERY_PAUSE) => {}
                () = self.draining.cancelled() => return,
                () = self.gone.cancelled() => return,
            }
        };
        // The list has the newest first, and the oldest has to resume first.
        for run in runs.iter().rev() {
            match self.resume_unfinished(&run.run).await {
                Ok(()) => {}
                Err(fault) => warn!(run = run.run, error = %error_chain(&*fault), "cannot resume a run"),
            }
        }
        self.is_recovered.store(true, Ordering::Release);
    }

    async fn resume_unfinished(self: &Arc<Self>, id: &str) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let handle = self.find(id).await?;
        let _control = handle.control.lock().await;
        // A client may have resumed it a moment ago.
        if !handle.is_driven() && !handle.status().is_final() {
            info!(run = id, "run resumed");
            if handle.waits() {
                // It has no place among the running runs, so it need not wait for one.
                self.spawn_driver(&handle, None, RunPermit::waiting(self), None);
            } else {
                self.enqueue(&handle);
            }
        }
        Ok(())
    }
}

/// The pause before the journal is asked again.
const RECOVERY_PAUSE: Duration = Duration::from_secs(1);
