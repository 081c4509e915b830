//! `Retry`: which failed tasks get another attempt, and after which pause.

use std::time::Duration;

use super::failure::Failure;
use crate::node::result::NodeError;

/// When a failed task is retried, and the pauses between its attempts. By default each pause is twice as long as the one before,
/// with a random part, so that many tasks do not retry at the same moment.
///
/// ```
/// use std::time::Duration;
/// use council_core::{Failure, Retry};
///
/// let retry = Retry::default();
/// assert_eq!((retry.attempts, retry.pause, retry.factor), (3, Duration::from_millis(500), 2.0));
/// assert_eq!((retry.longest, retry.jitter), (Duration::from_secs(60), true));
///
/// let timeouts = Retry::default()
///     .attempts(5)
///     .pause(Duration::from_millis(100))
///     .factor(1.5)
///     .longest(Duration::from_secs(5))
///     .jitter(false)
///     .when(|failure| matches!(failure, Failure::NodeTimedOut { .. }));
/// assert_eq!(timeouts.attempts, 5);
/// ```
#[doc(alias = "RetryPolicy")]
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Retry {
    /// The maximum number of attempts at a task, within one start or resume of the run. 3 by default; 1 means no retry, and
    /// `u32::MAX` no limit. Of several rules of a [`Policy`](crate::Policy::retry), each allows one retry less than this number.
    pub attempts: u32,
    /// The first pause. 500 ms by default.
    pub pause: Duration,
    /// The factor from each pause to the next, at least 1. 2 by default.
    pub factor: f32,
    /// The longest pause, before its random part. 1 minute by default.
    pub longest: Duration,
    /// Whether each pause gets a random part of up to its own length. True by default.
    pub jitter: bool,
    /// Decides which failures are retried: [`Failure::is_retryable`] by default. The error of the node is the
    /// [`source`](std::error::Error::source) of the failure.
    pub when: fn(&Failure) -> bool,
    /// How long the failure asks to wait, for example by the HTTP header `Retry-After` of a service: the pause begins after that time.
    /// No failure asks to wait by default.
    pub min_pause: fn(&Failure) -> Option<Duration>,
    /// What a failure costs, for example 1 if an answer was paid for. A failure costs nothing by default.
    pub cost: fn(&Failure) -> u32,
    /// The total cost of a task's failures at which its retries end, within one start or resume of the run. A failure without cost is
    /// still retried. No limit by default.
    pub most_cost: u32,
    /// No attempt begins later than this after the first failure of the task, within one start or resume of the run. A pause that would
    /// end later is cut, so that the last attempt begins at this time. If the failure [asks to wait](Self::min_pause) for longer, there is
    /// no further attempt. No limit by default, and with `Duration::MAX`.
    pub total: Duration,
    /// Changes the error of a task that is not retried because a limit is reached, so that the error can say so. It stays as it is by
    /// default.
    pub exhausted: fn(&mut NodeError, RetriesExhausted),
}

/// Why a task gets no further attempt: see [`Retry::exhausted`]. The numbers count from the last start or resume of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetriesExhausted {
    /// The limit that is reached.
    pub limit: RetryLimit,
    /// The number of failures of the task that the rule has accepted.
    pub failures: u32,
    /// The time since the first of them.
    pub since: Duration,
    /// The [total](Retry::total) of the rule.
    pub total: Duration,
}

/// A limit of the retries of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RetryLimit {
    /// [`Retry::attempts`].
    Attempts,
    /// [`Retry::most_cost`].
    Cost,
    /// [`Retry::total`]: it has passed, or ends before the time that the failure asks to wait.
    Total,
}

impl Retry {
    /// Sets the maximum number of attempts, including the first. A maximum of 0 is a fault of the graph.
    #[must_use]
    pub fn attempts(self, attempts: u32) -> Self {
        Self { attempts, ..self }
    }

    /// Sets the first pause.
    #[must_use]
    pub fn pause(self, pause: Duration) -> Self {
        Self { pause, ..self }
    }

    /// Sets the factor from each pause to the next. A factor below 1 counts as 1.
    #[must_use]
    pub fn factor(self, factor: f32) -> Self {
        Self { factor, ..self }
    }

    /// Sets the longest pause.
    #[must_use]
    pub fn longest(self, longest: Duration) -> Self {
        Self { longest, ..self }
    }

    /// Sets whether each pause gets a random part.
    #[must_use]
    pub fn jitter(self, jitter: bool) -> Self {
        Self { jitter, ..self }
    }

    /// Sets the function that decides which failures are retried.
    #[doc(alias = "retry_on")]
    #[must_use]
    pub fn when(self, when: fn(&Failure) -> bool) -> Self {
        Self { when, ..self }
    }

    /// Sets the function that says how long a failure asks to wait.
    ///
    /// ```
    /// use std::time::Duration;
    /// use council_core::{Failure, Retry};
    ///
    /// #[derive(Debug, thiserror::Error)]
    /// #[error("the service is busy")]
    /// struct Busy {
    ///     retry_after: Duration,
    /// }
    ///
    /// fn retry_after(failure: &Failure) -> Option<Duration> {
    ///     let Failure::Node { source, .. } = failure else { return None };
    ///     Some(source.downcast_ref::<Busy>()?.retry_after)
    /// }
    ///
    /// let retry = Retry::default().attempts(u32::MAX).min_pause(retry_after).total(Duration::from_secs(24 * 3600));
    /// # let _ = retry;
    /// ```
    #[must_use]
    pub fn min_pause(self, min_pause: fn(&Failure) -> Option<Duration>) -> Self {
        Self { min_pause, ..self }
    }

    /// Sets the function that says what a failure costs, and the cost at which a task is not retried any more.
    ///
    /// ```
    /// use council_core::{Failure, Retry};
    ///
    /// // Timeouts are retried twice, other failures without a limit.
    /// let cost = |failure: &Failure| u32::from(matches!(failure, Failure::NodeTimedOut { .. }));
    /// let retry = Retry::default().attempts(u32::MAX).cost(cost, 3);
    /// assert_eq!(retry.most_cost, 3);
    /// ```
    #[must_use]
    pub fn cost(self, cost: fn(&Failure) -> u32, most_cost: u32) -> Self {
        Self { cost, most_cost, ..self }
    }

    /// Sets the time after the first failure of a task in which attempts may begin.
    #[must_use]
    pub fn total(self, total: Duration) -> Self {
        Self { total, ..self }
    }

    /// Sets the function that changes the error of a task whose failure the rule accepts, but which gets no further attempt.
    ///
    /// ```
    /// use std::time::Duration;
    /// use council_core::{NodeError, RetriesExhausted, Retry};
    ///
    /// fn say_so(error: &mut NodeError, retries: RetriesExhausted) {
    ///     *error = format!("{error} ({} times)", retries.failures).into();
    /// }
    ///
    /// let retry = Retry::default().attempts(u32::MAX).total(Duration::from_secs(3_600)).exhausted(say_so);
    /// # let _ = retry;
    /// ```
    #[must_use]
    pub fn exhausted(self, exhausted: fn(&mut NodeError, RetriesExhausted)) -> Self {
        Self { exhausted, ..self }
    }
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            attempts: 3,
            pause: Duration::from_millis(500),
            factor: 2.0,
            longest: Duration::from_secs(60),
            jitter: true,
            when: Failure::is_retryable,
            min_pause: |_| None,
            cost: |_| 0,
            most_cost: u32::MAX,
            total: Duration::MAX,
            exhausted: |_, _| {},
        }
    }
}
