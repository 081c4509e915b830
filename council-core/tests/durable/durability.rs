//! Each `Durability`: the time at which records are stored, and the failure of a journal.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use council_core::async_trait;
use council_core::journal::{
    AppendRequest, Envelope, Head, Journal, JournalError, Memory, ReadFrom, RunEntry, RunFilter, StoredRecord,
    StoredRun,
};
use council_core::stored::Durability;
use council_core::{Graph, State, StateGraph, error_chain, node};
use expect_test::{Expect, expect};

use crate::{Doc, Lab, check};

/// A journal that needs ten milliseconds for an append, and logs its end.
#[derive(Clone)]
struct Slow(Memory, Lab);

/// A journal that fails after a number of appends.
#[derive(Clone)]
pub(crate) struct Failing(Memory, Arc<AtomicU64>);

impl Failing {
    pub(crate) fn after(appends: u64, kept: &Memory) -> Self {
        Self(kept.clone(), Arc::new(AtomicU64::new(appends)))
    }
}

/// `one -> two -> three -> end`. Each node yields.
fn line(lab: &Lab) -> Graph<Doc> {
    let mut graph = StateGraph::<Doc>::new("line");
    let [one, two, three] = ["one", "two", "three"].map(|name| {
        let lab = lab.clone();
        node!(graph, name, async move |_, context| {
            lab.log(context.node());
            tokio::task::yield_now().await;
            Ok(Doc::update().notes(context.node()))
        })
    });
    graph.start(one).edge(one, two).edge(two, three).end(three);
    graph.compile().unwrap()
}

async fn order(durability: Durability, picture: Expect) {
    tokio::time::pause();
    let (lab, journal) = (Lab::default(), Memory::default());
    let slow = Slow(journal.clone(), lab.clone());
    let own = lab.clone();
    let run = line(&lab).run(Doc::default()).id("r").journal(slow).durability(durability);
    let run = run.on_saved(move |saved| own.log(format!("(told of {})", saved.entries.len())));
    run.await.unwrap();
    picture.assert_eq(&lab.take().replace(", ", "\n"));
    let whole = line(&lab).run(Doc::default()).id("s").journal(journal.clone());
    whole.await.unwrap();
    let lines = |stored: StoredRun| stored.entries.into_iter().map(|entry| entry.json).collect::<Vec<_>>();
    let [r, s] = ["r", "s"].map(|run| journal.read(run, ReadFrom::Record(0)));
    assert_eq!(lines(r.await.unwrap()), lines(s.await.unwrap()), "both runs have stored the same records");
}

