//! The history of runs, newest first.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use council_core::error_chain;
use council_core::journal::{JournalError, ReadFrom, RunEntry, RunFilter, Status as JournalStatus};

use super::registry::{FindError, Runs};
use super::summary::Summary;
use crate::wire::history::HistoryEntry;
use crate::wire::status::RunStatus;

impl Runs {
    /// At most `limit` entries, without the newest `offset`.
    pub(crate) async fn history(self: &Arc<Self>, limit: u64, offset: u64) -> Result<Vec<HistoryEntry>, JournalError> {
        let graphs = self.councils.graph_names();
        let filter = RunFilter { graphs, limit: Some(limit), offset, ..RunFilter::default() };
        let heads = self.store.journal.runs(&filter).await?;
        let mut entries = Vec::with_capacity(heads.len());
        for head in heads {
            entries.push(self.entry(&head).await);
        }
        Ok(entries)
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
        self.find(&head.run).await.err().map(|fault| error_chain(&fault))
    }
}
