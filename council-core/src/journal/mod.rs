//! Journals: they store the records of runs, so that runs survive the process.
//!
//! A journal knows nothing of graphs and states: it stores lines of JSON by run and position, and refuses a writer that is not up
//! to date. [`Memory`] is for tests and for runs that need not survive the process; `Sqlite` (feature `sqlite`) is one file. Another
//! backend is one impl of [`Journal`], which [`kit::conformance`] checks; the example `own_journal` of the repository is one.

pub(crate) mod check;
pub(crate) mod close;
pub(crate) mod compatibility;
pub(crate) mod reopen;
pub(crate) mod entry;
pub(crate) mod error;
pub(crate) mod format;
#[cfg(feature = "tokio")]
pub mod kit;
pub(crate) mod memory;
pub(crate) mod replay_error;
pub(crate) mod run_filter;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;
pub(crate) mod state_json;
pub(crate) mod status;
pub(crate) mod stored_run;

use std::sync::Arc;

pub use close::{CloseError, close};
pub use entry::{AppendRequest, Entry, Head, Parent};
pub use error::{JournalError, Source};
pub use format::FORMAT;
pub use format::envelope::{Envelope, StoredTask};
pub use format::error::FormatError;
pub use format::position::StoredPosition;
pub use format::program::StoredProgram;
pub use format::record::{StoredRecord, StoredRedirect};
pub use format::successors::{StoredGoto, StoredSend, StoredSuccessors};
pub use memory::Memory;
pub use reopen::{ReopenError, reopen};
pub use replay_error::ReplayError;
pub use run_filter::RunFilter;
/// The crate whose connections [`Sqlite::connect`] takes.
#[cfg(feature = "sqlite")]
pub use rusqlite;
#[cfg(feature = "sqlite")]
pub use sqlite::{Sqlite, SqliteDamage, SqliteOptions, Synchronous};

pub use status::{Status, UnknownStatus};
pub use stored_run::{ReadFrom, RunEntry, StoredRun};

pub use crate::types::json_error::JsonError;
pub use crate::types::raw_json::RawJson;

use async_trait::async_trait;

