//! Policies of nodes: retries, timeout, concurrency, and whether tasks are spawned.

use std::time::Duration;

use super::retry::Retry;

/// How a node is run. It is set by [`StateGraph::policy`](crate::StateGraph::policy), or for all nodes of a graph by
/// [`StateGraph::default_policy`](crate::StateGraph::default_policy).
///
/// The default policy has no setting. A setting that is `None` or empty is taken from the policy of the graph.
///
/// ```
/// use std::time::Duration;
/// use council_core::{Policy, Retry};
///
/// let policy = Policy::default().timeout(Duration::from_secs(30)).retry(Retry::default()).concurrency(4).spawned(true);
/// assert_eq!(policy.timeout, Some(Duration::from_secs(30)));
/// assert_eq!(Policy::default().timeout, None);
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Policy {
    /// The rules by which a failed task is retried. The first rule whose [`Retry::when`] accepts the failure decides. There are none
    /// by default: then a failed task is not retried.
    pub retries: Vec<Retry>,
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
    /// Retries failed tasks. Each further call adds a rule for other failures: the first rule whose [`Retry::when`] accepts the failure
    /// decides. Each rule counts the failures on which it decides, their pauses, cost and time, and not those of the other rules.
    ///
    /// ```
    /// use std::io;
    /// use std::time::Duration;
    ///
    /// use council_core::{Failure, Policy, Retry};
    ///
    /// // Nine retries after errors of the network, and one after a timeout. No retry after another failure.
    /// let network = Retry::default().attempts(10).pause(Duration::from_secs(5)).when(|failure| failure.error::<io::Error>().is_some());
    /// let timeout = Retry::default().attempts(2).when(|failure| matches!(failure, Failure::NodeTimedOut { .. }));
    /// let policy = Policy::default().retry(network).retry(timeout).timeout(Duration::from_secs(30));
    /// assert_eq!(policy.retries.len(), 2);
    /// ```
    #[must_use]
    pub fn retry(mut self, rule: Retry) -> Self {
        self.retries.push(rule);
        self
    }

    /// Sets the maximum time of one attempt. A timeout of 0 is a fault of the graph.
    #[doc(alias = "TimeoutPolicy")]
    #[must_use]
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout: Some(timeout), ..self }
    }

    /// Sets how many tasks of the node may run at the same time. A bound of 0 is a fault of the graph.
    #[must_use]
    pub fn concurrency(self, tasks: usize) -> Self {
        Self { concurrency: Some(tasks), ..self }
    }

    /// Sets whether each task of the node is spawned on the runtime.
    #[must_use]
    pub fn spawned(self, spawned: bool) -> Self {
        Self { spawned: Some(spawned), ..self }
    }

    /// These settings, with `default` for each setting that is `None`.
    pub(crate) fn or(self, default: &Self) -> Self {
        Self {
            retries: if self.retries.is_empty() { default.retries.clone() } else { self.retries },
            timeout: self.timeout.or(default.timeout),
            concurrency: self.concurrency.or(default.concurrency),
            spawned: self.spawned.or(default.spawned),
        }
    }
}
