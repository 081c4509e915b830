//! The data types of a journal: appends, records, heads, and lists of runs.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// The records to add to a run: see [`Journal::append`](crate::journal::Journal::append).
///
/// ```
/// use council_core::journal::{AppendRequest, Entry};
///
/// let entries = vec![Entry { at: 1_767_225_600_000, json: "{}".into() }];
/// let append = AppendRequest { run: "r-1".into(), expected: 3, entries, head: None, snapshot: None };
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppendRequest {
    /// The run.
    pub run: Arc<str>,
    /// The number of records that the writer expects the run to have. 0 creates a new run.
    pub expected: u64,
    /// The new records, in order. The list may be empty: then only the head or the snapshot is replaced.
    pub entries: Vec<Entry>,
    /// The new head of the run, if it changes. Required for a new run.
    pub head: Option<Head>,
    /// The position after these records, as JSON. It replaces the earlier one: a journal keeps only the last.
    pub snapshot: Option<String>,
}

/// A stored record.
///
/// ```
/// # use council_core::journal::Entry;
/// let entry = Entry { at: 1_767_225_600_000, json: r#"{"v":1}"#.into() };
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The time of the record, in milliseconds since 1970, UTC.
    pub at: u64,
    /// The record as JSON. The journal does not parse it.
    pub json: String,
}

/// The description of a run without its records.
///
/// ```
/// use council_core::journal::{Head, Status};
///
/// let head = Head { graph: "essay".into(), status: Status::Running, summary: None, parent: None };
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The name of its graph.
    pub graph: String,
    /// The status of the run.
    pub status: Status,
    /// The summary that a list of runs shows, as JSON.
    pub summary: Option<String>,
    /// The run that this run was forked from. It is set when the run is created; a later head does not change it.
    pub parent: Option<Parent>,
}

/// The origin of a forked run.
///
/// ```
/// # use council_core::*; use serde::{Deserialize, Serialize};
/// # #[derive(State, Clone, Debug, Default, Serialize, Deserialize)] struct Essay { draft: String }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// # graph.start(write).end(write); let graph = graph.compile()?;
/// let journal = journal::Memory::default();
/// graph.run(Essay::default()).id("r-1").journal(journal.clone()).await?;
/// graph.fork(&journal, "r-1", stored::At::Superstep(0), "r-2").await?;
/// let stored = journal::Journal::read(&journal, "r-2", journal::ReadFrom::Snapshot).await?;
/// assert_eq!(stored.head.parent.unwrap().run, "r-1");
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parent {
    /// The run that was copied. It may have been deleted since.
    pub run: String,
    /// The number of records that were copied.
    pub records: u64,
}

/// The status of a run. As text it is the lower-case word.
///
/// ```
/// use council_core::journal::Status;
///
/// assert_eq!(Status::Paused.to_string(), "paused");
/// assert_eq!("finished".parse(), Ok(Status::Finished));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Status {
    /// The run is executing, or its process died.
    Running,
    /// The run waits for a person.
    Paused,
    /// The run reached its end.
    Finished,
    /// A limit or a cancellation stopped the run.
    Stopped,
    /// The run failed.
    Failed,
    /// The run was closed from outside and cannot be resumed; see [`close`](crate::journal::close()).
    Closed,
}

impl Status {
    const ALL: [Self; 6] = [Self::Running, Self::Paused, Self::Finished, Self::Stopped, Self::Failed, Self::Closed];

    fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Finished => "finished",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
            Self::Closed => "closed",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.word())
    }
}

impl FromStr for Status {
    type Err = UnknownStatus;

    fn from_str(word: &str) -> Result<Self, UnknownStatus> {
        Self::ALL.into_iter().find(|status| status.word() == word).ok_or_else(|| UnknownStatus(word.to_owned()))
    }
}

/// A word that is not a [`Status`].
///
/// ```
/// # use council_core::journal::Status;
/// assert!("waiting".parse::<Status>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no status: say `running`, `paused`, `finished`, `stopped`, `failed` or `closed`")]
pub struct UnknownStatus(String);

