//! When a snapshot of a run is due.

/// When the next snapshot is due: once the records since the last one outweigh it eightfold, or twofold where that is more than
/// 16 MB.
pub(super) struct SnapshotSchedule {
    /// How many bytes were recorded since the last snapshot.
    recorded: usize,
    /// How many bytes that has to be before the size of the position is looked at.
    look_at: usize,
    /// When the size was looked at last: how many bytes were recorded then, and the size.
    looked: (usize, usize),
}

impl SnapshotSchedule {
    /// For a run that has so many bytes of records since its last snapshot.
    pub(super) fn after(recorded: usize) -> Self {
        Self { recorded, look_at: FIRST_SNAPSHOT, looked: (0, 0) }
    }

    /// How many bytes were recorded since the last snapshot.
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

    /// When the records outweigh a position that has this size now and goes on to grow as it has grown. If they never will, or not
    /// soon, it is looked at again when they are four times as many bytes: so looking costs little beside recording.
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

/// How many bytes have to be recorded before a snapshot of this size is written.
fn enough(size: usize) -> usize {
    (size * OUTWEIGHS).min(LONG.max(size * OUTWEIGHS_WHEN_LONG))
}

/// How many times the size of a snapshot has to be recorded before it is written. All snapshots together add an eighth to what
/// is recorded then, and reading a run takes as long as reading nine times its state at most.
const OUTWEIGHS: usize = 8;

/// The same where that is more than [`LONG`]: a run that is read again should not take long to read.
const OUTWEIGHS_WHEN_LONG: usize = 2;

/// How many bytes are some tens of milliseconds to read.
const LONG: usize = 16 << 20;

/// Before so many bytes, reading the records is as fast as reading a snapshot.
const FIRST_SNAPSHOT: usize = 16 << 10;
