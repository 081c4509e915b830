//! Policies of nodes: retries, timeout, concurrency, and whether tasks are spawned.

use std::time::Duration;

use super::failure::Failure;

/// How a node is run. It is set by [`StateGraph::policy`](crate::StateGraph::policy), or for all nodes of a graph by
/// [`StateGraph::default_policy`](crate::StateGraph::default_policy).
///
/// ```
/// use std::time::Duration;
/// use council_core::{Policy, Retry};
///
/// let patient = Policy {
///     retry: Some(Retry { attempts: 5, ..Retry::default() }),
///     timeout: Some(Duration::from_secs(30)),
///     ..Policy::default()
/// };
/// # let _ = patient;
/// ```
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// Whether a failed task is retried. Not by default.
    pub retry: Option<Retry>,
    /// The maximum time of one attempt. No limit by default, and with `Duration::MAX`. It needs a tokio runtime with its timer
    /// enabled.
    pub timeout: Option<Duration>,
    /// How many tasks of the node may run at the same time, over all runs of the compiled graph. A subgraph counts as one task. No
    /// bound by default; see [`Limits::concurrency`](crate::Limits::concurrency) for one over all nodes of a run.
    pub concurrency: Option<usize>,
    /// Whether each task of the node is spawned on the runtime, which may run it on another core. Use it for nodes that compute
    /// rather than wait. A spawned task costs more than a task that runs in place, and it cannot be stopped between its awaits: a
    /// run that is cancelled or out of time waits for the next await of the task. A subgraph itself is never spawned; its nodes
    /// can be. Not by default.
    pub spawned: Option<bool>,
}

impl Policy {
    /// These settings, with `default` for each setting that is `None`.
    pub(crate) fn or(self, default: &Self) -> Self {
        Self {
            retry: self.retry.or(default.retry),
            timeout: self.timeout.or(default.timeout),
            concurrency: self.concurrency.or(default.concurrency),
            spawned: self.spawned.or(default.spawned),
        }
    }
}

/// When a failed task is retried, and the pauses between its attempts. By default each pause is twice as long as the one before,
/// with a random part, so that many tasks do not retry at the same moment.
///
/// ```
/// use std::time::Duration;
/// use council_core::Retry;
///
/// let retry = Retry { attempts: 5, pause: Duration::from_millis(100), ..Retry::default() };
/// assert_eq!(retry.factor, 2.0);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Retry {
    /// The maximum number of attempts at a task, within one start or resume of the run. 3 by default; 1 means no retry.
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
        }
    }
}
