//! Tests: how often the runs read the journal.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use council_core::async_trait;
use council_core::journal::{
    AppendRequest, Entry, Head, Journal, JournalError, ReadFrom, RunEntry, RunFilter, Status, StoredRun,
};
use council_llm::{CouncilBuilder, ScriptedModel};
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::metrics::Metrics;
use crate::runs::chair::{ChairAction, ChairAnswer, StateChanges};
use crate::runs::handle::RunHandle;
use crate::runs::history::HistoryPlace;
use crate::runs::registry::Runs;
use crate::runs::start::Start;
use crate::store::{Database, Store};
use crate::wire::history::HistoryEntry;
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
    let metrics = Arc::new(Metrics::new([], Arc::default()));
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

/// The first entries of a list.
async fn listed_runs(runs: &Arc<Runs>) -> Vec<HistoryEntry> {
    let entries = runs.history(&mut HistoryPlace::new(0, 10)).await.expect("the journal lists");
    entries.expect("a run is stored")
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

/// Its records do not change, so each reading would fail with the same reason.
#[tokio::test]
async fn a_run_that_cannot_be_read_is_not_read_again_for_each_list() {
    let (runs, reads) = runs(&Config::default()).await;
    let garbage = |expected| {
        let head = Head::new(runs.councils().graph_names()[0].as_str(), Status::Running);
        AppendRequest::new("r-1", expected, vec![Entry::new(1, "garbage")]).head(head)
    };
    runs.store.journal.append(garbage(0)).await.expect("it is stored");
    Arc::clone(&runs).recover().await;
    let mut listed = Vec::new();
    for _ in 0..3 {
        let entries = listed_runs(&runs).await;
        listed.push((entries[0].error.clone(), reads.swap(0, Ordering::Relaxed)));
    }
    assert!(listed[0].0.as_deref().is_some_and(|error| error.contains("cannot be read: record 0")), "{listed:?}");
    assert_eq!((listed[1].1, listed[2].1), (0, 0));
    assert!(listed.iter().all(|(error, _)| *error == listed[0].0));
    // Another program has appended a record.
    runs.store.journal.append(garbage(1)).await.expect("it is stored");
    listed_runs(&runs).await;
    assert_eq!(reads.load(Ordering::Relaxed), 1);
}
