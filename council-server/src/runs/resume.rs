//! Resumes runs: the graph, the position, in memory or from the journal, and the limits.

use std::num::NonZeroUsize;

use council_core::stored::LoadError;
use council_core::{Graph, Limits, Position};
use council_llm::{Blueprint, BlueprintError, Council};

use super::handle::RunHandle;
use super::models::ChangedModels;
use super::registry::Runs;
use super::run_blueprint::RunBlueprint;

/// A run at its last position.
pub(super) struct LoadedRun {
    pub(super) graph: Graph<Council>,
    pub(super) position: Position<Council>,
    /// The models of the run, if this server has other ones.
    pub(super) changed_models: Option<ChangedModels>,
}

/// The error of a run that cannot resume.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ResumeError {
    /// The stored run does not fit its graph, or cannot be read.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The graph cannot be built.
    #[error(transparent)]
    Blueprint(#[from] BlueprintError),
}

impl Runs {
    /// Loads a run. The journal is read only if the position is not in memory.
    pub(super) async fn load(&self, handle: &RunHandle) -> Result<LoadedRun, ResumeError> {
        self.load_with(handle, handle.blueprint().as_deref()).await
    }

    /// Loads a run with the graph of this blueprint, whose nodes and edges are those of the run.
    pub(super) async fn load_with(
        &self,
        handle: &RunHandle,
        blueprint: Option<&RunBlueprint>,
    ) -> Result<LoadedRun, ResumeError> {
        let graph = self.graph(blueprint)?;
        let position = if let Some(position) = handle.take_position() {
            position
        } else {
            let position = graph.load(&self.store.journal, handle.id()).await?;
            // The event log must contain all records up to the position, because the next records are applied to both.
            self.catch_up(handle).await.map_err(LoadError::from)?;
            position
        };
        let changed_models = ChangedModels::of(position.state(), &self.councils);
        Ok(LoadedRun { graph, position, changed_models })
    }

    /// The graph of a blueprint, or of the built-in council.
    pub(super) fn graph(&self, blueprint: Option<&RunBlueprint>) -> Result<Graph<Council>, BlueprintError> {
        match blueprint {
            Some(blueprint) => blueprint.graph(&self.councils),
            None => self.councils.graph(None),
        }
    }

    /// The limits of a run of this graph. A blueprint may have a loop that no critic ends, and very many parallel agents, so it has limits
    /// of its own. A run that is tried again has its limits again.
    pub(super) fn limits(&self, graph: &Graph<Council>, handle: &RunHandle) -> Limits {
        let Limits { supersteps, concurrency, .. } = self.limits;
        let before = handle.supersteps_before_retry();
        if graph.name() != Blueprint::GRAPH {
            return Limits { supersteps: supersteps.saturating_add(before), ..self.limits };
        }
        Limits {
            supersteps: supersteps.min(Limits::default().supersteps).saturating_add(before),
            concurrency: concurrency.or(NonZeroUsize::new(PARALLEL_AGENTS)),
            ..self.limits
        }
    }
}

/// How many agents of a blueprint may call their models at the same time, unless the limits say otherwise.
const PARALLEL_AGENTS: usize = 32;

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use council_core::async_trait;
    use council_core::journal::{AppendRequest, Head, Journal, JournalError, ReadFrom, RunEntry, RunFilter, StoredRun};
    use council_llm::{CouncilBuilder, ScriptedModel};
    use tokio_util::sync::CancellationToken;

    use crate::config::Config;
    use crate::metrics::Metrics;
    use crate::runs::chair::{ChairAction, ChairAnswer, StateChanges};
    use crate::runs::handle::RunHandle;
    use crate::runs::registry::Runs;
    use crate::runs::start::Start;
    use crate::store::{Database, Store};
    use crate::wire::status::RunStatus;

    /// A journal that counts how often the records of a run are read.
    struct CountingJournal {
        journal: Arc<dyn Journal>,
        reads: Arc<AtomicUsize>,
    }

    #[async_trait]
    impl Journal for CountingJournal {
        async fn append(&self, append: AppendRequest) -> Result<(), JournalError> {
            self.journal.append(append).await
        }

        async fn read(&self, run: &str, from: ReadFrom) -> Result<StoredRun, JournalError> {
            self.reads.fetch_add(1, Ordering::Relaxed);
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

    async fn runs(config: &Config) -> (Arc<Runs>, Arc<AtomicUsize>) {
        let model = ScriptedModel::new("scripted", ["SCORE: 9"]).repeating();
        let councils = CouncilBuilder::new(model).build().expect("a council").into();
        let mut store = Store::open(&Database::Memory, Duration::ZERO).await.expect("a store");
        let reads = Arc::new(AtomicUsize::new(0));
        store.journal = Arc::new(CountingJournal { journal: Arc::clone(&store.journal), reads: Arc::clone(&reads) });
        let metrics = Arc::new(Metrics::new([]));
        (Arc::new(Runs::new(config, councils, Arc::new(store), metrics, CancellationToken::new())), reads)
    }

    async fn start(runs: &Arc<Runs>) -> Arc<RunHandle> {
        let start = Start { topic: "Rust".to_owned(), god_mode: true, ..Start::default() };
        runs.start(start).await.expect("it starts")
    }

    async fn answer(runs: &Arc<Runs>, id: &str, changes: StateChanges) -> Arc<RunHandle> {
        let answer = ChairAnswer { action: ChairAction::Approve(changes), seq: None, request: None };
        runs.answer(id, answer).await.expect("the run is paused")
    }

    #[tokio::test]
    async fn an_answer_to_a_run_in_memory_reads_nothing_from_the_journal() {
        let (runs, reads) = runs(&Config::default()).await;
        let handle = start(&runs).await;
        runs.settled().await;
        answer(&runs, handle.id(), StateChanges::default()).await;
        runs.settled().await;
        let changes = StateChanges { current_draft: Some("A draft of the chair.".to_owned()), ..Default::default() };
        answer(&runs, handle.id(), changes).await;
        runs.settled().await;
        assert_eq!(handle.result().current_draft.as_deref(), Some("A draft of the chair."));
        assert_eq!(reads.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn an_answer_to_an_evicted_run_reads_it_from_the_journal() {
        let (runs, reads) = runs(&Config::default()).await;
        let handle = start(&runs).await;
        runs.settled().await;
        let id = Arc::clone(handle.id());
        drop(handle);
        runs.live().clear();
        let handle = answer(&runs, &id, StateChanges::default()).await;
        runs.settled().await;
        assert_eq!(handle.result().next_nodes, ["critic_agent"]);
        assert!(reads.load(Ordering::Relaxed) > 0);
    }

    #[tokio::test]
    async fn a_queued_run_goes_on_without_reading_the_journal() {
        let (runs, reads) = runs(&Config::default().max_runs(1)).await;
        let handles = [start(&runs).await, start(&runs).await, start(&runs).await];
        runs.settled().await;
        assert!(handles.iter().all(|handle| handle.status() == RunStatus::Paused));
        assert_eq!(reads.load(Ordering::Relaxed), 0);
    }
}
