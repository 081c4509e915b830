//! Outbox: the queue of records that are not sent to the journal yet, in order.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::Arc;

use super::snapshot_schedule::SnapshotSchedule;
use crate::journal::entry::{Entry, Head};
use crate::journal::format::envelope::{Envelope, StoredTask};
use crate::journal::format::record::StoredRecord;
use crate::journal::format::successors::{StoredGoto, StoredSuccessors};
use crate::types::clock::RunClock;
use crate::types::raw_json::BufferedJson;

/// The path to the graph of a record; empty for the outermost graph.
pub(super) type RecordPath = Arc<[StoredTask<'static>]>;

/// The queued records in their order, grouped into appends.
pub(super) struct Outbox {
    appends: VecDeque<Batch>,
    /// The end of a task that was alone in its superstep. Its record is held back until its successors are known.
    lone_task: Option<DoneTask>,
    /// A buffer for the update of the next task.
    update_buffer: String,
    /// Each record is first written into this buffer, so that its text is allocated in its exact size.
    buffer: Vec<u8>,
    /// The size of the queued records in bytes.
    pub(super) bytes: usize,
    pub(super) schedule: SnapshotSchedule,
    clock: RunClock,
}

/// The content of one append.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) entries: Vec<Entry>,
    pub(super) head: Option<Head>,
    pub(super) snapshot: Option<String>,
}

/// A task that has succeeded.
pub(super) struct DoneTask {
    pub(super) path: RecordPath,
    pub(super) node: Arc<str>,
    pub(super) item: Option<u32>,
    pub(super) update: BufferedJson,
    pub(super) goto: Option<StoredGoto<'static>>,
}

impl Outbox {
    /// An empty outbox, for a run with this number of bytes of records since its last snapshot.
    pub(super) fn after(recorded: usize) -> Self {
        Self {
            appends: VecDeque::new(),
            lone_task: None,
            update_buffer: String::new(),
            buffer: Vec::new(),
            bytes: 0,
            schedule: SnapshotSchedule::after(recorded),
            clock: RunClock::start(),
        }
    }

    /// Adds a record of the graph at this path.
    pub(super) fn push(&mut self, path: &RecordPath, record: StoredRecord<'_>) {
        self.release_lone_task();
        self.write(path, record);
    }

    /// Lends a buffer for the update of a [`DoneTask`], so that its text is not allocated for each task.
    pub(super) fn take_buffer(&mut self) -> String {
        std::mem::take(&mut self.update_buffer)
    }

    /// Adds the record of a task.
    pub(super) fn push_task(&mut self, task: DoneTask) {
        self.release_lone_task();
        self.write_task(task, None);
    }

    /// Holds the record of a task back until the record of its superstep, or any other record, is added.
    pub(super) fn hold_lone_task(&mut self, task: DoneTask) {
        self.release_lone_task();
        self.lone_task = Some(task);
    }

    /// Adds the successors of a superstep of the graph at this path. They go into the record of its task, if that is held back.
    /// Returns whether a snapshot may be due.
    pub(super) fn push_committed(&mut self, path: &RecordPath, committed: StoredSuccessors<'_>) -> bool {
        match self.lone_task.take_if(|task| Arc::ptr_eq(&task.path, path)) {
            Some(task) => self.write_task(task, Some(committed)),
            None => self.push(path, StoredRecord::Committed(committed)),
        }
        self.schedule.may_be_due()
    }

    fn release_lone_task(&mut self) {
        if let Some(task) = self.lone_task.take() {
            self.write_task(task, None);
        }
    }

    fn write_task(&mut self, task: DoneTask, committed: Option<StoredSuccessors<'_>>) {
        let DoneTask { path, node, item, update, goto } = task;
        let record = StoredRecord::TaskDone {
            node: Cow::Borrowed(&node),
            item,
            update: update.json(),
            goto,
            committed,
            by: None,
        };
        self.write(&path, record);
        self.update_buffer = update.into_buffer();
    }

    fn write(&mut self, path: &RecordPath, record: StoredRecord<'_>) {
        self.buffer.clear();
        Envelope::inside(path, record).write(&mut self.buffer);
        let json = str::from_utf8(&self.buffer).unwrap_or_else(|error| unreachable!("JSON is UTF-8: {error}"));
        let json = json.to_owned();
        self.bytes += json.len();
        self.schedule.record(json.len());
        let at = self.clock.now();
        self.batch().entries.push(Entry { at, json });
    }

    /// The append for the next record. A snapshot ends an append, so a new one follows it.
    pub(super) fn batch(&mut self) -> &mut Batch {
        if self.appends.back().is_none_or(|batch| batch.snapshot.is_some()) {
            self.appends.push_back(Batch::default());
        }
        let last = self.appends.len() - 1;
        &mut self.appends[last]
    }

    /// Removes the next append from the queue.
    pub(super) fn pop(&mut self) -> Option<Batch> {
        let batch = self.appends.pop_front()?;
        self.bytes -= batch.entries.iter().map(|entry| entry.json.len()).sum::<usize>();
        Some(batch)
    }

    /// Adds a snapshot of the position after the records so far, if the records outweigh it.
    pub(super) fn offer_snapshot(&mut self, json: String) {
        if self.schedule.is_due(json.len()) {
            self.batch().snapshot = Some(json);
        }
    }
}
