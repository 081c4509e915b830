//! The delays between the attempts at a task.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use smallvec::SmallVec;
use tokio::time::Instant;

use crate::node::failure::Failure;
use crate::node::retry::{BeyondTotal, Retry};

/// The rules by which one task is retried.
pub(super) struct RetryRules(SmallVec<[RetryDelays; 1]>);

impl RetryRules {
    pub(super) fn new(rules: &[Retry]) -> Self {
        Self(rules.iter().copied().map(RetryDelays::new).collect())
    }

    /// The delay before the next attempt, by the first rule that accepts the failure; `None` if the task is not retried.
    pub(super) fn pause_after(&mut self, failure: &mut Failure) -> Option<Duration> {
        self.0.iter_mut().find(|rule| (rule.retry.when)(failure))?.after(failure)
    }
}

/// The delays after the failures on which one rule decides.
struct RetryDelays {
    retry: Retry,
    pauses: ExponentialBackoff,
    first_failure: Option<Instant>,
    cost: u32,
}

impl RetryDelays {
    fn new(retry: Retry) -> Self {
        let pauses = ExponentialBuilder::new()
            .with_min_delay(retry.pause.min(retry.longest))
            .with_factor(retry.factor.max(1.0))
            .with_max_delay(retry.longest);
        let pauses = match retry.attempts {
            u32::MAX => pauses.without_max_times(),
            attempts => pauses.with_max_times(attempts.saturating_sub(1) as usize),
        };
        let pauses = if retry.jitter { pauses.with_jitter() } else { pauses }.build();
        Self { retry, pauses, first_failure: None, cost: 0 }
    }

    /// The delay before the next attempt; `None` if the task is not retried. A pause that would end after the total time of the policy is
    /// cut, so that the last attempt begins at its end. If the failure asks to wait for longer, there is no further attempt, and the policy
    /// may change its error.
    fn after(&mut self, failure: &mut Failure) -> Option<Duration> {
        let cost = (self.retry.cost)(failure);
        self.cost = self.cost.saturating_add(cost);
        if cost > 0 && self.cost >= self.retry.most_cost {
            return None;
        }
        let asked = (self.retry.min_pause)(failure).unwrap_or_default();
        let delay = asked.saturating_add(self.pauses.next()?);
        let since = self.first_failure.get_or_insert_with(Instant::now).elapsed();
        let total = self.retry.total;
        let rest = total.saturating_sub(since);
        if delay <= rest || (asked <= rest && !rest.is_zero()) {
            return Some(delay.min(rest));
        }
        if let Failure::Node { source, .. } = failure {
            (self.retry.beyond_total)(source, BeyondTotal { since, pause: delay, total });
        }
        None
    }
}
