//! The one who brings the records of a run to its journal, in order.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::journal::{Append, Entry, Head, Journal, JournalError};

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

pub(crate) type Hook = Box<dyn Fn(Saved<'_>) + Send + Sync>;

/// Brings records to the journal. One append is on its way at a time, and takes all that has come together meanwhile.
pub(crate) struct Recorder {
    journal: Arc<dyn Journal>,
    run: Arc<str>,
    durability: Durability,
    hooks: Vec<Hook>,
    waiting: Mutex<VecDeque<Batch>>,
    waiting_bytes: AtomicUsize,
    writing: tokio::sync::Mutex<Writing>,
    is_flushing: AtomicBool,
    broken: Mutex<Option<JournalError>>,
}

/// What goes into one append.
#[derive(Default)]
struct Batch {
    entries: Vec<Entry>,
    head: Option<Head>,
    snapshot: Option<String>,
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
        records: u64,
        durability: Durability,
        hooks: Vec<Hook>,
    ) -> Self {
        Self {
            journal,
            run,
            durability,
            hooks,
            waiting: Mutex::default(),
            waiting_bytes: AtomicUsize::new(0),
            writing: tokio::sync::Mutex::new(Writing { records, on_its_way: None }),
            is_flushing: AtomicBool::new(false),
            broken: Mutex::new(None),
        }
    }

    pub(crate) fn durability(&self) -> Durability {
        self.durability
    }

    /// How many records the run has, those included that are on their way.
    pub(crate) async fn records(&self) -> u64 {
        self.writing.lock().await.records
    }

    /// Takes a record.
    pub(crate) fn push(&self, json: String) {
        self.waiting_bytes.fetch_add(json.len(), Ordering::Relaxed);
        let entry = Entry { at: now(), json };
        self.with_batch(|batch| batch.entries.push(entry));
    }

    /// The run is something else from here on.
    pub(crate) fn set_head(&self, head: Head) {
        self.with_batch(|batch| batch.head = Some(head));
    }

    /// The position after the records so far.
    pub(crate) fn set_snapshot(&self, json: String) {
        self.with_batch(|batch| batch.snapshot = Some(json));
    }

    /// What comes after a snapshot goes into an append of its own.
    fn with_batch(&self, act: impl FnOnce(&mut Batch)) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.back().is_none_or(|batch| batch.snapshot.is_some()) {
            waiting.push_back(Batch::default());
        }
        if let Some(batch) = waiting.back_mut() {
            act(batch);
        }
    }

    /// Sees to it that what has been recorded is as safe as the run wants it.
    pub(crate) async fn tick(self: &Arc<Self>) -> Result<(), JournalError> {
        match self.durability {
            Durability::Sync => self.flush().await,
            Durability::Exit => Ok(()),
            Durability::Async if self.waiting_bytes.load(Ordering::Relaxed) > ASYNC_BYTES => self.flush().await,
            Durability::Async => {
                self.check()?;
                if !self.is_flushing.swap(true, Ordering::AcqRel) {
                    let recorder = Arc::clone(self);
                    tokio::spawn(async move {
                        // An error is kept for the barrier.
                        let _ = recorder.flush().await;
                        recorder.is_flushing.store(false, Ordering::Release);
                    });
                }
                Ok(())
            }
        }
    }

    fn check(&self) -> Result<(), JournalError> {
        let broken = self.broken.lock().unwrap_or_else(PoisonError::into_inner);
        broken.clone().map_or(Ok(()), Err)
    }

    /// Waits until all that was recorded is in the journal. After an error nothing more is written.
    pub(crate) async fn flush(&self) -> Result<(), JournalError> {
        let mut writing = self.writing.lock().await;
        self.check()?;
        loop {
            if let Some(sent) = &mut writing.on_its_way {
                let ended = sent.append.as_mut().await;
                let Some(OnItsWay { count, entries, .. }) = writing.on_its_way.take() else { continue };
                if let Err(error) = ended {
                    *self.broken.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.clone());
                    return Err(error);
                }
                let first = writing.records;
                writing.records += count as u64;
                self.hooks.iter().for_each(|hook| hook(Saved { run: &self.run, first, entries: &entries }));
            }
            let next = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            let Some(batch) = next else { return Ok(()) };
            writing.on_its_way = Some(self.send(batch, writing.records));
        }
    }

    fn send(&self, batch: Batch, expected: u64) -> OnItsWay {
        let Batch { entries, head, snapshot } = batch;
        let bytes = entries.iter().map(|entry| entry.json.len()).sum();
        self.waiting_bytes.fetch_sub(bytes, Ordering::Relaxed);
        let count = entries.len();
        let copy = if self.hooks.is_empty() { Vec::new() } else { entries.clone() };
        let append = Append { run: Arc::clone(&self.run), expected, entries, head, snapshot };
        let journal = Arc::clone(&self.journal);
        OnItsWay { append: Box::pin(async move { journal.append(append).await }), count, entries: copy }
    }
}

/// Milliseconds since 1970, UTC.
fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// So much may wait for a journal that is slower than its run; then the run waits.
const ASYNC_BYTES: usize = 4 << 20;