/// The append ends before the nodes of the next superstep run.
#[tokio::test]
async fn sync_stores_records_before_the_next_superstep() {
    order(
        Durability::Sync,
        expect![[r#"
        (stored started)
        (told of 1)
        one
        (stored one)
        (told of 1)
        two
        (stored two)
        (told of 1)
        three
        (stored three and finished)
        (told of 2)"#]],
    )
    .await;
}

/// The appends are in order, and end before the run ends.
#[tokio::test]
async fn async_stores_records_while_the_run_continues() {
    order(
        Durability::Async,
        expect![[r#"
        (stored started)
        (told of 1)
        one
        two
        three
        (stored one)
        (told of 1)
        (stored two and three and finished)
        (told of 3)"#]],
    )
    .await;
}

#[tokio::test]
async fn exit_stores_records_at_the_end() {
    order(
        Durability::Exit,
        expect![[r#"
        one
        two
        three
        (stored started and one and two and three and finished)
        (told of 5)"#]],
    )
    .await;
}

/// The number of waiting records is limited, so the run waits for its journal.
#[tokio::test(start_paused = true)]
async fn async_waits_for_a_slow_journal() {
    let (lab, journal) = (Lab::default(), Memory::default());
    let mut graph = StateGraph::<Doc>::new("heavy");
    let own = lab.clone();
    let heavy = node!(graph, "heavy", async move |_, context| {
        own.log(format!("heavy {}", context.visit()));
        Ok(Doc::update().text("x".repeat(3 << 20)))
    });
    graph.start(heavy).route(heavy, [heavy, council_core::NodeId::END], |_, [again, _]| again);
    graph.visit_limit(heavy, 5, council_core::NodeId::END);
    let graph = graph.compile().unwrap();
    let run = graph.run(Doc::default()).id("r").journal(Slow(journal.clone(), lab.clone()));
    run.durability(Durability::Async).await.unwrap();
    expect![[r#"
        (stored started)
        heavy 1
        heavy 2
        (stored heavy and heavy)
        heavy 3
        heavy 4
        (stored heavy and heavy)
        heavy 5
        (stored heavy and finished)"#]]
    .assert_eq(&lab.take().replace(", ", "\n"));
}

async fn broken(durability: Durability, appends: u64, picture: Expect) {
    let (lab, journal) = (Lab::default(), Memory::default());
    let failing = Failing::after(appends, &journal);
    let error = line(&lab).run(Doc::default()).id("r").journal(failing).durability(durability).await.unwrap_err();
    picture.assert_eq(&format!("{}\n{}", lab.take(), error_chain(&error)));
    // The stored records are complete, and the run can be resumed from them.
    let position = line(&lab).load(&journal, "r").await.unwrap();
    let outcome = line(&lab).resume(position).journal(journal.clone()).await.unwrap();
    assert_eq!(outcome.into_state().notes, ["one", "two", "three"]);
    lab.take();
}

/// The run stops at the record that cannot be stored.
#[tokio::test]
async fn a_failed_append_stops_the_run_at_once() {
    broken(
        Durability::Sync,
        2,
        expect![[r#"
        one, two
        run `r`: the journal could not be written: the journal's backend failed: the tape has torn"#]],
    )
    .await;
}

/// The append runs in the background, so the run stops at the next barrier.
#[tokio::test]
async fn a_failed_append_in_the_background_stops_the_run_at_a_barrier() {
    broken(
        Durability::Async,
        1,
        expect![[r#"
            one, two
            run `r`: the journal could not be written: the journal's backend failed: the tape has torn"#]],
    )
    .await;
}

/// If the first record cannot be stored, no node runs.
#[tokio::test]
async fn a_run_whose_first_record_cannot_be_stored_runs_nothing() {
    let (lab, journal) = (Lab::default(), Memory::default());
    let run = line(&lab).run(Doc::default()).id("r").journal(Failing::after(0, &journal));
    let error = run.await.unwrap_err();
    assert_eq!(lab.take(), "");
    line(&lab).resume(error.into_position()).id("r").journal(journal.clone()).await.unwrap();
    check(
        &journal,
        "r",
        expect![[r#"
            r is finished
            {"record":{"started":{"graph":"line","input":{"text":"","notes":[]},"next":["one"]}}}
            {"record":{"task_done":{"node":"one","update":{"notes":["one"]},"committed":{"next":["two"]}}}}
            {"record":{"task_done":{"node":"two","update":{"notes":["two"]},"committed":{"next":["three"]}}}}
            {"record":{"task_done":{"node":"three","update":{"notes":["three"]},"committed":{"next":[],"end":true}}}}
            {"record":{"finished":{}}}"#]],
    )
    .await;
}

#[async_trait]
impl Journal for Slow {
    async fn append(&self, append: AppendRequest) -> Result<(), JournalError> {
        tokio::time::sleep(Duration::from_millis(10)).await;
        let nodes = append.entries.iter().map(|entry| match Envelope::read(&entry.json).unwrap().record {
            StoredRecord::TaskDone { node, .. } => node.to_string(),
            StoredRecord::Finished {} => "finished".to_owned(),
            _ => "started".to_owned(),
        });
        self.1.log(format!("(stored {})", nodes.collect::<Vec<_>>().join(" and ")));
        self.0.append(append).await
    }

    async fn read(&self, run: &str, from: ReadFrom) -> Result<StoredRun, JournalError> {
        self.0.read(run, from).await
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

#[async_trait]
impl Journal for Failing {
    async fn append(&self, append: AppendRequest) -> Result<(), JournalError> {
        let left = self.1.load(Ordering::Relaxed);
        if left == 0 {
            return Err(JournalError::backend("the tape has torn"));
        }
        self.1.store(left - 1, Ordering::Relaxed);
        self.0.append(append).await
    }

    async fn read(&self, run: &str, from: ReadFrom) -> Result<StoredRun, JournalError> {
        self.0.read(run, from).await
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
