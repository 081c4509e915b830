//! Resumes the unfinished runs of an earlier server.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use council_core::error_chain;
use council_core::journal::{RunFilter, Status as JournalStatus};
use tracing::{error, info, warn};

use super::queue::RunPermit;
use super::registry::Runs;
use super::summary::Summary;
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
        let mut runs = runs;
        // The first that was accepted has to resume first. The list has the order of their times.
        runs.sort_by_cached_key(|run| (Summary::order_of(run), run.run.clone()));
        for run in &runs {
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
    use council_core::async_trait;
    use council_core::journal::{AppendRequest, Head, Journal, JournalError, ReadFrom, RunEntry, StoredRun};
    use council_llm::{ChatError, ChatModel, ChatRequest, ChatStream, CouncilBuilder, ScriptedModel};
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

    /// A model that never answers.
    struct Silent;

    #[async_trait]
    impl ChatModel for Silent {
        fn name(&self) -> &'static str {
            "silent"
        }

        async fn stream(&self, _: ChatRequest) -> Result<ChatStream, ChatError> {
            std::future::pending().await
        }
    }

    /// A journal whose runs have opposite times: a run that came later has an earlier one, as if the clock had been set back each time.
    struct Backwards(Arc<dyn Journal>);

    fn turned(mut entry: RunEntry) -> RunEntry {
        entry.created_at = u64::MAX / 2_000 - entry.created_at;
        entry
    }

    #[async_trait]
    impl Journal for Backwards {
        async fn append(&self, append: AppendRequest) -> Result<(), JournalError> {
            self.0.append(append).await
        }

        async fn read(&self, run: &str, from: ReadFrom) -> Result<StoredRun, JournalError> {
            let mut stored = self.0.read(run, from).await?;
            stored.head = turned(stored.head);
            Ok(stored)
        }

        async fn runs(&self, filter: &RunFilter) -> Result<Vec<RunEntry>, JournalError> {
            let runs = self.0.runs(filter).await?;
            Ok(runs.into_iter().rev().map(turned).collect())
        }

        async fn delete(&self, run: &str) -> Result<(), JournalError> {
            self.0.delete(run).await
        }

        async fn prune(&self, filter: &RunFilter) -> Result<u64, JournalError> {
            self.0.prune(filter).await
        }

        async fn copy(&self, run: &str, records: u64, to: &str, head: Head) -> Result<(), JournalError> {
            self.0.copy(run, records, to, head).await
        }
    }

    async fn server(journal: Option<Arc<dyn Journal>>) -> Arc<Runs> {
        let councils = CouncilBuilder::new(Silent).build().expect("a council").into();
        let mut store = Store::open(&Database::Memory, Duration::ZERO).await.expect("a store");
        store.journal = journal.unwrap_or(store.journal);
        let (metrics, gone) = (Arc::new(Metrics::new([], Arc::default())), CancellationToken::new());
        Arc::new(Runs::new(&Config::default().max_runs(1), councils, Arc::new(store), metrics, gone))
    }

    #[tokio::test]
    async fn queued_runs_keep_their_order_over_a_restart_whatever_the_clock_says() {
        let first = server(None).await;
        let mut ids = Vec::new();
        for number in 0..4 {
            let start = Start { topic: format!("run-{number}"), ..Start::default() };
            ids.push(Arc::clone(first.start(start).await.expect("it starts").id()));
        }
        let position = |runs: &Arc<Runs>, id: &str| runs.live().get(id).and_then(|run| runs.queue_position(run));
        let before: Vec<_> = ids.iter().map(|id| position(&first, id)).collect();
        assert_eq!(before, [None, Some(1), Some(2), Some(3)]);
        first.gone.cancel();
        first.draining.cancel();

        let second = server(Some(Arc::new(Backwards(Arc::clone(&first.store.journal))))).await;
        Arc::clone(&second).recover().await;
        let after: Vec<_> = ids.iter().map(|id| position(&second, id)).collect();
        assert_eq!(after, before);
    }
}
