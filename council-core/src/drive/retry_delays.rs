//! The delays between the attempts at a task.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use smallvec::SmallVec;
use tokio::time::Instant;

use crate::node::failure::Failure;
use crate::node::retry::{RetriesExhausted, Retry, RetryLimit};

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
    failures: u32,
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
        Self { retry, pauses, first_failure: None, failures: 0, cost: 0 }
    }

    /// The delay before the next attempt; `None` if the task is not retried. Then the policy may change the error.
    fn after(&mut self, failure: &mut Failure) -> Option<Duration> {
        self.failures = self.failures.saturating_add(1);
        let since = self.first_failure.get_or_insert_with(Instant::now).elapsed();
        let limit = match self.delay(failure, since) {
            Ok(delay) => return Some(delay),
            Err(limit) => limit,
        };
        if let Failure::Node { source, .. } = failure {
            let (failures, total) = (self.failures, self.retry.total);
            (self.retry.exhausted)(source, RetriesExhausted { limit, failures, since, total });
        }
        None
    }

    /// The delay, or the limit that is reached. A pause that would end after the total time of the policy is cut, so that the last attempt
    /// begins at its end. If the failure asks to wait for longer, there is no further attempt.
    fn delay(&mut self, failure: &Failure, since: Duration) -> Result<Duration, RetryLimit> {
        let cost = (self.retry.cost)(failure);
        self.cost = self.cost.saturating_add(cost);
        if cost > 0 && self.cost >= self.retry.most_cost {
            return Err(RetryLimit::Cost);
        }
        let asked = (self.retry.min_pause)(failure).unwrap_or_default();
        let delay = asked.saturating_add(self.pauses.next().ok_or(RetryLimit::Attempts)?);
        let rest = self.retry.total.saturating_sub(since);
        if delay <= rest || (asked <= rest && !rest.is_zero()) { Ok(delay.min(rest)) } else { Err(RetryLimit::Total) }
    }
}
