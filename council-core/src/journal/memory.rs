//! A journal in memory.

use std::collections::HashMap;
use std::sync::{Arc, MutexGuard};

use super::Journal;
use super::entry::{AppendRequest, Entry, Head};
use super::error::JournalError;
use super::run_filter::RunFilter;
use super::stored_run::{ReadFrom, RunEntry, StoredRun};
use crate::types::clock::now;
use crate::types::lock::Lock;
use async_trait::async_trait;

/// A journal in memory, for tests and for runs that need not survive the process. Clones share the runs. On
/// `wasm32-unknown-unknown`, which has no clock, a [copy](Journal::copy) is created at 0, in 1970.
///
/// ```
/// # use council_core::*;
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use council_core::journal::{Journal, Memory, RunFilter};
///
/// let journal = Memory::default();
/// assert!(journal.runs(&RunFilter::default()).await?.is_empty());
/// # Ok(()) }
/// ```
#[doc(alias("InMemorySaver", "MemorySaver"))]
#[derive(Clone, Debug, Default)]
pub struct Memory(Arc<Lock<HashMap<Arc<str>, MemoryRun>>>);

#[derive(Debug)]
struct MemoryRun {
    head: Head,
    created_at: u64,
    snapshot: Option<(u64, String)>,
    entries: Vec<Entry>,
}

impl Memory {
    fn lock(&self) -> MutexGuard<'_, HashMap<Arc<str>, MemoryRun>> {
        self.0.lock()
    }

    // Not async, so that the lock cannot be held over an await.
    fn add(&self, append: AppendRequest) -> Result<(), JournalError> {
        let AppendRequest { run, expected, mut entries, head, snapshot } = append;
        let mut runs = self.lock();
        let Some(kept) = runs.get_mut(&run) else {
            let run = (*run).to_owned();
            return Err(match (expected, head) {
                (0, Some(head)) => {
                    let created_at = entries.first().map_or_else(now, |first| first.at);
                    let snapshot = snapshot.map(|position| (entries.len() as u64, position));
                    runs.insert(run.into(), MemoryRun { head, created_at, snapshot, entries });
                    return Ok(());
                }
                (0, None) => JournalError::MissingHead { run },
                _ => JournalError::NotFound { run },
            });
        };
        let found = kept.entries.len() as u64;
        if found != expected {
            return Err(JournalError::Conflict { run: (*run).to_owned(), expected, found });
        }
        kept.entries.append(&mut entries);
        if let Some(head) = head {
            kept.head = Head { parent: kept.head.parent.take(), ..head };
        }
        if let Some(position) = snapshot {
            kept.snapshot = Some((kept.entries.len() as u64, position));
        }
        Ok(())
    }
}

#[async_trait]
impl Journal for Memory {
    async fn append(&self, append: AppendRequest) -> Result<(), JournalError> {
        self.add(append)
    }

    async fn read(&self, run: &str, from: ReadFrom) -> Result<StoredRun, JournalError> {
        let runs = self.lock();
        let kept = runs.get(run).ok_or_else(|| missing(run))?;
        let (from, snapshot) = match from {
            ReadFrom::Record(from) => (from, None),
            ReadFrom::Snapshot => (kept.snapshot.as_ref().map_or(0, |(at, _)| *at), kept.snapshot.clone()),
        };
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        let entries = kept.entries.get(from..).unwrap_or_default().to_vec();
        Ok(StoredRun { head: kept.entry(run), snapshot, entries })
    }

    async fn runs(&self, filter: &RunFilter) -> Result<Vec<RunEntry>, JournalError> {
        Ok(select(&self.lock(), filter))
    }

    async fn delete(&self, run: &str) -> Result<(), JournalError> {
        self.lock().remove(run).map(drop).ok_or_else(|| missing(run))
    }

    async fn prune(&self, filter: &RunFilter) -> Result<u64, JournalError> {
        let mut runs = self.lock();
        let doomed = select(&runs, filter);
        for entry in &doomed {
            runs.remove(entry.run.as_str());
        }
        Ok(doomed.len() as u64)
    }

    async fn copy(&self, run: &str, records: u64, to: &str, head: Head) -> Result<(), JournalError> {
        let mut runs = self.lock();
        let kept = runs.get(run).ok_or_else(|| missing(run))?;
        if runs.contains_key(to) {
            return Err(JournalError::Exists { run: to.to_owned() });
        }
        let part = usize::try_from(records).ok().and_then(|records| kept.entries.get(..records));
        let Some(entries) = part.map(<[Entry]>::to_vec) else {
            let found = kept.entries.len() as u64;
            return Err(JournalError::Short { run: run.to_owned(), records, found });
        };
        let snapshot = kept.snapshot.clone().filter(|(at, _)| *at <= records);
        runs.insert(to.into(), MemoryRun { head, created_at: now(), snapshot, entries });
        Ok(())
    }
}

impl MemoryRun {
    fn entry(&self, run: &str) -> RunEntry {
        let Head { graph, status, summary, parent } = self.head.clone();
        let records = self.entries.len() as u64;
        let changed_at = self.entries.last().map_or(0, |last| last.at).max(self.created_at);
        RunEntry {
            run: run.to_owned(),
            graph,
            status,
            summary,
            parent,
            records,
            created_at: self.created_at,
            changed_at,
        }
    }
}

fn select(runs: &HashMap<Arc<str>, MemoryRun>, filter: &RunFilter) -> Vec<RunEntry> {
    let mut found: Vec<_> =
        runs.iter().map(|(run, kept)| kept.entry(run)).filter(|entry| filter.matches(entry)).collect();
    found.sort_by(|a, b| (b.created_at, &b.run).cmp(&(a.created_at, &a.run)));
    let offset = usize::try_from(filter.offset).unwrap_or(usize::MAX);
    let limit = filter.limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    found.into_iter().skip(offset).take(limit).collect()
}

fn missing(run: &str) -> JournalError {
    JournalError::NotFound { run: run.to_owned() }
}
