//! The filter of a list of runs.

use super::status::Status;
use super::stored_run::RunEntry;

/// A filter for runs, to list or to delete them. The default matches every run. Write `..RunFilter::default()`, because later versions
/// add fields.
///
/// ```
/// use council_core::journal::{RunFilter, Status};
///
/// // The runs that have ended, except the newest hundred.
/// let ended = vec![Status::Finished, Status::Failed];
/// let filter = RunFilter { statuses: ended, offset: 100, ..RunFilter::default() };
/// assert_eq!(filter.limit, None);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunFilter {
    /// Only runs of the graphs with these names. An empty list matches any graph.
    pub graphs: Vec<String>,
    /// Only runs with these statuses. An empty list matches any status.
    pub statuses: Vec<Status>,
    /// Only runs whose `changed_at` is earlier, in milliseconds since 1970, UTC.
    pub changed_before: Option<u64>,
    /// The maximum number of runs. No maximum by default.
    pub limit: Option<u64>,
    /// The number of the newest matching runs to skip.
    pub offset: u64,
}

impl RunFilter {
    /// Whether the filter matches a run. It ignores `limit` and `offset`, which apply to the list.
    ///
    /// ```
    /// use council_core::journal::{Head, RunEntry, RunFilter, Status};
    ///
    /// let run = RunEntry::new("r-1", Head::new("essay", Status::Paused), 3);
    /// assert!(RunFilter::default().matches(&run));
    /// assert!(!RunFilter { statuses: vec![Status::Failed], ..RunFilter::default() }.matches(&run));
    /// ```
    pub fn matches(&self, run: &RunEntry) -> bool {
        (self.graphs.is_empty() || self.graphs.contains(&run.graph))
            && (self.statuses.is_empty() || self.statuses.contains(&run.status))
            && self.changed_before.is_none_or(|before| run.changed_at < before)
    }
}
