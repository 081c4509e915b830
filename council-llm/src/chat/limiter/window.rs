//! A quota that a provider reports: its rest, and when it is full again.

use tokio::time::Instant;

use super::lessons::{LONGEST_CLOSURE, Quota};

/// The current period of a quota that a provider reports.
#[derive(Debug, Default)]
pub(super) struct Window {
    limit: Option<u64>,
    left: Option<u64>,
    reset: Option<Instant>,
}

/// The reason why a quota has no room for a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spent {
    /// The quota is full again at this time.
    Until(Instant),
    /// The provider has not said when the quota is full again. The next answer says how much is left.
    Unknown,
}

impl Window {
    /// Whether a call of this cost fits. A cost beyond the whole quota counts as the whole quota.
    pub(super) fn check(&mut self, now: Instant, cost: u64) -> Result<(), Spent> {
        if self.reset.is_some_and(|reset| reset <= now) {
            (self.left, self.reset) = (self.limit, None);
        }
        let needed = cost.min(self.limit.unwrap_or(1)).max(1);
        match self.left {
            Some(left) if left < needed => Err(self.reset.map_or(Spent::Unknown, Spent::Until)),
            _ => Ok(()),
        }
    }

    /// The end of its period.
    pub(super) fn reset(&self) -> Option<Instant> {
        self.reset
    }

    /// Whether its period ends after this time.
    pub(super) fn ends_after(&self, now: Instant) -> bool {
        self.reset.is_some_and(|reset| reset > now)
    }

    /// Counts a call that begins.
    pub(super) fn spend(&mut self, cost: u64) {
        self.left = self.left.map(|left| left.saturating_sub(cost));
    }

    /// Takes over the provider's report. The calls that it has not answered yet, which cost `unanswered`, may be missing in the report.
    pub(super) fn learn(&mut self, now: Instant, report: Quota, unanswered: u64) {
        let Some(remaining) = report.remaining else { return };
        self.limit = report.limit.or(self.limit);
        self.left = Some(remaining.saturating_sub(unanswered));
        self.reset = report.reset.map(|reset| now + reset.min(LONGEST_CLOSURE));
    }
}
