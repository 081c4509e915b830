//! Resumes the unfinished runs of an earlier server.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use council_core::error_chain;
use council_core::journal::{RunFilter, Status as JournalStatus};
use tracing::{error, info, warn};

use super::queue::RunPermit;
use super::registry::Runs;
use crate::wire::status::RunStatus;

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
        self.delete_unused_blueprints().await;
    }

    async fn resume_unfinished(self: &Arc<Self>, id: &str) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let handle = self.find(id).await?;
        let _control = handle.control.lock().await;
        let status = handle.status();
        // Since it was listed, a client may have resumed it, and it may have ended or paused again. A paused run waits for its chair.
        if !handle.is_driven() && !status.is_final() && status != RunStatus::Paused {
            info!(run = id, "run resumed");
            if handle.waiting().is_some() {
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

#[cfg(test)]
mod tests {
    use council_llm::{CouncilBuilder, ScriptedModel};
    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::config::Config;
    use crate::metrics::Metrics;
    use crate::runs::start::Start;
    use crate::store::{Database, Store};

    /// The run was unfinished when it was listed, and paused before its turn.
    #[tokio::test]
    async fn a_run_that_has_paused_since_waits_for_its_chair() {
        let model = ScriptedModel::new("scripted", ["SCORE: 9"]).repeating();
        let councils = CouncilBuilder::new(model.clone()).build().expect("a council").into();
        let store = Arc::new(Store::open(&Database::Memory, Duration::ZERO).await.expect("a store"));
        let (metrics, gone) = (Arc::new(Metrics::new([], Arc::default())), CancellationToken::new());
        let runs = Arc::new(Runs::new(&Config::default(), councils, store, metrics, gone));
        let start = Start { topic: "Rust".to_owned(), god_mode: true, ..Start::default() };
        let handle = runs.start(start).await.expect("it starts");
        runs.settled().await;
        runs.resume_unfinished(handle.id()).await.expect("it is found");
        runs.settled().await;
        assert_eq!((handle.status(), model.requests().len()), (RunStatus::Paused, 0));
    }
}
