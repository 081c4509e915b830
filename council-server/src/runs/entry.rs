//! One run behind its lock.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use council_core::journal::{RunEntry as Head, Stored};
use council_core::{Event, EventKind};
use council_llm::{Blueprint, Council, Usage};
use tokio_util::sync::CancellationToken;
use tracing::error;

use super::log::{Log, Watch};
use super::summary::Summary;
use super::turns::Accepted;
use super::unreadable::Unreadable;
use crate::error_text::chain;
use crate::metrics::Metrics;
use crate::wire::chair::ChairState;
use crate::wire::result::RunResult;
use crate::wire::status::Status;

/// One run: what has happened in it, and a way to end it.
pub(crate) struct RunEntry {
    id: Arc<str>,
    god_mode: bool,
    /// Held by whoever answers for the chair or cancels, so that one of them is first.
    pub(super) control: tokio::sync::Mutex<()>,
    /// Whoever drives the run has to let go of it at once.
    pub(super) stop: CancellationToken,
    /// How many mind the run; for a moment it may be two.
    pub(super) drives: AtomicUsize,
    /// Held for as long as it takes to copy or to add an event, never across an await.
    log: Mutex<Log>,
    /// Why the run does not go on at the moment.
    trouble: Mutex<Option<String>>,
    /// Whether those who mind the server have been told that the run has ended.
    pub(super) is_said_to_have_ended: AtomicBool,
}

impl RunEntry {
    pub(super) fn new(id: Arc<str>, god_mode: bool, watcher_queue: usize, stop: CancellationToken) -> Self {
        let log = Mutex::new(Log::new(Arc::clone(&id), god_mode, watcher_queue));
        Self {
            id,
            god_mode,
            control: tokio::sync::Mutex::default(),
            stop,
            drives: AtomicUsize::new(0),
            log,
            trouble: Mutex::default(),
            is_said_to_have_ended: AtomicBool::new(false),
        }
    }

    /// A run as the journal has it.
    pub(super) fn read(stored: &Stored, watcher_queue: usize, stop: CancellationToken) -> Result<Self, Unreadable> {
        let Head { run, .. } = &stored.head;
        let god_mode = Summary::read(&stored.head).is_some_and(|summary| summary.god_mode);
        let entry = Self::new(run.as_str().into(), god_mode, watcher_queue, stop);
        entry.log().take(0, &stored.entries)?;
        Ok(entry)
    }

    /// The id of the run.
    pub(crate) fn id(&self) -> &Arc<str> {
        &self.id
    }

    /// When the run was accepted: its place among others.
    pub(super) fn accepted(&self) -> Accepted {
        (self.log().began(), Arc::clone(&self.id))
    }

    /// Whether somebody minds the run.
    pub(super) fn is_driven(&self) -> bool {
        self.drives.load(Ordering::Acquire) > 0
    }

    /// Whether the run stands still and nobody tries to change that, until the server starts again.
    pub(super) fn is_stuck(&self) -> bool {
        let has_trouble = self.trouble_now().is_some();
        has_trouble && !self.is_driven() && self.status() == Status::Running
    }

    /// Whether it pauses before each node.
    pub(super) fn god_mode(&self) -> bool {
        self.god_mode
    }

    /// What it is made by, unless it is the built-in council.
    pub(crate) fn blueprint(&self) -> Option<Arc<Blueprint>> {
        self.log().standing.blueprint().cloned()
    }

    /// Where the run stands.
    pub(crate) fn status(&self) -> Status {
        self.log().status()
    }

    /// The number of the event that asked the chair last; 0 if none has.
    pub(super) fn asked(&self) -> u64 {
        self.log().asked()
    }

    /// How many of its records have been told.
    pub(super) fn records(&self) -> u64 {
        self.log().records()
    }

    /// The node after which the run stands.
    pub(super) fn last_node(&self) -> Option<String> {
        self.log().standing.last().map(str::to_owned)
    }

    /// Whether the node after which the run stands is a critic of a blueprint.
    pub(super) fn is_judged(&self) -> bool {
        self.log().standing.is_judged()
    }

    /// Why the run has failed.
    pub(crate) fn failure(&self) -> Option<String> {
        self.log().standing.error().map(str::to_owned)
    }

    /// What the models have read and written for the run so far.
    pub(super) fn usage(&self) -> Usage {
        self.log().standing.usage()
    }

    /// What the run has come to so far.
    pub(crate) fn result(&self) -> RunResult {
        let result = self.log().standing.result(&self.id);
        RunResult { error: result.error.or_else(|| self.trouble_now().clone()), ..result }
    }

    /// What the chair sees; `None` where the run has none.
    pub(crate) fn chair(&self) -> Option<ChairState> {
        self.log().standing.chair(&self.id)
    }

    /// What a list of runs is to show of it from now on, if it is closed.
    pub(super) fn summary(&self) -> Summary {
        self.log().standing.summary()
    }

    /// The events after the one with this number, and the live ones that follow them without a gap.
    pub(crate) fn watch(&self, after: u64) -> Watch {
        self.log().watch(after)
    }

    /// Lets all watchers go: the server ends.
    pub(super) fn release(&self) {
        self.log().close();
    }

    /// Takes note of records that are in the journal now. A run that has come further has no trouble any more.
    pub(super) fn take(&self, first: u64, entries: &[council_core::journal::Entry]) {
        let (before, taken, after) = {
            let mut log = self.log();
            (log.records(), log.take(first, entries), log.records())
        };
        if let Err(fault) = taken {
            error!(run = %self.id, error = %chain(&fault), "a record cannot be shown");
        }
        if after > before {
            *self.trouble_now() = None;
        }
    }

    /// Why it does not go on at the moment.
    pub(super) fn trouble(&self, why: String) {
        *self.trouble_now() = Some(why);
    }

    /// Takes note of what the run tells beside its records.
    pub(super) fn observe(&self, event: &Event<Council>, metrics: &Metrics) {
        match &event.kind {
            EventKind::Token { task, text } => self.log().tell_token(&task.node, text),
            EventKind::NodeCompleted { task, duration, .. } => match self.log().standing.role(&task.node) {
                Some(role) => metrics.worked(role, *duration),
                None => metrics.worked(&task.node, *duration),
            },
            _ => {}
        }
    }

    fn trouble_now(&self) -> MutexGuard<'_, Option<String>> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
