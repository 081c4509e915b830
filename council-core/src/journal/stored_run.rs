//! The answers of a journal: a stored run, and a run in a list.

use super::entry::{Entry, Head, Parent};
use super::status::Status;

/// Which records of a run to read. Later versions add no variant, because every journal must be able to answer each of them.
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
#[non_exhaustive]
pub struct StoredRun {
    /// The head of the run.
    pub head: RunEntry,
    /// The last snapshot, and the number of records before it.
    pub snapshot: Option<(u64, String)>,
    /// The requested records, in order.
    pub entries: Vec<Entry>,
}

impl StoredRun {
    /// The answer to a read: a run and the requested records, without a snapshot.
    ///
    /// ```
    /// use council_core::journal::{Entry, Head, RunEntry, Status, StoredRun};
    ///
    /// let run = RunEntry::new("r-1", Head::new("essay", Status::Running), 2);
    /// let answer = StoredRun::new(run, vec![Entry::new(2_000, "{}")]).snapshot(1, "{}");
    /// assert_eq!(answer.snapshot, Some((1, "{}".to_owned())));
    /// ```
    pub fn new(head: RunEntry, entries: Vec<Entry>) -> Self {
        Self { head, snapshot: None, entries }
    }

    /// Adds the last snapshot, which is JSON, and the number of records before it.
    #[must_use]
    pub fn snapshot(mut self, records: u64, json: impl Into<String>) -> Self {
        self.snapshot = Some((records, json.into()));
        self
    }
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
#[non_exhaustive]
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

impl RunEntry {
    /// A run with this id, head and number of records, created and changed in 1970 until [`times`](Self::times) are set.
    ///
    /// ```
    /// use council_core::journal::{Head, RunEntry, Status};
    ///
    /// let head = Head::new("essay", Status::Finished);
    /// let run = RunEntry::new("r-1", head, 3).times(1_767_225_600_000, 1_767_225_601_500);
    /// assert_eq!(run.changed_at - run.created_at, 1_500); // milliseconds
    /// ```
    pub fn new(run: impl Into<String>, head: Head, records: u64) -> Self {
        let Head { graph, status, summary, parent } = head;
        Self { run: run.into(), graph, status, summary, parent, records, created_at: 0, changed_at: 0 }
    }

    /// Sets when the run was created and when it was last changed, in milliseconds since 1970, UTC. If `changed_at` is the earlier of
    /// the two, `created_at` is taken for both.
    #[must_use]
    pub fn times(mut self, created_at: u64, changed_at: u64) -> Self {
        (self.created_at, self.changed_at) = (created_at, changed_at.max(created_at));
        self
    }
}
