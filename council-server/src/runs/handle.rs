//! A handle of one run, with its event log behind a lock.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, MutexGuard};

use council_core::journal::{RunEntry, StoredRun};
use council_core::{Event, EventKind, Position, error_chain};
use council_llm::{Council, StoredBlueprint, TOKENS_WITHDRAWN, Usage};
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

use super::event_log::EventLog;
use super::idempotency::AcceptedRequests;
use super::log_error::LogError;
use super::pending::Pending;
use super::run_blueprint::{RunBlueprint, RunBlueprints};
use super::subscription::Subscription;
use super::summary::Summary;
use crate::lock::Lock;
use crate::metrics::Metrics;
use crate::wire::result::RunResult;
use crate::wire::status::RunStatus;
use crate::wire::waiting::RunWait;

/// A handle of one run: its event log, and the means to end it.
pub(crate) struct RunHandle {
    id: Arc<str>,
    god_mode: bool,
    /// Held while an answer or a cancel is processed, so that they happen one after another.
    pub(super) control: tokio::sync::Mutex<()>,
    /// Cancelled when the run has been ended from outside; its driver stops at once.
    pub(super) stop: CancellationToken,
    /// The number of drivers of the run. For a moment there may be two.
    pub(super) drivers: AtomicUsize,
    /// Locked only to read or append, never across an await.
    log: Lock<EventLog>,
    /// Why the journal keeps the run from progressing at the moment.
    stall_reason: Lock<Option<String>>,
    /// The position of a paused or queued run, and the number of records that it is the fold of.
    position: Lock<Option<(u64, Position<Council>)>>,
    /// Whether the end has been logged and counted.
    pub(super) end_reported: AtomicBool,
    /// Whether a retry of the run is being stored.
    pub(super) is_in_retry: AtomicBool,
    /// The requests with a key that the run has accepted.
    pub(super) requests: AcceptedRequests,
    /// The sequence number of the run, or of its last retry. Queued runs start in this order.
    pub(super) order: AtomicU64,
}

impl RunHandle {
    pub(super) fn new(
        id: Arc<str>,
        god_mode: bool,
        blueprint: Option<Arc<RunBlueprint>>,
        blueprints: Arc<RunBlueprints>,
        watcher_queue: usize,
        stop: CancellationToken,
    ) -> Self {
        let log = Lock::new(EventLog::new(Arc::clone(&id), god_mode, blueprint, blueprints, watcher_queue));
        Self {
            id,
            god_mode,
            control: tokio::sync::Mutex::default(),
            stop,
            drivers: AtomicUsize::new(0),
            log,
            stall_reason: Lock::default(),
            position: Lock::default(),
            end_reported: AtomicBool::new(false),
            is_in_retry: AtomicBool::new(false),
            requests: AcceptedRequests::default(),
            order: AtomicU64::new(0),
        }
    }

    /// The handle of a stored run.
    pub(super) fn from_journal(
        stored: &StoredRun,
        blueprints: Arc<RunBlueprints>,
        watcher_queue: usize,
        stop: CancellationToken,
    ) -> Result<Self, LogError> {
        let RunEntry { run, .. } = &stored.head;
        let Summary { god_mode, requests, .. } = Summary::of_entry(&stored.head).unwrap_or_default();
        let handle = Self::new(run.as_str().into(), god_mode, None, blueprints, watcher_queue, stop);
        let order = Summary::order_of(&stored.head).into();
        let handle = Self { requests: AcceptedRequests::new(requests), order, ..handle };
        handle.log().apply(0, &stored.entries)?;
        Ok(handle)
    }

    /// The id of the run.
    pub(crate) fn id(&self) -> &Arc<str> {
        &self.id
    }

    /// Whether the run has a driver.
    pub(super) fn is_driven(&self) -> bool {
        self.drivers.load(Ordering::Acquire) > 0
    }

    /// Notes why the run has no driver, or that it has one.
    pub(super) fn set_pending(&self, pending: Option<Pending>) {
        self.log().set_pending(pending);
    }

    /// Notes why the run cannot go on. It has no driver until a client retries it, or until the next start of a server.
    pub(super) fn stall(&self, reason: String) {
        self.set_pending(Some(Pending::Stalled(reason)));
    }

    /// Why the run cannot go on without a retry; `None` if it can.
    pub(super) fn stalled(&self) -> Option<String> {
        self.log().stalled().map(str::to_owned)
    }

    /// Whether the run pauses before each node.
    pub(super) fn god_mode(&self) -> bool {
        self.god_mode
    }

    /// The blueprint; `None` for the built-in council.
    pub(crate) fn blueprint(&self) -> Option<Arc<RunBlueprint>> {
        self.log().blueprint().cloned()
    }

    /// The name of the blueprint in the state of the run; `None` if the state has the whole blueprint, or none.
    pub(super) fn stored_blueprint(&self) -> Option<Arc<StoredBlueprint>> {
        self.log().projection.council().stored_blueprint.clone()
    }

    /// The names of the models of the run, by node; none in a run of a blueprint.
    pub(crate) fn models(&self) -> BTreeMap<String, String> {
        self.log().projection.council().models.clone()
    }

    /// The status of the run. It is pending while the run has no driver, because it is queued or cannot go on.
    pub(crate) fn status(&self) -> RunStatus {
        self.log().status()
    }

    /// The status of the run in the journal.
    pub(super) fn journal_status(&self) -> council_core::journal::Status {
        self.log().projection.journal_status()
    }

