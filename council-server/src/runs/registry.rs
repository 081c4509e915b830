//! The registry of runs: find, remove and drain them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, MutexGuard};
use std::time::Duration;

use council_core::Limits;
use council_core::journal::{JournalError, ReadFrom, StoredRun};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::info;

use super::admission::AdmissionQueue;
use super::ended::EndedRuns;
use super::handle::RunHandle;
use super::idempotency::Turns;
use super::log_error::LogError;
use super::run_blueprint::RunBlueprints;
use super::summary::first_order;
use crate::config::Config;
use crate::councils::Councils;
use crate::lock::Lock;
use crate::metrics::Metrics;
use crate::store::Store;
use crate::wire::time::now;

/// The runs of the server. In memory are only runs that have not ended.
pub(crate) struct Runs {
    pub(super) councils: Councils,
    pub(super) store: Arc<Store>,
    pub(super) blueprints: Arc<RunBlueprints>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) limits: Limits,
    pub(super) retain: Option<u64>,
    /// The ended runs that are being read or watched.
    pub(super) ended: Lock<EndedRuns>,
    /// Permits to read all records of a run: the records of a few runs are in memory at once.
    pub(super) reads: Semaphore,
    /// Held while runs are deleted, and while the runs are listed to find the blueprints that no run names.
    pub(super) deletions: tokio::sync::Mutex<()>,
    /// The number of runs that were deleted since the blueprints that no run names were deleted.
    pub(super) deleted: AtomicU64,
    pub(super) grace: Duration,
    pub(super) watcher_queue: usize,
    /// The runs that have not ended.
    pub(super) live: Lock<HashMap<Arc<str>, Arc<RunHandle>>>,
    /// The admission queue.
    pub(super) admission: Lock<AdmissionQueue<Arc<RunHandle>>>,
    pub(super) supervisors: TaskTracker,
    /// The requests with a key that are being processed.
    pub(super) turns: Turns,
    /// Runs that cannot be read, by id: the number of their records, and the reason.
    pub(super) unreadable: Lock<HashMap<String, (u64, String)>>,
    /// The sequence number of the next run, or of the next retry.
    next_order: AtomicU64,
    /// Whether the unfinished runs of an earlier server have been resumed or queued.
    pub(super) is_recovered: AtomicBool,
    /// The number of paused runs that are only in the journal.
    pub(super) evicted: AtomicUsize,
    /// The number of runs in memory from which paused runs are evicted.
    pub(super) evict_above: AtomicUsize,
    /// Cancelled when the server shuts down: new runs are refused, running ones stop at their next barrier.
    pub(super) draining: CancellationToken,
    /// Cancelled when the server is dropped: runs stop at once.
    pub(super) gone: CancellationToken,
}

