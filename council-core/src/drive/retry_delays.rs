//! The delays between the attempts at a task.

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

use crate::node::retry::Retry;

/// The delays before the second attempt and each later attempt.
pub(super) fn retry_delays(retry: &Retry) -> ExponentialBackoff {
    let pauses = ExponentialBuilder::new()
        .with_min_delay(retry.pause.min(retry.longest))
        .with_factor(retry.factor.max(1.0))
        .with_max_delay(retry.longest)
        .with_max_times(retry.attempts.saturating_sub(1) as usize);
    if retry.jitter { pauses.with_jitter() } else { pauses }.build()
}