/// Which records of a run to read.
///
/// ```
/// # use council_core::*; use serde::{Deserialize, Serialize};
/// # #[derive(State, Clone, Debug, Default, Serialize, Deserialize)] struct Essay { draft: String }
/// use council_core::journal::{Journal, Memory, ReadFrom};
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// # graph.start(write).end(write); let graph = graph.compile()?;
/// let journal = Memory::default();
/// graph.run(Essay::default()).id("r-1").journal(journal.clone()).await?;
/// let stored = journal.read("r-1", ReadFrom::Record(1)).await?;
/// assert_eq!(stored.entries.len() as u64, stored.head.records - 1);
/// # Ok(()) }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadFrom {
    /// The records from this number on, counted from 0, without a snapshot. Beyond the last record the list is empty (no error).
    Record(u64),
    /// The last snapshot and the records after it, or all records if there is none.
    Snapshot,
}

/// A run as a journal returns it.
///
/// ```
/// # use council_core::*; use serde::{Deserialize, Serialize};
/// # #[derive(State, Clone, Debug, Default, Serialize, Deserialize)] struct Essay { draft: String }
/// use council_core::journal::{Journal, Memory, ReadFrom, StoredRun};
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// # graph.start(write).end(write); let graph = graph.compile()?;
/// let journal = Memory::default();
/// graph.run(Essay::default()).id("r-1").journal(journal.clone()).await?;
/// let StoredRun { head, entries, .. } = journal.read("r-1", ReadFrom::Record(0)).await?;
/// assert_eq!((head.graph.as_str(), entries.len() as u64), ("essay", head.records));
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRun {
    /// The head of the run.
    pub head: RunEntry,
    /// The last snapshot, and the number of records before it.
    pub snapshot: Option<(u64, String)>,
    /// The requested records, in order.
    pub entries: Vec<Entry>,
}

/// A run in a list of runs.
///
/// ```
/// # use council_core::*; use serde::{Deserialize, Serialize};
/// # #[derive(State, Clone, Debug, Default, Serialize, Deserialize)] struct Essay { draft: String }
/// use council_core::journal::{Journal, Memory, RunEntry, RunFilter, Status};
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// # graph.start(write).end(write); let graph = graph.compile()?;
/// let journal = Memory::default();
/// graph.run(Essay::default()).id("r-1").journal(journal.clone()).await?;
/// let runs: Vec<RunEntry> = journal.runs(&RunFilter::default()).await?;
/// assert_eq!((runs[0].run.as_str(), runs[0].status), ("r-1", Status::Finished));
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunEntry {
    /// The id of the run.
    pub run: String,
    /// The name of its graph.
    pub graph: String,
    /// The status of the run.
    pub status: Status,
    /// The summary of its last head, as JSON.
    pub summary: Option<String>,
    /// The run that it was forked from.
    pub parent: Option<Parent>,
    /// The number of its records.
    pub records: u64,
    /// The time of its first record, in milliseconds since 1970, UTC; for a copy, the time of the copy.
    pub created_at: u64,
    /// The time of its last record, in the same units, and never before `created_at`.
    pub changed_at: u64,
}

/// A filter for runs, to list or to delete them.
///
/// ```
/// use council_core::journal::{RunFilter, Status};
///
/// // All but the hundred newest of those that are over.
/// let over = vec![Status::Finished, Status::Failed];
/// let filter = RunFilter { statuses: over, offset: 100, ..RunFilter::default() };
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunFilter {
    /// Only runs of the graphs with these names. An empty list matches any graph.
    pub graphs: Vec<String>,
    /// Only runs with these statuses. An empty list matches any status.
    pub statuses: Vec<Status>,
    /// Only runs whose `changed_at` is earlier, in milliseconds since 1970, UTC.
    pub changed_before: Option<u64>,
    /// The greatest number of runs.
    pub limit: Option<u64>,
    /// The number of the newest matching runs to skip.
    pub offset: u64,
}

impl RunFilter {
    /// Whether the filter matches a run. It ignores `limit` and `offset`, which apply to the list.
    ///
    /// ```
    /// use council_core::journal::{RunEntry, RunFilter, Status};
    ///
    /// let run = RunEntry {
    ///     run: "r-1".into(), graph: "essay".into(), status: Status::Paused, summary: None, parent: None,
    ///     records: 3, created_at: 1_767_225_600_000, changed_at: 1_767_225_601_000,
    /// };
    /// assert!(RunFilter::default().matches(&run));
    /// assert!(!RunFilter { statuses: vec![Status::Failed], ..RunFilter::default() }.matches(&run));
    /// ```
    pub fn matches(&self, run: &RunEntry) -> bool {
        (self.graphs.is_empty() || self.graphs.contains(&run.graph))
            && (self.statuses.is_empty() || self.statuses.contains(&run.status))
            && self.changed_before.is_none_or(|before| run.changed_at < before)
    }
}
