//! The rate limits of a provider that a program sets.

/// The rate limits of one address and key. `None` is no limit, except for a limit that the provider itself reports.
///
/// ```
/// use council_llm::{Limiter, RateLimits};
///
/// let limiter = Limiter::new(RateLimits::default().concurrency(4).requests_per_minute(60));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimits {
    /// The number of calls at the same time; 0 counts as 1. If a server on this machine refuses a call because it is busy, the limit is the
    /// number of calls that it had at that time, for 10 minutes, unless this number is smaller.
    pub concurrency: Option<usize>,
    /// The number of calls in any 60 seconds; 0 counts as 1. A call counts from its answer, at most 5 seconds after its begin, because the
    /// provider may have got it as late.
    pub requests_per_minute: Option<u32>,
    /// The number of tokens of the calls in any 60 seconds, of prompts and answers together. A call counts by the size of its prompt until
    /// its tokens are known. A call that is larger than the limit is sent when no other call counts.
    pub tokens_per_minute: Option<u64>,
}

impl RateLimits {
    /// Sets the number of calls at the same time.
    ///
    /// ```
    /// use council_llm::RateLimits;
    ///
    /// assert_eq!(RateLimits::default().concurrency(4).concurrency, Some(4));
    /// ```
    #[must_use]
    pub fn concurrency(self, concurrency: impl Into<Option<usize>>) -> Self {
        Self { concurrency: concurrency.into(), ..self }
    }

    /// Sets the number of calls in any 60 seconds.
    ///
    /// ```
    /// use council_llm::RateLimits;
    ///
    /// assert_eq!(RateLimits::default().requests_per_minute(60).requests_per_minute, Some(60));
    /// ```
    #[must_use]
    pub fn requests_per_minute(self, requests: impl Into<Option<u32>>) -> Self {
        Self { requests_per_minute: requests.into(), ..self }
    }

    /// Sets the number of tokens of the calls in any 60 seconds.
    ///
    /// ```
    /// use council_llm::RateLimits;
    ///
    /// assert_eq!(RateLimits::default().tokens_per_minute(30_000).tokens_per_minute, Some(30_000));
    /// ```
    #[must_use]
    pub fn tokens_per_minute(self, tokens: impl Into<Option<u64>>) -> Self {
        Self { tokens_per_minute: tokens.into(), ..self }
    }

    /// These limits, and the other ones where there is none here.
    #[cfg(any(feature = "anthropic", feature = "openai"))]
    pub(crate) fn or(self, others: Self) -> Self {
        Self {
            concurrency: self.concurrency.or(others.concurrency),
            requests_per_minute: self.requests_per_minute.or(others.requests_per_minute),
            tokens_per_minute: self.tokens_per_minute.or(others.tokens_per_minute),
        }
    }

    /// The smaller of each two limits.
    #[cfg(any(feature = "anthropic", feature = "openai"))]
    pub(crate) fn smaller(self, other: Self) -> Self {
        Self {
            concurrency: smaller(self.concurrency, other.concurrency),
            requests_per_minute: smaller(self.requests_per_minute, other.requests_per_minute),
            tokens_per_minute: smaller(self.tokens_per_minute, other.tokens_per_minute),
        }
    }
}

#[cfg(any(feature = "anthropic", feature = "openai"))]
fn smaller<T: Ord>(one: Option<T>, other: Option<T>) -> Option<T> {
    one.into_iter().chain(other).min()
}