/// The error of a run that cannot be found or read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FindError {
    /// The journal does not have the run.
    #[error("Run '{0}' not found.")]
    Unknown(String),
    /// The journal cannot be read.
    #[error(transparent)]
    Journal(JournalError),
    /// Its records do not fit this server.
    #[error("Run '{run}' cannot be read")]
    Unreadable {
        run: String,
        #[source]
        source: LogError,
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
            blueprints: Arc::new(RunBlueprints::new(store.blueprints.clone())),
            store,
            metrics,
            limits: config.limits,
            retain: config.retained_runs(),
            ended: Lock::default(),
            reads: Semaphore::new(READS),
            deletions: tokio::sync::Mutex::default(),
            deleted: AtomicU64::new(0),
            grace: config.grace,
            watcher_queue: config.watcher_queue,
            live: Lock::default(),
            admission: Lock::new(AdmissionQueue::new(config.max_runs, config.max_waiting)),
            supervisors: TaskTracker::new(),
            turns: Turns::default(),
            unreadable: Lock::default(),
            next_order: AtomicU64::new(first_order(now())),
            is_recovered: AtomicBool::new(false),
            evicted: AtomicUsize::new(0),
            evict_above: AtomicUsize::new(MIN_BEFORE_EVICTION),
            draining: CancellationToken::new(),
            gone,
        }
    }

    /// The councils of the server.
    pub(crate) fn councils(&self) -> &Councils {
        &self.councils
    }

    /// The stored records of a run.
    pub(super) async fn stored(&self, id: &str) -> Result<StoredRun, FindError> {
        match self.store.journal.read(id, ReadFrom::Record(0)).await {
            Ok(stored) if self.councils.has_graph(&stored.head.graph) => Ok(stored),
            Ok(_) | Err(JournalError::NotFound { .. }) => Err(FindError::Unknown(id.to_owned())),
            Err(JournalError::Damaged { found, .. }) => {
                Err(FindError::Unreadable { run: id.to_owned(), source: LogError::Damaged { found } })
            }
            Err(fault) => Err(FindError::Journal(fault)),
        }
    }

    /// Gives a run the next sequence number: it was accepted, or is retried.
    pub(super) fn put_last(&self, handle: &RunHandle) {
        handle.order.store(self.next_order.fetch_add(1, Ordering::AcqRel), Ordering::Release);
    }

    /// Finds a run in memory or in the journal.
    pub(crate) async fn find(self: &Arc<Self>, id: &str) -> Result<Arc<RunHandle>, FindError> {
        if let Some(handle) = self.live().get(id).cloned() {
            return Ok(handle);
        }
        let handle = self.read_shared(id).await?;
        // An earlier server may have had a clock that was ahead.
        self.next_order.fetch_max(handle.order.load(Ordering::Acquire).saturating_add(1), Ordering::AcqRel);
        if handle.status().is_final() {
            return Ok(handle);
        }
        let handle = {
            let mut live = self.live();
            self.evict_paused(&mut live);
            match live.entry(Arc::clone(handle.id())) {
                Entry::Occupied(known) => Arc::clone(known.get()),
                Entry::Vacant(place) => {
                    self.uncount_paused(handle.status());
                    Arc::clone(place.insert(handle))
                }
            }
        };
        // The run may have progressed, or ended, since it was read.
        self.catch_up(&handle).await.map_err(FindError::Journal)?;
        self.remove_if_ended(&handle);
        Ok(handle)
    }

    /// A handle of a stored run. It is not in memory for others.
    pub(super) fn handle_of(&self, stored: &StoredRun) -> Result<Arc<RunHandle>, FindError> {
        let (blueprints, stop) = (Arc::clone(&self.blueprints), self.gone.child_token());
        let handle = RunHandle::from_journal(stored, blueprints, self.watcher_queue, stop);
        handle.map(Arc::new).map_err(|source| FindError::Unreadable { run: stored.head.run.clone(), source })
    }

    /// Reads a run from the journal, or finds the handle of another request.
    pub(super) async fn read_shared(&self, id: &str) -> Result<Arc<RunHandle>, FindError> {
        let place = self.ended.lock().place(id);
        let mut known = place.lock().await;
        // Another request may have read a run that has not ended.
        if let Some(live) = self.live().get(id).cloned() {
            return Ok(live);
        }
        if let Some(handle) = known.upgrade()
            // A run that was retried since has more records.
            && handle.record_count() == self.stored_records(id).await?
        {
            return Ok(handle);
        }
        let _permit = self.reads.acquire().await;
        let handle = self.handle_of(&self.stored(id).await?)?;
        if handle.status().is_final() {
            *known = Arc::downgrade(&handle);
        }
        Ok(handle)
    }

    /// The number of records that a run has in the journal.
    pub(crate) async fn stored_records(&self, id: &str) -> Result<u64, FindError> {
        match self.store.journal.read(id, ReadFrom::Record(u64::MAX)).await {
            Ok(stored) if self.councils.has_graph(&stored.head.graph) => Ok(stored.head.records),
            Ok(_) | Err(JournalError::NotFound { .. }) => Err(FindError::Unknown(id.to_owned())),
            Err(fault) => Err(FindError::Journal(fault)),
        }
    }

    /// Applies the records of a run that are in the journal and not in its event log.
    pub(super) async fn catch_up(&self, handle: &RunHandle) -> Result<(), JournalError> {
        let first = handle.record_count();
        let stored = self.store.journal.read(handle.id(), ReadFrom::Record(first)).await?;
        handle.apply(first, &stored.entries);
        Ok(())
    }

    /// Shuts down: refuses new runs, and waits until the running ones have stopped at their next barrier or the grace is over. They resume
    /// at the next start. Watchers are closed.
    pub(crate) async fn drain(&self) {
        {
            let _live = self.live();
            self.draining.cancel();
            self.supervisors.close();
        }
        info!(runs = self.supervisors.len(), "draining");
        self.supervisors.wait().await;
        self.live().values().for_each(|handle| handle.close_watchers());
    }

    /// Waits until no run is driven: all of them have paused or ended.
    #[cfg(test)]
    pub(super) async fn settled(&self) {
        self.supervisors.close();
        self.supervisors.wait().await;
        self.supervisors.reopen();
    }

    /// Removes a run from memory if it has ended, or if nothing of it was stored.
    pub(super) fn remove_if_ended(self: &Arc<Self>, handle: &RunHandle) {
        let is_left = handle.status().is_final() || handle.record_count() == 0;
        if !is_left || !self.remove(handle) {
            return;
        }
        if let Some(keep) = self.retain.filter(|_| !self.gone.is_cancelled()) {
            let runs = Arc::clone(self);
            self.supervisors.spawn(async move { runs.prune(keep).await });
        }
    }

    /// Removes a run from memory. A retry may have replaced the handle.
    fn remove(&self, handle: &RunHandle) -> bool {
        let mut live = self.live();
        let is_known = live.get(handle.id()).is_some_and(|known| std::ptr::eq(&raw const **known, handle));
        is_known && live.remove(handle.id()).is_some()
    }

    pub(super) fn live(&self) -> MutexGuard<'_, HashMap<Arc<str>, Arc<RunHandle>>> {
        self.live.lock()
    }
}

/// The least number of runs in memory from which paused runs are evicted.
pub(super) const MIN_BEFORE_EVICTION: usize = 256;
/// How many runs are read at once.
const READS: usize = 4;