/// Stores the records of runs.
///
/// The records of a run are numbered from 0 without gaps. An append names the number of records that it expects. So of two writers
/// of one run, one succeeds and the other gets [`JournalError::Conflict`]; records are never overwritten. Records that
/// [`append`](Self::append) has answered with `Ok` are durable, as far as the backend is.
///
/// ```
/// use council_core::journal::{AppendRequest, Entry, Head, Journal, Memory, ReadFrom, Status};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), council_core::journal::JournalError> {
/// let journal = Memory::default();
/// let records = vec![Entry::new(1_767_225_600_000, r#"{"started":{}}"#)];
/// let append = AppendRequest::new("r1", 0, records).head(Head::new("council", Status::Running));
/// journal.append(append).await?;
///
/// let stored = journal.read("r1", ReadFrom::Record(0)).await?;
/// assert_eq!(stored.head.records, 1);
/// assert_eq!(stored.entries[0].json, r#"{"started":{}}"#);
/// # Ok(())
/// # }
/// ```
#[doc(alias("checkpointer", "BaseCheckpointSaver"))]
#[async_trait]
pub trait Journal: Send + Sync + 'static {
    /// Adds records to a run, all or none of them, together with the head and the snapshot of the append.
    ///
    /// If the run is unknown and `append.expected` is 0, the run is created; then a head is required. An append may happen even if its
    /// future is dropped after the call.
    ///
    /// ```
    /// # use council_core::journal::*;
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let journal = Memory::default();
    /// # let first = AppendRequest::new("r-1", 0, vec![Entry::new(1_000, "{}")]).head(Head::new("essay", Status::Finished));
    /// # journal.append(first).await?;
    /// let append = AppendRequest::new("r-1", 1, vec![Entry::new(2_000, "{}")]);
    /// journal.append(append.clone()).await?;
    /// let error = journal.append(append).await.unwrap_err(); // the run has two records now
    /// assert!(matches!(error, JournalError::Conflict { expected: 1, found: 2, .. }));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Conflict`](JournalError::Conflict) if the run does not have exactly `append.expected` records,
    /// [`NotFound`](JournalError::NotFound) if records are expected of an unknown run, [`MissingHead`](JournalError::MissingHead)
    /// if a new run has no head.
    async fn append(&self, append: AppendRequest) -> Result<(), JournalError>;

    /// Reads a run: its head, the last snapshot if `from` includes it, and the records from there on.
    ///
    /// ```
    /// # use council_core::journal::*;
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let journal = Memory::default();
    /// # let first = AppendRequest::new("r-1", 0, vec![Entry::new(1_000, "{}")]).head(Head::new("essay", Status::Finished));
    /// # journal.append(first).await?;
    /// let stored = journal.read("r-1", ReadFrom::Snapshot).await?;
    /// assert_eq!((stored.head.status, stored.entries.len(), stored.snapshot), (Status::Finished, 1, None));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`NotFound`](JournalError::NotFound).
    async fn read(&self, run: &str, from: ReadFrom) -> Result<StoredRun, JournalError>;

    /// The runs that the filter matches, newest first: by the time of creation, then by id.
    ///
    /// ```
    /// # use council_core::journal::*;
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let journal = Memory::default();
    /// # let first = AppendRequest::new("r-1", 0, vec![Entry::new(1_000, "{}")]).head(Head::new("essay", Status::Finished));
    /// # journal.append(first).await?;
    /// let finished = RunFilter { statuses: vec![Status::Finished], limit: Some(10), ..RunFilter::default() };
    /// assert_eq!(journal.runs(&finished).await?[0].run, "r-1");
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of the backend.
    async fn runs(&self, filter: &RunFilter) -> Result<Vec<RunEntry>, JournalError>;

    /// Deletes a run. Its id can be used again.
    ///
    /// ```
    /// # use council_core::journal::*;
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let journal = Memory::default();
    /// # let first = AppendRequest::new("r-1", 0, vec![Entry::new(1_000, "{}")]).head(Head::new("essay", Status::Finished));
    /// # journal.append(first).await?;
    /// journal.delete("r-1").await?;
    /// assert!(matches!(journal.delete("r-1").await, Err(JournalError::NotFound { .. })));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`NotFound`](JournalError::NotFound).
    async fn delete(&self, run: &str) -> Result<(), JournalError>;

    /// Deletes exactly the runs that [`runs`](Self::runs) would list, and returns their number. So an `offset` keeps the newest
    /// runs.
    ///
    /// ```
    /// # use council_core::journal::*;
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let journal = Memory::default();
    /// # let first = AppendRequest::new("r-1", 0, vec![Entry::new(1_000, "{}")]).head(Head::new("essay", Status::Finished));
    /// # journal.append(first).await?;
    /// let filter = RunFilter { changed_before: Some(1_001), ..RunFilter::default() }; // milliseconds since 1970
    /// assert_eq!(journal.prune(&filter).await?, 1);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of the backend.
    async fn prune(&self, filter: &RunFilter) -> Result<u64, JournalError>;

    /// Copies the first `records` records of a run to a new run with this head, whose `parent` names the source.
    ///
    /// The snapshot is copied if it is not after `records`. The copy is created now, so it is newer than its records.
    ///
    /// ```
    /// # use council_core::journal::*;
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let journal = Memory::default();
    /// # let first = AppendRequest::new("r-1", 0, vec![Entry::new(1_000, "{}")]).head(Head::new("essay", Status::Finished));
    /// # journal.append(first).await?;
    /// let head = Head::new("essay", Status::Stopped).parent(Parent::new("r-1", 1));
    /// journal.copy("r-1", 1, "r-2", head).await?;
    /// assert_eq!(journal.read("r-2", ReadFrom::Record(0)).await?.entries.len(), 1);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`NotFound`](JournalError::NotFound) if the run is unknown, [`Exists`](JournalError::Exists) if `to` exists,
    /// [`Short`](JournalError::Short) if the run has fewer records.
    async fn copy(&self, run: &str, records: u64, to: &str, head: Head) -> Result<(), JournalError>;
}

#[async_trait]
impl<J: Journal + ?Sized> Journal for Arc<J> {
    async fn append(&self, append: AppendRequest) -> Result<(), JournalError> {
        (**self).append(append).await
    }

    async fn read(&self, run: &str, from: ReadFrom) -> Result<StoredRun, JournalError> {
        (**self).read(run, from).await
    }

    async fn runs(&self, filter: &RunFilter) -> Result<Vec<RunEntry>, JournalError> {
        (**self).runs(filter).await
    }

    async fn delete(&self, run: &str) -> Result<(), JournalError> {
        (**self).delete(run).await
    }

    async fn prune(&self, filter: &RunFilter) -> Result<u64, JournalError> {
        (**self).prune(filter).await
    }

    async fn copy(&self, run: &str, records: u64, to: &str, head: Head) -> Result<(), JournalError> {
        (**self).copy(run, records, to, head).await
    }
}
