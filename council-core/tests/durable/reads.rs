//! How much of a stored run is read: counted, for runs of thousands of records.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use council_core::journal::{
    AppendRequest, Entry, Envelope, Head, Journal, JournalError, Memory, RawJson, ReadFrom, RunEntry, RunFilter,
    StoredRecord, StoredRun, close, reopen,
};
use council_core::stored::At;
use council_core::{Graph, Limits, NodeId, State, StateGraph, node};

use crate::{Doc, paused};

/// A journal that counts the entries of each read.
#[derive(Clone, Default)]
struct Counting(Memory, Arc<Mutex<Vec<usize>>>);

impl Counting {
    /// The numbers of entries of the reads since the last call.
    fn reads(&self) -> Vec<usize> {
        std::mem::take(&mut self.1.lock().unwrap())
    }
}

const SUPERSTEPS: usize = 3_000;

/// A loop of one node.
fn counter() -> Graph<Doc> {
    let mut graph = StateGraph::<Doc>::new("counter");
    let count = node!(graph, "count", async move |_, context| {
        Ok(Doc::update().text(format!("{:>60}", context.superstep())))
    });
    graph.start(count).route(count, [count, NodeId::END], |_, [again, _]| again);
    graph.compile().unwrap()
}

/// A run of so many supersteps, which is paused then.
async fn long_run(journal: &Counting) -> Graph<Doc> {
    let graph = counter();
    let limits = Limits { supersteps: SUPERSTEPS as u64, ..Limits::default() };
    graph.run(Doc::default()).id("r").journal(journal.clone()).limits(limits).await.unwrap();
    let position = graph.load(journal, "r").await.unwrap();
    paused(graph.resume(position).journal(journal.clone()).pause_always().await.unwrap());
    journal.reads();
    graph
}

/// All records are read once, by one read.
#[tokio::test]
async fn the_history_is_one_read() {
    let journal = Counting::default();
    let graph = long_run(&journal).await;
    let records = usize::try_from(journal.read("r", ReadFrom::Record(u64::MAX)).await.unwrap().head.records).unwrap();
    journal.reads();
    assert_eq!(graph.history(&journal, "r").await.unwrap().len(), SUPERSTEPS);
    assert_eq!(journal.reads(), [records]);
    for at in [At::Superstep(7), At::Record(2_000), At::End] {
        graph.load_at(&journal, "r", at).await.unwrap();
        assert_eq!(journal.reads(), [records]);
    }
    graph.fork(&journal, "r", At::Superstep(7), "fork").await.unwrap();
    assert_eq!(journal.reads(), [records, 8], "the second read is that of the fork");
}

/// A load reads the records since the last snapshot, however long the run is.
#[tokio::test]
async fn a_load_reads_the_records_since_the_last_snapshot() {
    let journal = Counting::default();
    let graph = long_run(&journal).await;
    graph.load(&journal, "r").await.unwrap();
    let reads = journal.reads();
    assert!(reads.len() == 1 && reads[0] < 40, "{reads:?}");
}

/// A run is reopened by the records before its close. They are read from the end, so a long past is not read.
#[tokio::test]
async fn a_reopened_run_is_read_from_its_end() {
    let journal = Counting::default();
    long_run(&journal).await;
    close(&journal, "r", "not now", None).await.unwrap();
    journal.reads();
    reopen(&journal, "r", None).await.unwrap();
    let reads = journal.reads();
    assert!(reads.len() <= 2 && reads.iter().sum::<usize>() <= 5, "{reads:?}");
}

/// Thousands of edits stand between the pause and the close. Each record is read at most twice, by few reads.
#[tokio::test]
async fn a_run_with_many_edits_is_reopened_by_few_reads() {
    const EDITS: usize = 3_000;
    let journal = Counting::default();
    let graph = counter();
    paused(graph.run(Doc::default()).id("r").journal(journal.clone()).pause_always().await.unwrap());
    let edit = |number: usize| {
        let update = RawJson::of(&Doc::update().text("shorter")).unwrap();
        let record = StoredRecord::Edited { by: format!("chair {number}").into(), update, instead: None };
        Entry::new(0, Envelope::new(record).to_json())
    };
    let expected = journal.read("r", ReadFrom::Record(u64::MAX)).await.unwrap().head.records;
    let entries = (0..EDITS).map(edit).collect();
    journal.append(AppendRequest::new("r", expected, entries)).await.unwrap();
    close(&journal, "r", "not now", None).await.unwrap();
    journal.reads();
    reopen(&journal, "r", None).await.unwrap();
    let reads = journal.reads();
    assert!(reads.len() <= 15 && reads.iter().sum::<usize>() <= 3 * EDITS, "{reads:?}");
    assert!(graph.load(&journal, "r").await.unwrap().is_paused());
}

#[async_trait]
impl Journal for Counting {
    async fn append(&self, append: AppendRequest) -> Result<(), JournalError> {
        self.0.append(append).await
    }

    async fn read(&self, run: &str, from: ReadFrom) -> Result<StoredRun, JournalError> {
        let stored = self.0.read(run, from).await?;
        self.1.lock().unwrap().push(stored.entries.len());
        Ok(stored)
    }

    async fn runs(&self, filter: &RunFilter) -> Result<Vec<RunEntry>, JournalError> {
        self.0.runs(filter).await
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
