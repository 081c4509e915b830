//! Going on with the runs that an earlier server has left unfinished.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use council_core::journal::{RunFilter, Status as JournalStatus};
use tracing::{error, info, warn};

use super::registry::Runs;
use crate::error_text::chain;

impl Runs {
    /// Lets the runs go on that an earlier server left unfinished.
    pub(crate) async fn recover(self: Arc<Self>) {
        let unfinished = RunFilter {
            graphs: self.councils.graph_names(),
            statuses: vec![JournalStatus::Running, JournalStatus::Stopped],
            ..RunFilter::default()
        };
        let runs = loop {
            match self.store.journal.runs(&unfinished).await {
                Ok(runs) => break runs,
                Err(fault) => error!(error = %chain(&fault), "unfinished runs could not be looked for"),
            }
            tokio::select! {
                () = tokio::time::sleep(RECOVERY_PAUSE) => {}
                () = self.draining.cancelled() => return,
                () = self.gone.cancelled() => return,
            }
        };
        // The oldest first.
        for run in runs.iter().rev() {
            match self.resume_unfinished(&run.run).await {
                Ok(()) => {}
                Err(fault) => warn!(run = run.run, error = %chain(&*fault), "run does not go on"),
            }
        }
        self.is_recovered.store(true, Ordering::Release);
    }

    async fn resume_unfinished(self: &Arc<Self>, id: &str) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let entry = self.find(id).await?;
        let _control = entry.control.lock().await;
        // It may have been started a moment ago.
        if !entry.is_driven() && !entry.status().is_final() {
            info!(run = id, "run goes on");
            self.enqueue(&entry);
        }
        Ok(())
    }
}

/// How long the journal is left alone before it is asked again for what is unfinished.
const RECOVERY_PAUSE: Duration = Duration::from_secs(1);
