//! The schedule of snapshots: decides when a snapshot of a run is due.

/// Decides when the next snapshot is due: once the records since the last snapshot are 8 times the size of the next one. This
/// threshold is at most 16 MB, or 2 times the size where that is more.
pub(super) struct SnapshotSchedule {
    /// The number of bytes recorded since the last snapshot.
    recorded: usize,
    /// The number of recorded bytes at which the size of the position is checked next.
    look_at: usize,
    /// The last check of the size: the recorded bytes at that time, and the size.
    looked: (usize, usize),
}

impl SnapshotSchedule {
    /// The schedule of a run with this number of bytes of records since its last snapshot.
    pub(super) fn after(recorded: usize) -> Self {
        Self { recorded, look_at: FIRST_SNAPSHOT, looked: (0, 0) }
    }

    /// The number of bytes recorded since the last snapshot.
    pub(super) fn recorded(&self) -> usize {
        self.recorded
    }

    pub(super) fn record(&mut self, bytes: usize) {
        self.recorded += bytes;
    }

    /// Whether a snapshot may be due: its size decides.
    pub(super) fn may_be_due(&self) -> bool {
        self.recorded >= self.look_at
    }

    /// Whether a snapshot of this size is due now. If it is, it counts as written.
    pub(super) fn is_due(&mut self, size: usize) -> bool {
        let is_due = self.recorded >= enough(size);
        if is_due {
            *self = Self { recorded: 0, look_at: enough(size), looked: (0, size) };
        } else {
            self.look_at = self.next_look(size);
            self.looked = (self.recorded, size);
        }
        is_due
    }

    /// Puts the next check off: the position cannot be written as it is.
    pub(super) fn put_off(&mut self) {
        self.look_at = self.recorded.saturating_mul(4);
    }

    /// Predicts the number of recorded bytes at which a snapshot is due, from the size of the position now and its growth so far.
    /// The next check comes at the latest when the recorded bytes are 4 times as many, so that the checks cost little compared
    /// with recording.
    fn next_look(&self, size: usize) -> usize {
        let Self { recorded, looked, .. } = *self;
        let since_looked = recorded - looked.0;
        let grown = size.saturating_sub(looked.1) * OUTWEIGHS;
        let missing = (size * OUTWEIGHS).saturating_sub(recorded);
        let predicted = match since_looked.checked_sub(grown) {
            Some(gained @ 1..) => {
                recorded.saturating_add(missing.saturating_mul(since_looked) / gained).min(recorded * 4)
            }
            _ => recorded * 4,
        };
        if recorded < LONG { predicted.min(LONG) } else { predicted.min(size * OUTWEIGHS_WHEN_LONG) }
    }
}

/// The number of bytes that have to be recorded before a snapshot of this size is written.
fn enough(size: usize) -> usize {
    (size * OUTWEIGHS).min(LONG.max(size * OUTWEIGHS_WHEN_LONG))
}

/// A snapshot is written once the records since the last one are 8 times its size. Then all snapshots together add an eighth to
/// the recorded bytes, and reading a run takes at most as long as reading 9 times its state.
const OUTWEIGHS: usize = 8;

/// The smaller factor where 8 times the size is more than [`LONG`], so that a run does not take long to read.
const OUTWEIGHS_WHEN_LONG: usize = 2;

/// The number of bytes that take some tens of milliseconds to read.
const LONG: usize = 16 << 20;

/// Below this number of bytes, reading the records is as fast as reading a snapshot.
const FIRST_SNAPSHOT: usize = 16 << 10;
