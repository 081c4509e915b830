//! Journals: they store the records of runs, so that runs survive the process.
//!
//! A journal knows nothing of graphs and states: it stores lines of JSON by run and position, and refuses a writer that is not up
//! to date. [`Memory`] is for tests and for runs that need not survive the process; `Sqlite` (feature `sqlite`) is one file. Another
//! backend is one impl of [`Journal`], which [`kit::conformance`] checks.

pub(crate) mod check;
pub(crate) mod close;
pub(crate) mod reopen;
pub(crate) mod entry;
pub(crate) mod error;
pub(crate) mod format;
#[cfg(feature = "tokio")]
pub mod kit;
pub(crate) mod memory;
pub(crate) mod replay_error;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;

use std::sync::Arc;

pub use close::{CloseError, close};
pub use entry::{AppendRequest, Entry, Head, Parent, ReadFrom, RunEntry, RunFilter, Status, StoredRun, UnknownStatus};
pub use error::{JournalError, Source};
pub use format::FORMAT;
pub use format::envelope::{Envelope, StoredTask};
pub use format::error::FormatError;
pub use format::position::StoredPosition;
pub use format::raw_json::RawJson;
pub use format::record::{StoredRecord, StoredRedirect};
pub use format::successors::{StoredGoto, StoredSend, StoredSuccessors};
pub use memory::Memory;
pub use reopen::{ReopenError, reopen};
pub use replay_error::ReplayError;
#[cfg(feature = "sqlite")]
pub use sqlite::{Sqlite, SqliteOptions, Synchronous};

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
/// let head = Head { graph: "council".into(), status: Status::Running, summary: None, parent: None };
/// let entries = vec![Entry { at: 1_767_225_600_000, json: r#"{"started":{}}"#.into() }];
/// journal.append(AppendRequest { run: "r1".into(), expected: 0, entries, head: Some(head), snapshot: None }).await?;
///
/// let stored = journal.read("r1", ReadFrom::Record(0)).await?;
/// assert_eq!(stored.head.records, 1);
/// assert_eq!(stored.entries[0].json, r#"{"started":{}}"#);
/// # Ok(())
/// # }
/// ```
#[async_trait]
pub trait Journal: Send + Sync + 'static {
    /// Adds records to a run, all or none of them, together with the head and the snapshot of the append.
    ///
    /// If the run is unknown and `append.expected` is 0, the run is created; then a head is required. An append may happen even if its
    /// future is dropped after the call.
    ///
    /// # Errors
    ///
    /// [`Conflict`](JournalError::Conflict) if the run does not have exactly `append.expected` records,
    /// [`NotFound`](JournalError::NotFound) if records are expected of an unknown run, [`MissingHead`](JournalError::MissingHead)
    /// if a new run has no head.
    async fn append(&self, append: AppendRequest) -> Result<(), JournalError>;

    /// Reads a run: its head, the last snapshot if `from` includes it, and the records from there on.
    ///
    /// # Errors
    ///
    /// [`NotFound`](JournalError::NotFound).
    async fn read(&self, run: &str, from: ReadFrom) -> Result<StoredRun, JournalError>;

    /// The runs that the filter matches, newest first: by the time of creation, then by id.
    ///
    /// # Errors
    ///
    /// Those of the backend.
    async fn runs(&self, filter: &RunFilter) -> Result<Vec<RunEntry>, JournalError>;

    /// Deletes a run.
    ///
    /// # Errors
    ///
    /// [`NotFound`](JournalError::NotFound).
    async fn delete(&self, run: &str) -> Result<(), JournalError>;

    /// Deletes exactly the runs that [`runs`](Self::runs) would list, and returns their number. So an `offset` keeps the newest
    /// ones.
    ///
    /// # Errors
    ///
    /// Those of the backend.
    async fn prune(&self, filter: &RunFilter) -> Result<u64, JournalError>;

    /// Copies the first `records` records of a run to a new run with this head, whose `parent` names the source.
    ///
    /// The snapshot is copied if it is not after `records`. The copy is created now, so it is newer than its records.
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
