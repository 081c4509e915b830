//! How often a failed call is repeated, and when.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

/// How often a call is repeated, and after which delays.
///
/// ```
/// use std::time::Duration;
/// use council_llm::RetryPolicy;
///
/// let policy = RetryPolicy::default();
/// assert_eq!(policy.attempts, 4);
/// assert_eq!(policy.first_delay, Duration::from_millis(500));
/// assert_eq!(policy.longest_delay, Duration::from_secs(30));
/// assert_eq!(policy.total, Duration::from_secs(120));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// The number of calls at most, with the first call. 4 by default; 0 counts as 1.
    pub attempts: u32,
    /// The delay before the second attempt. Each further delay is twice as long. A random time of up to the same length is added, so that
    /// callers that failed together do not return together. 500 ms by default.
    pub first_delay: Duration,
    /// The limit of these delays. The provider may ask for a longer delay (`Retry-After`), which is obeyed. 30 s by default.
    pub longest_delay: Duration,
    /// The time after the start of the first attempt in which further attempts may start. A delay that would end later is cut, so that the
    /// last attempt starts at its end. If the provider asks for a longer delay, the error is returned at once. An attempt that runs is not
    /// cut. 2 min by default.
    pub total: Duration,
}

impl RetryPolicy {
    /// Sets the number of calls at most, with the first call.
    ///
    /// ```
    /// use council_llm::RetryPolicy;
    ///
    /// assert_eq!(RetryPolicy::default().attempts(8).attempts, 8);
    /// ```
    #[must_use]
    pub fn attempts(self, attempts: u32) -> Self {
        Self { attempts, ..self }
    }

    /// Sets the delay before the second attempt.
    ///
    /// ```
    /// use std::time::Duration;
    /// use council_llm::RetryPolicy;
    ///
    /// let policy = RetryPolicy::default().first_delay(Duration::from_secs(5));
    /// assert_eq!(policy.first_delay, Duration::from_secs(5));
    /// ```
    #[must_use]
    pub fn first_delay(self, first_delay: Duration) -> Self {
        Self { first_delay, ..self }
    }

    /// Sets the limit of the delays.
    ///
    /// ```
    /// use std::time::Duration;
    /// use council_llm::RetryPolicy;
    ///
    /// let policy = RetryPolicy::default().longest_delay(Duration::from_secs(5));
    /// assert_eq!(policy.longest_delay, Duration::from_secs(5));
    /// ```
    #[must_use]
    pub fn longest_delay(self, longest_delay: Duration) -> Self {
        Self { longest_delay, ..self }
    }

    /// Sets the time in which attempts may start.
    ///
    /// ```
    /// use std::time::Duration;
    /// use council_llm::RetryPolicy;
    ///
    /// let policy = RetryPolicy::default().total(Duration::from_secs(5));
    /// assert_eq!(policy.total, Duration::from_secs(5));
    /// ```
    #[must_use]
    pub fn total(self, total: Duration) -> Self {
        Self { total, ..self }
    }

    pub(super) fn delays(&self) -> ExponentialBackoff {
        ExponentialBuilder::new()
            .with_jitter()
            .with_min_delay(self.first_delay)
            .with_max_delay(self.longest_delay)
            .with_max_times(self.attempts.saturating_sub(1) as usize)
            .build()
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 4,
            first_delay: Duration::from_millis(500),
            longest_delay: Duration::from_secs(30),
            total: Duration::from_secs(120),
        }
    }
}
