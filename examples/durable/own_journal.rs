//! A journal of your own: runs in a map behind a lock, checked by the conformance kit, and then used by a run.
//!
//! `cargo run --example own_journal`

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use council_core::journal::{
    AppendRequest, Entry, Head, Journal, JournalError, ReadFrom, RunEntry, RunFilter, StoredRun, kit,
};
use council_core::{State, StateGraph, async_trait, node};
use serde::{Deserialize, Serialize};

/// Runs by id. A real backend has a database here.
#[derive(Default)]
struct Shelf(Mutex<BTreeMap<String, Book>>);

/// One stored run.
struct Book {
    head: Head,
    created_at: u64,
    /// The last snapshot, and the number of records before it.
    snapshot: Option<(u64, String)>,
    entries: Vec<Entry>,
}

#[async_trait]
impl Journal for Shelf {
    async fn append(&self, append: AppendRequest) -> Result<(), JournalError> {
        let AppendRequest { run, expected, entries, head, snapshot, .. } = append;
        let run = run.to_string();
        let mut runs = self.lock();
        if !runs.contains_key(&run) {
            let head = match (expected, &head) {
                (0, Some(head)) => head.clone(),
                (0, None) => return Err(JournalError::MissingHead { run }),
                _ => return Err(JournalError::NotFound { run }),
            };
            let created_at = entries.first().map_or_else(now, |first| first.at);
            runs.insert(run.clone(), Book { head, created_at, snapshot: None, entries: Vec::new() });
        }
        let book = runs.get_mut(&run).ok_or_else(|| JournalError::NotFound { run: run.clone() })?;
        let found = book.entries.len() as u64;
        if found != expected {
            return Err(JournalError::Conflict { run, expected, found });
        }
        // Nothing fails from here on, so an append is stored as a whole or not at all.
        book.entries.extend(entries);
        if let Some(mut head) = head {
            head.parent = book.head.parent.take().or(head.parent);
            book.head = head;
        }
        if let Some(json) = snapshot {
            book.snapshot = Some((book.entries.len() as u64, json));
        }
        Ok(())
    }

    async fn read(&self, run: &str, from: ReadFrom) -> Result<StoredRun, JournalError> {
        let runs = self.lock();
        let book = runs.get(run).ok_or_else(|| JournalError::NotFound { run: run.to_owned() })?;
        let snapshot = book.snapshot.as_ref().filter(|_| from == ReadFrom::Snapshot);
        let first = match (from, snapshot) {
            (ReadFrom::Record(first), _) => first,
            (ReadFrom::Snapshot, Some((records, _))) => *records,
            (ReadFrom::Snapshot, None) => 0,
        };
        let first = usize::try_from(first).unwrap_or(usize::MAX);
        let answer = StoredRun::new(book.entry(run), book.entries.iter().skip(first).cloned().collect());
        Ok(match snapshot {
            Some((records, json)) => answer.snapshot(*records, json),
            None => answer,
        })
    }

    async fn runs(&self, filter: &RunFilter) -> Result<Vec<RunEntry>, JournalError> {
        let mut found: Vec<_> = self.lock().iter().map(|(run, book)| book.entry(run)).collect();
        found.retain(|run| filter.matches(run));
        found.sort_by(|a, b| (b.created_at, &b.run).cmp(&(a.created_at, &a.run)));
        let [offset, limit] =
            [filter.offset, filter.limit.unwrap_or(u64::MAX)].map(|count| usize::try_from(count).unwrap_or(usize::MAX));
        Ok(found.into_iter().skip(offset).take(limit).collect())
    }

    async fn delete(&self, run: &str) -> Result<(), JournalError> {
        let removed = self.lock().remove(run);
        removed.map(drop).ok_or_else(|| JournalError::NotFound { run: run.to_owned() })
    }

    async fn prune(&self, filter: &RunFilter) -> Result<u64, JournalError> {
        let listed = self.runs(filter).await?;
        self.lock().retain(|run, _| listed.iter().all(|listed| listed.run != *run));
        Ok(listed.len() as u64)
    }

    async fn copy(&self, run: &str, records: u64, to: &str, head: Head) -> Result<(), JournalError> {
        let mut runs = self.lock();
        let book = runs.get(run).ok_or_else(|| JournalError::NotFound { run: run.to_owned() })?;
        if runs.contains_key(to) {
            return Err(JournalError::Exists { run: to.to_owned() });
        }
        let found = book.entries.len() as u64;
        let Some(entries) = usize::try_from(records).ok().and_then(|records| book.entries.get(..records)) else {
            return Err(JournalError::Short { run: run.to_owned(), records, found });
        };
        let snapshot = book.snapshot.clone().filter(|(before, _)| *before <= records);
        let copy = Book { head, created_at: now(), snapshot, entries: entries.to_vec() };
        runs.insert(to.to_owned(), copy);
        Ok(())
    }
}

impl Shelf {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Book>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    fn entry(&self, run: &str) -> RunEntry {
        let changed_at = self.entries.last().map_or(0, |last| last.at);
        RunEntry::new(run, self.head.clone(), self.entries.len() as u64).times(self.created_at, changed_at)
    }
}

/// Milliseconds since 1970, UTC.
fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[derive(State, Default, Serialize, Deserialize)]
struct Greeting {
    text: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    kit::conformance(async || Shelf::default()).await;
    println!("the journal keeps every rule of the kit");

    let mut graph = StateGraph::<Greeting>::new("greeting");
    let greet = node!(graph, "greet", async move |_| Ok(Greeting::update().text("Good morning.")));
    graph.start(greet).end(greet);
    let graph = graph.compile()?;
    let journal = std::sync::Arc::new(Shelf::default());
    graph.run(Greeting::default()).id("first").journal(journal.clone()).await?;
    for entry in journal.read("first", ReadFrom::Record(0)).await?.entries {
        println!("{}", entry.json);
    }
    println!("loaded: {}", graph.load(&journal, "first").await?.state().text);
    Ok(())
}
