//! The runs of a server: found, forgotten, drained.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Arc, MutexGuard};
use std::time::Duration;

use council_core::Limits;
use council_core::journal::{JournalError, ReadFrom, RunFilter, Status as JournalStatus, StoredRun};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{info, warn};

use super::admission::AdmissionQueue;
use super::handle::RunHandle;
use super::projection_error::ProjectionError;
use crate::config::Config;
use crate::councils::Councils;
use crate::error_text::chain;
use crate::lock::Lock;
use crate::metrics::Metrics;
use crate::store::Store;

/// The runs that the server knows. Those that have ended are in the journal alone.
pub(crate) struct Runs {
    pub(super) councils: Councils,
    pub(super) store: Arc<Store>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) limits: Limits,
    pub(super) retain: Option<u64>,
    pub(super) grace: Duration,
    pub(super) watcher_queue: usize,
    /// The runs that have not ended.
    pub(super) live: Lock<HashMap<Arc<str>, Arc<RunHandle>>>,
    /// Which of them are at work.
    pub(super) admission: Lock<AdmissionQueue<Arc<RunHandle>>>,
    pub(super) supervisors: TaskTracker,
    /// Whether the runs that an earlier server left unfinished have been taken up.
    pub(super) is_recovered: AtomicBool,
    /// How many paused runs are in the journal alone.
    pub(super) evicted: AtomicUsize,
    /// From how many runs in memory on it is looked who need not be there.
    pub(super) evict_above: AtomicUsize,
    /// No new run is taken; running ones stop at their barrier.
    pub(super) draining: CancellationToken,
    /// The server is gone; running ones stop at once.
    pub(super) gone: CancellationToken,
}

/// Why a run cannot be shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FindError {
    /// The journal does not know it.
    #[error("Run '{0}' not found.")]
    Unknown(String),
    /// The journal cannot be read.
    #[error(transparent)]
    Journal(JournalError),
    /// What it holds is of another version.
    #[error("Run '{run}' cannot be read")]
    Unreadable {
        run: String,
        #[source]
        source: ProjectionError,
    },
}

impl Runs {
    pub(crate) fn new(
        config: &Config,
        councils: Councils,
        store: Arc<Store>,
        metrics: Arc<Metrics>,
        gone: CancellationToken,
    ) -> Self {
        Self {
            councils,
            store,
            metrics,
            limits: config.limits,
            retain: config.retained_runs(),
            grace: config.grace,
            watcher_queue: config.watcher_queue,
            live: Lock::default(),
            admission: Lock::new(AdmissionQueue::new(config.max_runs, config.max_waiting)),
            supervisors: TaskTracker::new(),
            is_recovered: AtomicBool::new(false),
            evicted: AtomicUsize::new(0),
            evict_above: AtomicUsize::new(MIN_BEFORE_EVICTION),
            draining: CancellationToken::new(),
            gone,
        }
    }

    /// What they can be runs of.
    pub(crate) fn councils(&self) -> &Councils {
        &self.councils
    }

    /// The records of the run with this id.
    pub(super) async fn stored(&self, id: &str) -> Result<StoredRun, FindError> {
        match self.store.journal.read(id, ReadFrom::Record(0)).await {
            Ok(stored) if self.councils.has_graph(&stored.head.graph) => Ok(stored),
            Ok(_) | Err(JournalError::NotFound { .. }) => Err(FindError::Unknown(id.to_owned())),
            Err(fault) => Err(FindError::Journal(fault)),
        }
    }

    /// The run with this id.
    pub(crate) async fn find(self: &Arc<Self>, id: &str) -> Result<Arc<RunHandle>, FindError> {
        if let Some(entry) = self.live().get(id).cloned() {
            return Ok(entry);
        }
        let stored = self.stored(id).await?;
        let entry = RunHandle::from_journal(&stored, self.watcher_queue, self.gone.child_token());
        let entry = entry.map_err(|source| FindError::Unreadable { run: id.to_owned(), source })?;
        let entry = Arc::new(entry);
        if entry.status().is_final() {
            return Ok(entry);
        }
        let entry = {
            let mut live = self.live();
            self.evict_paused(&mut live);
            match live.entry(Arc::clone(entry.id())) {
                Entry::Occupied(known) => Arc::clone(known.get()),
                Entry::Vacant(place) => {
                    self.uncount_paused(entry.status());
                    Arc::clone(place.insert(entry))
                }
            }
        };
        // It may have gone on, and even ended, between the reading and now.
        self.catch_up(&entry).await.map_err(FindError::Journal)?;
        self.remove_if_ended(&entry);
        Ok(entry)
    }

    /// Tells of a run what is in the journal and was not told yet.
    pub(super) async fn catch_up(&self, entry: &RunHandle) -> Result<(), JournalError> {
        let first = entry.record_count();
        let stored = self.store.journal.read(entry.id(), ReadFrom::Record(first)).await?;
        entry.apply(first, &stored.entries);
        Ok(())
    }

    /// Takes no new run, stops the running ones at their next barrier, and waits until all have: the grace at most. They go on at
    /// the next start. Those who watch are let go.
    pub(crate) async fn drain(&self) {
        {
            let _live = self.live();
            self.draining.cancel();
            self.supervisors.close();
        }
        info!(runs = self.supervisors.len(), "draining");
        self.supervisors.wait().await;
        self.live().values().for_each(|entry| entry.close_watchers());
    }

    /// Waits until no run is driven: all of them have paused or ended.
    #[cfg(test)]
    pub(super) async fn settled(&self) {
        self.supervisors.close();
        self.supervisors.wait().await;
        self.supervisors.reopen();
    }

    /// Leaves a run to the journal that has ended, or of which nothing was stored.
    pub(super) fn remove_if_ended(self: &Arc<Self>, entry: &RunHandle) {
        let is_left = entry.status().is_final() || entry.record_count() == 0;
        if !is_left || self.live().remove(entry.id()).is_none() {
            return;
        }
        if let Some(keep) = self.retain.filter(|_| !self.gone.is_cancelled()) {
            let runs = Arc::clone(self);
            self.supervisors.spawn(async move { runs.prune(keep).await });
        }
    }

    /// Deletes all ended runs but the newest.
    async fn prune(&self, keep: u64) {
        let statuses = vec![JournalStatus::Finished, JournalStatus::Failed, JournalStatus::Closed];
        let ended = RunFilter { graphs: self.councils.graph_names(), statuses, offset: keep, ..RunFilter::default() };
        if let Err(fault) = self.store.journal.prune(&ended).await {
            warn!(error = %chain(&fault), "old runs could not be deleted");
        }
    }

    pub(super) fn live(&self) -> MutexGuard<'_, HashMap<Arc<str>, Arc<RunHandle>>> {
        self.live.lock()
    }
}

/// So many runs are in memory before it is looked who need not be.
pub(super) const MIN_BEFORE_EVICTION: usize = 256;
