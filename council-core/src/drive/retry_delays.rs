//! The delays between the attempts at a task.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use tokio::time::Instant;

use crate::node::failure::Failure;
use crate::node::retry::{BeyondTotal, Retry};

/// The delays before the second attempt and each later attempt of one task.
pub(super) struct RetryDelays {
    retry: Retry,
    pauses: ExponentialBackoff,
    first_failure: Option<Instant>,
    cost: u32,
}

impl RetryDelays {
    pub(super) fn new(retry: Retry) -> Self {
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

    /// The delay before the next attempt; `None` if the task is not retried. The policy may change the error of an attempt that is not
    /// retried because the next would begin after the total time of the policy.
    pub(super) fn after(&mut self, failure: &mut Failure) -> Option<Duration> {
        if !(self.retry.when)(failure) {
            return None;
        }
        let cost = (self.retry.cost)(failure);
        self.cost = self.cost.saturating_add(cost);
        if cost > 0 && self.cost >= self.retry.most_cost {
            return None;
        }
        let delay = (self.retry.min_pause)(failure).unwrap_or_default().saturating_add(self.pauses.next()?);
        let since = self.first_failure.get_or_insert_with(Instant::now).elapsed();
        let total = self.retry.total;
        if since.saturating_add(delay) <= total {
            return Some(delay);
        }
        if let Failure::Node { source, .. } = failure {
            (self.retry.beyond_total)(source, BeyondTotal { since, pause: delay, total });
        }
        None
    }
}
