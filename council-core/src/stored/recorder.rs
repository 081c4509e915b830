//! Appends the records of a run to its journal, in order.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, MutexGuard, OnceLock};

use super::outbox::{Batch, Outbox};
use crate::journal::Journal;
use crate::journal::entry::{AppendRequest, Entry};
use crate::journal::error::JournalError;
use crate::journal::status::Status;
use crate::journal::stored_run::ReadFrom;
use crate::plan::position::JournalPosition;
use crate::types::lock::Lock;
use crate::types::panic;

/// The time by which the records of a run are in its journal.
///
/// ```
/// # use council_core::stored::Durability;
/// assert_eq!(Durability::default(), Durability::Sync);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Durability {
    /// Before the next superstep begins, and as each task ends if several tasks run. A crash loses no ended task.
    #[default]
    Sync,
    /// While the next superstep runs, in order. A crash loses the last records, and their tasks run again. An error of the
    /// journal stops the run at its next barrier.
    Async,
    /// When the run ends, pauses or stops. A crash loses the run. It is for cheap runs that are inspected later.
    Exit,
}

/// Records that are in the journal now, for [`RunBuilder::on_saved`](crate::RunBuilder::on_saved).
///
/// ```
/// # use council_core::*; use serde::{Deserialize, Serialize};
/// # #[derive(State, Clone, Debug, Default, Serialize, Deserialize)] struct Essay { draft: String }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// # graph.start(write).end(write); let graph = graph.compile()?;
/// let run = graph.run(Essay::default()).id("r-1").journal(journal::Memory::default());
/// run.on_saved(|saved| assert_eq!(saved.run, "r-1")).await?;
/// # Ok(()) }
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Saved<'a> {
    /// The id of the run.
    pub run: &'a str,
    /// The index of the first of these records in the run, from 0.
    pub first: u64,
    /// The records.
    pub entries: &'a [Entry],
}

/// A function that is called with records once they are in the journal.
pub(crate) struct Hook {
    function: Box<dyn Fn(Saved<'_>) + Send + Sync>,
    gone: AtomicBool,
}

impl Hook {
    pub(crate) fn new(function: impl Fn(Saved<'_>) + Send + Sync + 'static) -> Self {
        Self { function: Box::new(function), gone: AtomicBool::new(false) }
    }

    /// Calls the function. After a panic it is not called again, because the records are in the journal anyway.
    fn tell(&self, saved: Saved<'_>) {
        if !self.gone.load(Ordering::Relaxed) && panic::catch(|| (self.function)(saved)).is_err() {
            self.gone.store(true, Ordering::Relaxed);
        }
    }
}

/// Appends records to the journal: one append at a time, each with all records that were queued since the append before.
pub(crate) struct Recorder {
    journal: Arc<dyn Journal>,
    run: Arc<str>,
    durability: Durability,
    hooks: Vec<Hook>,
    outbox: Lock<Outbox>,
    progress: tokio::sync::Mutex<Progress>,
    is_flushing: AtomicBool,
    broken: OnceLock<JournalError>,
}

/// The progress of the journal.
struct Progress {
    /// The number of records that the run has in the journal.
    records: u64,
    in_flight: Option<InFlight>,
}

/// An append that the journal has not confirmed. It is kept here and not in the future that waits for it, so that it is not lost when
/// that future is dropped.
struct InFlight {
    append: Pin<Box<dyn Future<Output = Result<(), JournalError>> + Send>>,
    count: usize,
    /// A copy of the records, if there are hooks.
    entries: Vec<Entry>,
}

impl Recorder {
    pub(crate) fn new(
        journal: Arc<dyn Journal>,
        run: Arc<str>,
        saved: Option<&JournalPosition>,
        durability: Durability,
        hooks: Vec<Hook>,
    ) -> Self {
        let (records, tail) = saved.map_or((0, 0), |saved| (saved.records, saved.tail));
        Self {
            journal,
            run,
            durability,
            hooks,
            outbox: Lock::new(Outbox::after(tail)),
            progress: tokio::sync::Mutex::new(Progress { records, in_flight: None }),
            is_flushing: AtomicBool::new(false),
            broken: OnceLock::new(),
        }
    }

    pub(crate) fn durability(&self) -> Durability {
        self.durability
    }

