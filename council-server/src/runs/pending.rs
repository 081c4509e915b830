//! Why a run is pending.

/// Why a run that is neither paused nor ended has no driver.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Pending {
    /// It is in the queue.
    Queued,
    /// It cannot go on, for this reason.
    Stalled(String),
}
