//! The delays between the attempts at a task.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use tokio::time::Instant;

use crate::node::failure::Failure;
use crate::node::retry::Retry;

/// The delays before the second attempt and each later attempt of one task.
pub(super) struct RetryDelays {
    retry: Retry,
    pauses: ExponentialBackoff,
    first_failure: Option<Instant>,
    costly_failures: u32,
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
        Self { retry, pauses, first_failure: None, costly_failures: 0 }
    }

    /// The delay before the next attempt; `None` if the task is not retried.
    pub(super) fn after(&mut self, failure: &Failure) -> Option<Duration> {
        if !(self.retry.when)(failure) {
            return None;
        }
        if (self.retry.costly)(failure) {
            self.costly_failures += 1;
            if self.costly_failures >= self.retry.costly_failures {
                return None;
            }
        }
        let delay = (self.retry.min_pause)(failure).unwrap_or_default().saturating_add(self.pauses.next()?);
        let since = self.first_failure.get_or_insert_with(Instant::now).elapsed();
        (since.saturating_add(delay) <= self.retry.total).then_some(delay)
    }
}
