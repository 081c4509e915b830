//! What has been recorded and is not on its way to the journal yet.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::journal::entry::{Entry, Head};
use crate::journal::format::writer::Writer;
use crate::types::clock::now;

/// Records in their order, as the appends that they will be.
#[derive(Default)]
pub(super) struct Waiting {
    appends: VecDeque<Batch>,
    /// The last record, as long as something may be added to it, and the path of the graph that it is from.
    open: Option<(Arc<str>, Writer)>,
    /// Room to write a record in: it is used again and again, and what is kept is as long as it has to be.
    room: Vec<u8>,
    /// How much waits.
    pub(super) bytes: usize,
    due: Due,
}

/// What goes into one append.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) entries: Vec<Entry>,
    pub(super) head: Option<Head>,
    pub(super) snapshot: Option<String>,
}

/// When the next snapshot is due.
struct Due {
    /// How much has been recorded since the last.
    bytes: usize,
    /// How much it has to be before another is thought of.
    at: usize,
    /// When one was thought of last: how much it was then, and how big the position was.
    looked: (usize, usize),
}

impl Default for Due {
    fn default() -> Self {
        Self { bytes: 0, at: FIRST_SNAPSHOT, looked: (0, 0) }
    }
}

impl Due {
    /// How much it will be when it outweighs a position that is of this size now and goes on to grow as it has. If it never will, or
    /// not soon, it is looked at again when it is four times as much, so that looking costs little beside recording.
    fn after(&self, size: usize) -> usize {
        let (bytes, looked) = (self.bytes, self.looked);
        let recorded = bytes - looked.0;
        let grown = size.saturating_sub(looked.1) * OUTWEIGHS;
        let missing = (size * OUTWEIGHS).saturating_sub(bytes);
        let predicted = match recorded.checked_sub(grown) {
            Some(gained @ 1..) => bytes.saturating_add(missing.saturating_mul(recorded) / gained).min(bytes * 4),
            _ => bytes * 4,
        };
        if bytes < LONG { predicted.min(LONG) } else { predicted.min(size * OUTWEIGHS_WHEN_LONG) }
    }
}

impl Waiting {
    /// Nothing yet, after so many bytes of records since the last snapshot.
    pub(super) fn after(tail: usize) -> Self {
        Self { due: Due { bytes: tail, ..Due::default() }, ..Self::default() }
    }

    /// How many bytes of records there are since the last snapshot.
    pub(super) fn tail(&self) -> usize {
        self.due.bytes
    }

    /// Begins a record of the graph at this path.
    pub(super) fn begin(&mut self, inside: &str) -> Writer {
        Writer::line_in(std::mem::take(&mut self.room), inside)
    }

    /// Takes a record.
    pub(super) fn push(&mut self, line: Writer) {
        self.close();
        self.add(line);
    }

    /// Takes a record to which its graph will add what comes next. Until then, or until there is another, it is not sent.
    pub(super) fn push_open(&mut self, inside: &Arc<str>, line: Writer) {
        self.close();
        self.open = Some((Arc::clone(inside), line));
    }

    /// Takes what comes next in the graph at this path, into the record of the task that has ended if that is open. Says whether
    /// so much was recorded since the last snapshot that another might be due.
    pub(super) fn push_next(&mut self, inside: &str, next: &Writer) -> bool {
        let done = self.open.take_if(|(of, _)| **of == *inside);
        let line = done.map_or_else(|| self.begin(inside), |(_, done)| done);
        self.push(line.fields(next));
        self.due.bytes >= self.due.at
    }

    fn close(&mut self) {
        if let Some((_, line)) = self.open.take() {
            self.add(line);
        }
    }

    fn add(&mut self, line: Writer) {
        let (json, room) = line.end_in_room();
        self.room = room;
        self.bytes += json.len();
        self.due.bytes += json.len();
        self.batch().entries.push(Entry { at: now(), json });
    }

    /// The append that takes what comes now: after a snapshot, a new one.
    pub(super) fn batch(&mut self) -> &mut Batch {
        if self.appends.back().is_none_or(|batch| batch.snapshot.is_some()) {
            self.appends.push_back(Batch::default());
        }
        let last = self.appends.len() - 1;
        &mut self.appends[last]
    }

    /// What is to be sent next.
    pub(super) fn pop(&mut self) -> Option<Batch> {
        let batch = self.appends.pop_front()?;
        self.bytes -= batch.entries.iter().map(|entry| entry.json.len()).sum::<usize>();
        Some(batch)
    }

    /// Takes the position after the records so far, if these outweigh it.
    pub(super) fn offer_snapshot(&mut self, json: String) {
        let size = json.len();
        if self.due.bytes >= enough(size) {
            self.due = Due { bytes: 0, at: enough(size), looked: (0, size) };
            self.batch().snapshot = Some(json);
        } else {
            self.due.at = self.due.after(size);
            self.due.looked = (self.due.bytes, size);
        }
    }
}

/// How much has to be recorded before a snapshot of this size is written.
fn enough(size: usize) -> usize {
    (size * OUTWEIGHS).min(LONG.max(size * OUTWEIGHS_WHEN_LONG))
}

/// So many times the size of a snapshot has to be recorded before one is written. All that are written add an eighth to what is
/// recorded then, and reading a run takes as long as reading nine times its state at most.
const OUTWEIGHS: usize = 8;

/// So many times where that is more than [`LONG`]: a run that is read again should not have to read for long.
const OUTWEIGHS_WHEN_LONG: usize = 2;

/// Some tens of milliseconds to read.
const LONG: usize = 16 << 20;

/// Before so many bytes, reading the records is as fast as reading a snapshot.
const FIRST_SNAPSHOT: usize = 16 << 10;
