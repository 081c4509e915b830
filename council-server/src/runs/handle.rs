//! One run behind its lock.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, MutexGuard};

use council_core::journal::{RunEntry, StoredRun};
use council_core::{Event, EventKind, Position};
use council_llm::{Blueprint, Council, Usage};
use tokio_util::sync::CancellationToken;
use tracing::error;

use super::admission::QueueKey;
use super::event_log::{EventLog, Subscription};
use super::projection_error::ProjectionError;
use super::summary::Summary;
use crate::error_text::chain;
use crate::lock::Lock;
use crate::metrics::Metrics;
use crate::wire::chair::ChairState;
use crate::wire::result::RunResult;
use crate::wire::status::RunStatus;

/// One run: what has happened in it, and a way to end it.
pub(crate) struct RunHandle {
    id: Arc<str>,
    god_mode: bool,
    /// Held by whoever answers for the chair or cancels, so that one of them is first.
    pub(super) control: tokio::sync::Mutex<()>,
    /// Whoever drivers the run has to let go of it at once.
    pub(super) stop: CancellationToken,
    /// How many mind the run; for a moment it may be two.
    pub(super) drivers: AtomicUsize,
    /// Held for as long as it takes to copy or to add an event, never across an await.
    log: Lock<EventLog>,
    /// Why the run does not go on at the moment.
    stall_reason: Lock<Option<String>>,
    /// The position of a run that waits, for the chair or in the queue, and the number of records that it is the fold of.
    position: Lock<Option<(u64, Position<Council>)>>,
    /// Whether those who mind the server have been told that the run has ended.
    pub(super) end_reported: AtomicBool,
}

impl RunHandle {
    pub(super) fn new(id: Arc<str>, god_mode: bool, watcher_queue: usize, stop: CancellationToken) -> Self {
        let log = Lock::new(EventLog::new(Arc::clone(&id), god_mode, watcher_queue));
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
        }
    }

    /// A run as the journal has it.
    pub(super) fn from_journal(
        stored: &StoredRun,
        watcher_queue: usize,
        stop: CancellationToken,
    ) -> Result<Self, ProjectionError> {
        let RunEntry { run, .. } = &stored.head;
        let god_mode = Summary::of_entry(&stored.head).is_some_and(|summary| summary.god_mode);
        let entry = Self::new(run.as_str().into(), god_mode, watcher_queue, stop);
        entry.log().apply(0, &stored.entries)?;
        Ok(entry)
    }

    /// The id of the run.
    pub(crate) fn id(&self) -> &Arc<str> {
        &self.id
    }

    /// When the run was accepted: its place among others.
    pub(super) fn queue_key(&self) -> QueueKey {
        (self.log().began(), Arc::clone(&self.id))
    }

    /// Whether somebody minds the run.
    pub(super) fn is_driven(&self) -> bool {
        self.drivers.load(Ordering::Acquire) > 0
    }

    /// Whether the run stands still and nobody tries to change that, until the server starts again.
    pub(super) fn is_stalled(&self) -> bool {
        let is_held_up = self.stall_reason().is_some();
        is_held_up && !self.is_driven() && self.status() == RunStatus::Running
    }

    /// Whether it pauses before each node.
    pub(super) fn god_mode(&self) -> bool {
        self.god_mode
    }

    /// What it is made by, unless it is the built-in council.
    pub(crate) fn blueprint(&self) -> Option<Arc<Blueprint>> {
        self.log().projection.blueprint().cloned()
    }

    /// Where the run stands.
    pub(crate) fn status(&self) -> RunStatus {
        self.log().status()
    }

    /// The number of the event that asked the chair last; 0 if none has.
    pub(super) fn last_pause_seq(&self) -> u64 {
        self.log().last_pause_seq()
    }

    /// How many of its records have been told.
    pub(super) fn record_count(&self) -> u64 {
        self.log().record_count()
    }

    /// The node after which the run stands.
    pub(super) fn last_node(&self) -> Option<String> {
        self.log().projection.last().map(str::to_owned)
    }

    /// Whether the node after which the run stands is a critic of a blueprint.
    pub(super) fn last_is_critic(&self) -> bool {
        self.log().projection.last_is_critic()
    }

    /// Why the run has failed.
    pub(crate) fn failure(&self) -> Option<String> {
        self.log().projection.error().map(str::to_owned)
    }

    /// What the models have read and written for the run so far.
    pub(super) fn usage(&self) -> Usage {
        self.log().projection.usage()
    }

    /// What the run has come to so far.
    pub(crate) fn result(&self) -> RunResult {
        let result = self.log().projection.result(&self.id);
        RunResult { error: result.error.or_else(|| self.stall_reason().clone()), ..result }
    }

    /// What the chair sees, without the messages, and the number of records that it is made of; `None` where the run has no chair.
    pub(super) fn chair_state(&self) -> Option<(ChairState, u64)> {
        let log = self.log();
        Some((log.projection.chair_state(&self.id)?, log.record_count()))
    }

    /// What a list of runs is to show of it from now on, if it is closed.
    pub(super) fn summary(&self) -> Summary {
        self.log().projection.summary()
    }

    /// The events after the one with this number, and the live ones that follow them without a gap.
    pub(crate) fn subscribe(&self, after: u64) -> Subscription {
        self.log().subscribe(after)
    }

    /// Lets all watchers go: the server ends.
    pub(super) fn close_watchers(&self) {
        self.log().close_watchers();
    }

    /// Takes note of records that are in the journal now. A run that has come further has no trouble any more.
    pub(super) fn apply(&self, first: u64, entries: &[council_core::journal::Entry]) {
        let (before, taken, after) = {
            let mut log = self.log();
            (log.record_count(), log.apply(first, entries), log.record_count())
        };
        if let Err(fault) = taken {
            error!(run = %self.id, error = %chain(&fault), "a record cannot be shown");
        }
        if after > before {
            *self.stall_reason() = None;
        }
    }

    /// Why it does not go on at the moment.
    pub(super) fn set_stall_reason(&self, why: String) {
        *self.stall_reason() = Some(why);
    }

    /// Keeps the position of a run that waits, so that it goes on without reading the journal.
    pub(super) fn keep_position(&self, records: u64, position: Position<Council>) {
        *self.position.lock() = Some((records, position));
    }

    /// The position that was kept, unless the run has gone on since.
    pub(super) fn take_position(&self) -> Option<Position<Council>> {
        let (records, position) = self.position.lock().take()?;
        (records == self.record_count()).then_some(position)
    }

    /// Takes note of what the run tells beside its records.
    pub(super) fn observe(&self, event: &Event<Council>, metrics: &Metrics) {
        match &event.kind {
            EventKind::Token { task, text } => self.log().send_token(&task.node, text),
            EventKind::NodeCompleted { task, duration, .. } => match self.log().projection.role(&task.node) {
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
