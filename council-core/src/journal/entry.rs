//! The data that a journal stores: appends, records and heads.

use std::sync::Arc;

use super::status::Status;

/// The records to add to a run: see [`Journal::append`](crate::journal::Journal::append).
///
/// ```
/// use council_core::journal::{AppendRequest, Entry};
///
/// let append = AppendRequest::new("r-1", 3, vec![Entry::new(1_767_225_600_000, "{}")]);
/// assert_eq!((append.expected, append.head), (3, None));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
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

impl AppendRequest {
    /// An append of these records to a run that has `expected` records, without a new head and without a snapshot.
    ///
    /// ```
    /// use council_core::journal::{AppendRequest, Entry, Head, Status};
    ///
    /// let records = vec![Entry::new(1_767_225_600_000, "{}")];
    /// let first = AppendRequest::new("r-1", 0, records).head(Head::new("essay", Status::Running));
    /// assert_eq!(first.head.unwrap().graph, "essay");
    /// ```
    pub fn new(run: impl Into<Arc<str>>, expected: u64, entries: Vec<Entry>) -> Self {
        Self { run: run.into(), expected, entries, head: None, snapshot: None }
    }

    /// Replaces the head of the run, or gives a new run its head.
    #[must_use]
    pub fn head(mut self, head: Head) -> Self {
        self.head = Some(head);
        self
    }

    /// Adds a snapshot: the position after the records of this append, as JSON.
    ///
    /// ```
    /// # use council_core::journal::AppendRequest;
    /// let append = AppendRequest::new("r-1", 3, Vec::new()).snapshot("{}");
    /// assert_eq!(append.snapshot.as_deref(), Some("{}"));
    /// ```
    #[must_use]
    pub fn snapshot(mut self, json: impl Into<String>) -> Self {
        self.snapshot = Some(json.into());
        self
    }
}

/// A stored record.
///
/// ```
/// # use council_core::journal::Entry;
/// let entry = Entry::new(1_767_225_600_000, r#"{"v":3,"record":{"finished":{}}}"#);
/// assert_eq!(entry.at, 1_767_225_600_000); // 1 January 2026, 0:00 UTC
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// The time of the record, in milliseconds since 1970, UTC.
    pub at: u64,
    /// The record as JSON. The journal does not parse it.
    pub json: String,
}

impl Entry {
    /// A record with its time in milliseconds since 1970, UTC, and its JSON.
    ///
    /// ```
    /// # use council_core::journal::Entry;
    /// assert_eq!(Entry::new(0, "{}").json, "{}");
    /// ```
    pub fn new(at: u64, json: impl Into<String>) -> Self {
        Self { at, json: json.into() }
    }
}

/// The description of a run without its records.
///
/// ```
/// use council_core::journal::{Head, Status};
///
/// let head = Head::new("essay", Status::Running).summary(r#"{"topic":"Crabs"}"#);
/// assert_eq!(head.summary.as_deref(), Some(r#"{"topic":"Crabs"}"#));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
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

impl Head {
    /// The head of a run without a summary that was not forked.
    ///
    /// ```
    /// # use council_core::journal::{Head, Status};
    /// let head = Head::new("essay", Status::Paused);
    /// assert_eq!((head.graph.as_str(), head.status, head.summary), ("essay", Status::Paused, None));
    /// ```
    pub fn new(graph: impl Into<String>, status: Status) -> Self {
        Self { graph: graph.into(), status, summary: None, parent: None }
    }

    /// Sets the summary, which is JSON.
    #[must_use]
    pub fn summary(mut self, json: impl Into<String>) -> Self {
        self.summary = Some(json.into());
        self
    }

    /// Names the run that this run is forked from.
    ///
    /// ```
    /// # use council_core::journal::{Head, Parent, Status};
    /// let fork = Head::new("essay", Status::Stopped).parent(Parent::new("r-1", 3));
    /// assert_eq!(fork.parent.unwrap().records, 3);
    /// ```
    #[must_use]
    pub fn parent(mut self, parent: Parent) -> Self {
        self.parent = Some(parent);
        self
    }
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
#[non_exhaustive]
pub struct Parent {
    /// The run that was copied. It may have been deleted since.
    pub run: String,
    /// The number of records that were copied.
    pub records: u64,
}

impl Parent {
    /// The run that was copied, and the number of its records that were copied.
    ///
    /// ```
    /// # use council_core::journal::Parent;
    /// assert_eq!(Parent::new("r-1", 3).run, "r-1");
    /// ```
    pub fn new(run: impl Into<String>, records: u64) -> Self {
        Self { run: run.into(), records }
    }
}
