//! The one who brings the records of a run to its journal, in order.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::waiting::{Batch, Waiting};
use crate::journal::Journal;
use crate::journal::entry::{Append, Entry, ReadFrom, Status};
use crate::journal::error::JournalError;
use crate::plan::position::Place;
use crate::types::panic;

/// When the records of a run have to be in its journal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// Before the next superstep begins, and as each task ends where several run. A crash loses nothing that has ended.
    #[default]
    Sync,
    /// While the next superstep runs, in order. A crash loses the last moments, which are run again. An error of the journal
    /// stops the run at its next barrier.
    Async,
    /// When the run ends, pauses or stops. A crash loses the run; for runs that are cheap, and are to be looked at later.
    Exit,
}

/// Records that are in the journal now: what [`RunBuilder::on_saved`](crate::RunBuilder::on_saved) tells.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Saved<'a> {
    /// The id of the run.
    pub run: &'a str,
    /// The place of the first of them among the records of the run, from 0.
    pub first: u64,
    /// The records.
    pub entries: &'a [Entry],
}

/// Who is told of records that are in the journal.
pub(crate) struct Hook {
    function: Box<dyn Fn(Saved<'_>) + Send + Sync>,
    gone: AtomicBool,
}

impl Hook {
    pub(crate) fn new(function: impl Fn(Saved<'_>) + Send + Sync + 'static) -> Self {
        Self { function: Box::new(function), gone: AtomicBool::new(false) }
    }

    /// If it panics it is not called again: what is in the journal is there.
    fn tell(&self, saved: Saved<'_>) {
        if !self.gone.load(Ordering::Relaxed) && panic::catch(|| (self.function)(saved)).is_err() {
            self.gone.store(true, Ordering::Relaxed);
        }
    }
}

/// Brings records to the journal. One append is on its way at a time, and takes all that has come together meanwhile.
pub(crate) struct Recorder {
    journal: Arc<dyn Journal>,
    run: Arc<str>,
    durability: Durability,
    hooks: Vec<Hook>,
    waiting: Mutex<Waiting>,
    writing: tokio::sync::Mutex<Writing>,
    is_flushing: AtomicBool,
    broken: OnceLock<JournalError>,
}

struct Writing {
    /// How many records the run has.
    records: u64,
    on_its_way: Option<OnItsWay>,
}

/// It is kept here, and not in the future of whoever waits, so that it is not lost with that.
struct OnItsWay {
    append: Pin<Box<dyn Future<Output = Result<(), JournalError>> + Send>>,
    count: usize,
    /// A copy, where somebody wants to be told.
    entries: Vec<Entry>,
}

impl Recorder {
    pub(crate) fn new(
        journal: Arc<dyn Journal>,
        run: Arc<str>,
        saved: Option<&Place>,
        durability: Durability,
        hooks: Vec<Hook>,
    ) -> Self {
        let (records, tail) = saved.map_or((0, 0), |saved| (saved.records, saved.tail));
        Self {
            journal,
            run,
            durability,
            hooks,
            waiting: Mutex::new(Waiting::after(tail)),
            writing: tokio::sync::Mutex::new(Writing { records, on_its_way: None }),
            is_flushing: AtomicBool::new(false),
            broken: OnceLock::new(),
        }
    }

    pub(crate) fn durability(&self) -> Durability {
        self.durability
    }

    /// Looks whether the run is there as it is thought to be: one that is written at its end is told too late otherwise.
    pub(crate) async fn look(&self) -> Result<(), JournalError> {
        let expected = self.writing.lock().await.records;
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

    /// What the run has in the journal, now that all is there.
    pub(crate) async fn saved(&self, status: Status) -> Place {
        let records = self.writing.lock().await.records;
        Place { run: Arc::clone(&self.run), records, tail: self.waiting().tail(), status }
    }

    /// What has been recorded and is not on its way yet.
    pub(super) fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sees to it that what has been recorded is as safe as the run wants it.
    pub(crate) async fn tick(self: &Arc<Self>) -> Result<(), JournalError> {
        match self.durability {
            Durability::Sync => self.flush().await,
            Durability::Exit => Ok(()),
            Durability::Async if self.waiting().bytes > ASYNC_BYTES => self.flush().await,
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

    /// Brings what there is to the journal. An error is kept for the barrier.
    async fn flush_aside(&self) {
        loop {
            let flushed = self.flush().await;
            self.is_flushing.store(false, Ordering::Release);
            // What came before the last line and after the flush has seen that somebody flushes.
            let is_more = flushed.is_ok() && self.waiting().bytes > 0;
            if !is_more || self.is_flushing.swap(true, Ordering::AcqRel) {
                return;
            }
        }
    }

    fn check(&self) -> Result<(), JournalError> {
        self.broken.get().cloned().map_or(Ok(()), Err)
    }

    /// Waits until all that was recorded is in the journal. After an error nothing more is written.
    pub(crate) async fn flush(&self) -> Result<(), JournalError> {
        let mut writing = self.writing.lock().await;
        self.check()?;
        loop {
            if let Some(sent) = &mut writing.on_its_way {
                let ended = sent.append.as_mut().await;
                let Some(OnItsWay { count, entries, .. }) = writing.on_its_way.take() else { continue };
                if let Err(error) = ended.map_err(Self::of_a_new_run) {
                    return Err(self.broken.get_or_init(|| error).clone());
                }
                let first = writing.records;
                writing.records += count as u64;
                self.hooks.iter().for_each(|hook| hook.tell(Saved { run: &self.run, first, entries: &entries }));
            }
            let next = self.waiting().pop();
            let Some(batch) = next else { return Ok(()) };
            writing.on_its_way = Some(self.send(batch, writing.records));
        }
    }

    /// A run that was to begin and has records already is another.
    fn of_a_new_run(error: JournalError) -> JournalError {
        match error {
            JournalError::Conflict { run, expected: 0, .. } => JournalError::Exists { run },
            error => error,
        }
    }

    fn send(&self, batch: Batch, expected: u64) -> OnItsWay {
        let Batch { entries, head, snapshot } = batch;
        let count = entries.len();
        let copy = if self.hooks.is_empty() { Vec::new() } else { entries.clone() };
        let append = Append { run: Arc::clone(&self.run), expected, entries, head, snapshot };
        let journal = Arc::clone(&self.journal);
        OnItsWay { append: Box::pin(async move { (*journal).append(append).await }), count, entries: copy }
    }
}

/// So much may wait for a journal that is slower than its run; then the run waits.
const ASYNC_BYTES: usize = 4 << 20;
