//! The error of a wrapper or of a model of your own.

use std::error::Error;
use std::time::Duration;

/// The error of a wrapper or of a model of your own. It becomes a [`ChatError`](crate::ChatError) with `into` or `?`.
///
/// It is not retried unless [`retryable`](Self::retryable) says that this is safe. The error itself is the source, so a caller finds it by
/// its type:
///
/// ```
/// use std::error::Error;
/// use council_llm::{ChatError, CustomError};
///
/// #[derive(Debug)]
/// struct BudgetSpent { cents: u32 }
///
/// impl std::fmt::Display for BudgetSpent {
///     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
///         write!(f, "the budget of {} cents is spent", self.cents)
///     }
/// }
///
/// impl Error for BudgetSpent {}
///
/// let error = ChatError::from(CustomError::new(BudgetSpent { cents: 50 }));
/// assert!(!error.is_retryable());
/// assert_eq!(council_core::error_chain(&error), "the call failed: the budget of 50 cents is spent");
/// assert_eq!(error.source().unwrap().downcast_ref::<BudgetSpent>().unwrap().cents, 50);
/// ```
#[derive(Debug, thiserror::Error)]
#[error("the call failed")]
pub struct CustomError {
    source: Box<dyn Error + Send + Sync>,
    is_retryable: bool,
    retry_after: Option<Duration>,
}

impl CustomError {
    /// Wraps an error, or a text.
    ///
    /// ```
    /// use council_llm::{ChatError, CustomError};
    ///
    /// let error = ChatError::from(CustomError::new("the budget is spent"));
    /// assert_eq!(council_core::error_chain(&error), "the call failed: the budget is spent");
    /// ```
    #[must_use]
    pub fn new(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { source: source.into(), is_retryable: false, retry_after: None }
    }

    /// Says that the same request may succeed when it is sent again.
    ///
    /// ```
    /// use council_llm::{ChatError, CustomError};
    ///
    /// assert!(ChatError::from(CustomError::new("the local model is loading").retryable()).is_retryable());
    /// ```
    #[must_use]
    pub fn retryable(self) -> Self {
        Self { is_retryable: true, ..self }
    }

    /// Says that the same request may succeed when it is sent again after this time.
    ///
    /// ```
    /// use std::time::Duration;
    /// use council_llm::{ChatError, CustomError};
    ///
    /// let error = ChatError::from(CustomError::new("too many calls in this minute").retry_after(Duration::from_secs(30)));
    /// assert!(error.is_retryable());
    /// assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));
    /// ```
    #[must_use]
    pub fn retry_after(self, delay: Duration) -> Self {
        Self { is_retryable: true, retry_after: Some(delay), ..self }
    }

    pub(super) fn is_retryable(&self) -> bool {
        self.is_retryable
    }

    pub(super) fn delay(&self) -> Option<Duration> {
        self.retry_after
    }
}
