//! The history of runs, newest first.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use council_core::error_chain;
use council_core::journal::{JournalError, ReadFrom, RunEntry, RunFilter, Status as JournalStatus};

use super::registry::{FindError, Runs};
use super::summary::Summary;
use crate::wire::history::HistoryEntry;
use crate::wire::status::RunStatus;

/// What is left of a list of runs.
pub(crate) struct HistoryPlace {
    offset: u64,
    limit: u64,
    /// The most entries of the next batch. The first batch has one, since its size is not known.
    batch: u64,
    /// The runs that have been sent.
    sent: HashSet<String>,
}

impl HistoryPlace {
    /// The beginning of a list.
    pub(crate) fn new(offset: u64, limit: u64) -> Self {
        Self { offset, limit, batch: 1, sent: HashSet::new() }
    }

    /// Sets the size of the next batch by the sizes of these runs.
    fn resize(&mut self, heads: &[RunEntry]) {
        let sizes = heads.iter().map(|head| head.summary.as_ref().map_or(0, String::len));
        let longest = sizes.max().unwrap_or_default().max(1);
        self.batch = ((BATCH_BYTES / longest) as u64).clamp(1, 2 * self.batch.max(8));
    }
}

impl Runs {
    /// The next entries of a list: many short ones, or a few long ones; `None` at the end of the list.
    pub(crate) async fn history(
        self: &Arc<Self>,
        place: &mut HistoryPlace,
    ) -> Result<Option<Vec<HistoryEntry>>, JournalError> {
        let mut batch = Vec::new();
        while batch.is_empty() && place.limit > 0 {
            let limit = place.limit.min(place.batch);
            let filter = RunFilter {
                graphs: self.councils.graph_names(),
                limit: Some(limit),
                offset: place.offset,
                ..RunFilter::default()
            };
            let heads = self.store.journal.runs(&filter).await?;
            if heads.is_empty() {
                return Ok(None);
            }
            place.offset += heads.len() as u64;
            place.resize(&heads);
            // A run that began meanwhile has moved the others back by one.
            for head in heads.into_iter().filter(|head| place.sent.insert(head.run.clone())) {
                batch.push(self.entry(&head).await);
            }
            place.limit -= batch.len() as u64;
        }
        Ok(Some(batch).filter(|batch| !batch.is_empty()))
    }

    /// The entry of one run.
    pub(crate) async fn history_entry(self: &Arc<Self>, id: &str) -> Result<HistoryEntry, FindError> {
        match self.store.journal.read(id, ReadFrom::Record(u64::MAX)).await {
            Ok(stored) if self.councils.has_graph(&stored.head.graph) => Ok(self.entry(&stored.head).await),
            Ok(_) | Err(JournalError::NotFound { .. }) => Err(FindError::Unknown(id.to_owned())),
            Err(fault) => Err(FindError::Journal(fault)),
        }
    }

    async fn entry(self: &Arc<Self>, head: &RunEntry) -> HistoryEntry {
        // The handle of a live run is ahead of the stored entry.
        let live = self.live().get(head.run.as_str()).cloned();
        let pending = match &live {
            Some(handle) => (handle.status() == RunStatus::Pending).then(|| handle.stalled()),
            None => self.unreadable(head).await.map(Some),
        };
        let waiting = live.as_ref().and_then(|handle| handle.waiting());
        let summary = match live.map(|entry| entry.summary()).or_else(|| Summary::of_entry(head)) {
            Some(summary) => summary,
            None if pending.is_some() => Summary::default(),
            // Another program has started the run, without a summary.
            None => self.find(&head.run).await.map(|entry| entry.summary()).unwrap_or_default(),
        };
        let entry = HistoryEntry { waiting, ..summary.into_history(head) };
        match pending {
            Some(error) => HistoryEntry { status: RunStatus::Pending, error, ..entry },
            None => entry,
        }
    }

    /// Why a run that has not ended is not in memory, although the unfinished runs have been resumed: it cannot be read.
    async fn unreadable(self: &Arc<Self>, head: &RunEntry) -> Option<String> {
        let is_unfinished = matches!(head.status, JournalStatus::Running | JournalStatus::Stopped);
        if !is_unfinished || !self.is_recovered.load(Ordering::Acquire) {
            return None;
        }
        let known = self.unreadable.lock().get(&head.run).filter(|(records, _)| *records == head.records).cloned();
        if let Some((_, reason)) = known {
            return Some(reason);
        }
        let fault = self.find(&head.run).await.err()?;
        let reason = error_chain(&fault);
        if let FindError::Unreadable { .. } = fault {
            // Its records do not change while they cannot be read, so the next listing does not read them again.
            self.unreadable.lock().insert(head.run.clone(), (head.records, reason.clone()));
        }
        Some(reason)
    }
}

/// The size of a batch of entries, in bytes.
const BATCH_BYTES: usize = 256 << 10;