    /// Checks that the journal has as many records of the run as expected. The first append checks it too, but with
    /// [`Durability::Exit`] the first append only comes at the end of the run.
    pub(crate) async fn check_head(&self) -> Result<(), JournalError> {
        let expected = self.progress.lock().await.records;
        let found = match self.journal.read(&self.run, ReadFrom::Record(u64::MAX)).await {
            Ok(stored) => stored.head.records,
            Err(JournalError::NotFound { .. }) if expected == 0 => return Ok(()),
            Err(error) => return Err(error),
        };
        if found == expected {
            return Ok(());
        }
        Err(Self::of_a_new_run(JournalError::Conflict { run: self.run.to_string(), expected, found }))
    }

    /// The place of the run in the journal, now that all its records are there.
    pub(crate) async fn saved(&self, status: Status) -> JournalPosition {
        let records = self.progress.lock().await.records;
        JournalPosition {
            run: Arc::clone(&self.run),
            records,
            tail: self.outbox().schedule.recorded(),
            status,
            is_upgrade: false,
        }
    }

    /// The records that are not sent to the journal yet.
    pub(super) fn outbox(&self) -> MutexGuard<'_, Outbox> {
        self.outbox.lock()
    }

    /// Flushes the records so far, as the durability of the run requires.
    pub(crate) async fn tick(self: &Arc<Self>) -> Result<(), JournalError> {
        match self.durability {
            Durability::Sync => self.flush().await,
            Durability::Exit => Ok(()),
            Durability::Async if self.outbox().bytes > ASYNC_BYTES => self.flush().await,
            Durability::Async => {
                self.check()?;
                if !self.is_flushing.swap(true, Ordering::AcqRel) {
                    let recorder = Arc::clone(self);
                    tokio::spawn(async move { recorder.flush_aside().await });
                }
                Ok(())
            }
        }
    }

    /// Appends the records so far in the background. An error is kept for the next barrier.
    async fn flush_aside(&self) {
        loop {
            let flushed = self.flush().await;
            self.is_flushing.store(false, Ordering::Release);
            // A record that was added between the flush and the line above found the flag set, and started no flush of its own.
            let is_more = flushed.is_ok() && self.outbox().bytes > 0;
            if !is_more || self.is_flushing.swap(true, Ordering::AcqRel) {
                return;
            }
        }
    }

    fn check(&self) -> Result<(), JournalError> {
        self.broken.get().cloned().map_or(Ok(()), Err)
    }

    /// Waits until all records are in the journal. After an error nothing more is written.
    pub(crate) async fn flush(&self) -> Result<(), JournalError> {
        let mut progress = self.progress.lock().await;
        self.check()?;
        loop {
            if let Some(sent) = &mut progress.in_flight {
                let ended = sent.append.as_mut().await;
                let Some(InFlight { count, entries, .. }) = progress.in_flight.take() else { continue };
                if let Err(error) = ended.map_err(Self::of_a_new_run) {
                    return Err(self.broken.get_or_init(|| error).clone());
                }
                let first = progress.records;
                progress.records += count as u64;
                self.hooks.iter().for_each(|hook| hook.tell(Saved { run: &self.run, first, entries: &entries }));
            }
            let next = self.outbox().pop();
            let Some(batch) = next else { return Ok(()) };
            progress.in_flight = Some(self.send(batch, progress.records));
        }
    }

    /// A new run that already has records conflicts with another run of the same id.
    fn of_a_new_run(error: JournalError) -> JournalError {
        match error {
            JournalError::Conflict { run, expected: 0, .. } => JournalError::Exists { run },
            error => error,
        }
    }

    fn send(&self, batch: Batch, expected: u64) -> InFlight {
        let Batch { entries, head, snapshot } = batch;
        let count = entries.len();
        let copy = if self.hooks.is_empty() { Vec::new() } else { entries.clone() };
        let append = AppendRequest { run: Arc::clone(&self.run), expected, entries, head, snapshot };
        let journal = Arc::clone(&self.journal);
        InFlight { append: Box::pin(async move { (*journal).append(append).await }), count, entries: copy }
    }
}

/// The maximum number of queued bytes while the journal is slower than its run. Above it, the run waits for the journal.
const ASYNC_BYTES: usize = 4 << 20;