    /// The number of the last `run_paused`; 0 if there is none.
    pub(super) fn last_pause_seq(&self) -> u64 {
        self.log().last_pause_seq()
    }

    /// The number of supersteps before the last retry; 0 if there was none. A run that has ended is about to be retried: the record of
    /// its retry is not stored yet.
    pub(super) fn supersteps_before_retry(&self) -> u64 {
        let log = self.log();
        let projection = &log.projection;
        if log.status().is_final() { projection.run.supersteps() } else { projection.supersteps_before }
    }

    /// The number of records in the event log.
    pub(crate) fn record_count(&self) -> u64 {
        self.log().record_count()
    }

    /// The size of the texts of the result, in bytes.
    pub(crate) fn text_bytes(&self) -> usize {
        let log = self.log();
        let council = log.projection.council();
        council.draft.len() + council.document.as_ref().map_or(0, String::len)
    }

    /// The node that completed last.
    pub(super) fn last_node(&self) -> Option<String> {
        self.log().projection.last().map(str::to_owned)
    }

    /// Whether the node that completed last is a critic of a blueprint.
    pub(super) fn last_is_critic(&self) -> bool {
        self.log().projection.last_is_critic()
    }

    /// Why the run has failed.
    pub(crate) fn failure(&self) -> Option<String> {
        self.log().projection.error().map(str::to_owned)
    }

    /// The usage of the models so far.
    pub(super) fn usage(&self) -> Usage {
        self.log().projection.usage()
    }

    /// The result so far.
    pub(crate) fn result(&self) -> RunResult {
        let result = {
            let log = self.log();
            RunResult { status: log.status(), waiting: log.waiting(), ..log.projection.result(&self.id) }
        };
        RunResult { error: result.error.or_else(|| self.stalled()).or_else(|| self.stall_reason().clone()), ..result }
    }

    /// What the run waits for; `None` if something of it is at work.
    pub(super) fn waiting(&self) -> Option<RunWait> {
        self.log().waiting()
    }

    /// The summary for the history.
    pub(super) fn summary(&self) -> Summary {
        let (order, requests) = (self.order.load(Ordering::Acquire), self.requests.list());
        Summary { order, requests, ..self.log().projection.summary() }
    }

    /// The summary of this state of the run.
    pub(super) fn summary_of(&self, council: &Council) -> Summary {
        let (order, requests) = (self.order.load(Ordering::Acquire), self.requests.list());
        Summary { order, requests, ..Summary::of(council, self.god_mode) }
    }

    /// The events after number `after`, and the live events that follow without a gap.
    pub(crate) fn subscribe(&self, after: u64) -> Subscription {
        self.log().subscribe(after)
    }

    /// Closes all watchers, because the server shuts down.
    pub(super) fn close_watchers(&self) {
        self.log().close_watchers();
    }

    /// Applies records that have been stored. New records show that the run progresses again.
    pub(super) fn apply(&self, first: u64, entries: &[council_core::journal::Entry]) {
        let (before, taken, after) = {
            let mut log = self.log();
            (log.record_count(), log.apply(first, entries), log.record_count())
        };
        if after > before {
            *self.stall_reason() = None;
        }
        if let Err(fault) = taken {
            error!(run = %self.id, error = %error_chain(&fault), "cannot show a record");
            self.set_stall_reason(error_chain(&fault));
        }
    }

    /// Sets why the run does not progress.
    pub(super) fn set_stall_reason(&self, why: String) {
        *self.stall_reason() = Some(why);
    }

    /// Keeps the position of a paused or queued run, so that it resumes without reading the journal.
    pub(super) fn keep_position(&self, records: u64, position: Position<Council>) {
        *self.position.lock() = Some((records, position));
    }

    /// Takes the position, if it was kept and the run has not progressed since.
    pub(super) fn take_position(&self) -> Option<Position<Council>> {
        let (records, position) = self.position.lock().take()?;
        (records == self.record_count()).then_some(position)
    }

    /// Notes that no task of the run is at work, because its driver has stopped.
    pub(super) fn clear_work(&self) {
        self.log().clear_work();
    }

    /// Notes which tasks of the run are at work.
    pub(super) fn follow_work(&self, event: &Event<Council>) {
        self.log().follow_work(event);
    }

    /// Handles the events of a run that are not records: tokens, withdrawals of tokens, retries, and the durations of nodes.
    pub(super) fn observe(&self, event: &Event<Council>, metrics: &Metrics) {
        match &event.kind {
            EventKind::Token { task, text, .. } => self.log().send_token(&task.node, text),
            EventKind::Custom { task, name, .. } if **name == *TOKENS_WITHDRAWN => {
                self.log().withdraw_tokens(&task.node);
            }
            EventKind::NodeFailed { task, error, retry_in: Some(wait), .. } => {
                metrics.call_retried();
                warn!(run = %self.id, node = %task.node, attempt = task.attempt, %error, wait = ?wait, "a call failed and is made again");
                self.log().send_retry(task, error, *wait);
            }
            EventKind::NodeCompleted { task, duration, by: None, .. } => match self.log().projection.role(&task.node) {
                Some(role) => metrics.node_completed(role, *duration),
                None => metrics.node_completed(&task.node, *duration),
            },
            _ => {}
        }
    }

    fn stall_reason(&self) -> MutexGuard<'_, Option<String>> {
        self.stall_reason.lock()
    }

    fn log(&self) -> MutexGuard<'_, EventLog> {
        self.log.lock()
    }
}
