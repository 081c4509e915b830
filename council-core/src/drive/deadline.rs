//! The time at which a limit cancels running tasks.

use std::time::Duration;

use tokio::time::Instant;

use crate::types::limits::{Limits, StopReason};

/// The time at which a limit cancels running tasks.
#[derive(Clone, Copy)]
pub(super) struct Deadline {
    pub(super) at: Instant,
    /// The limit, as the reason of the stop.
    pub(super) reason: StopReason,
}

impl Deadline {
    /// The deadline of a run that starts or is resumed now.
    pub(super) fn of_run(limits: &Limits) -> Option<Self> {
        Self::after(limits.wall_clock?, StopReason::WallClock)
    }

    /// The deadline of a superstep that begins now: its own or that of the run, whichever is earlier.
    pub(super) fn of_superstep(limits: &Limits, run: Option<Self>) -> Option<Self> {
        let Some(limit) = limits.superstep_time else { return run };
        let own = Self::after(limit, StopReason::SuperstepTime);
        run.into_iter().chain(own).min_by_key(|deadline| deadline.at)
    }

    pub(super) fn has_passed(&self) -> bool {
        Instant::now() >= self.at
    }

    /// A limit is ignored if the clock cannot represent its deadline.
    fn after(limit: Duration, reason: fn(Duration) -> StopReason) -> Option<Self> {
        Some(Self { at: Instant::now().checked_add(limit)?, reason: reason(limit) })
    }
}
