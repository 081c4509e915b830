//! A journal in a SQLite file.
//!
//! One thread writes, with one transaction for all pending requests; reads have connections of their own.

pub(crate) mod errors;
pub(crate) mod ledger;
pub(crate) mod open;
pub(crate) mod options;
pub(crate) mod reader;
pub(crate) mod rows;
pub(crate) mod writer;

use std::path::Path;
use std::sync::Arc;

pub use options::{SqliteOptions, Synchronous};
use tokio::sync::{mpsc, oneshot};

use crate::journal::Journal;
use crate::journal::entry::{AppendRequest, Head};
use crate::journal::error::JournalError;
use crate::journal::run_filter::RunFilter;
use crate::journal::stored_run::{ReadFrom, RunEntry, StoredRun};
use async_trait::async_trait;
use ledger::LedgerWork;
use open::Location;
use reader::Readers;
use writer::Job;

/// Keeps runs in a SQLite file.
///
/// An append that was answered with `Ok` survives a crash of the process; [`Synchronous`] says whether it survives a crash of the
/// machine. Pending appends share one write to the disk, also if they are of different runs. Several processes may use one file.
/// Clones share one writer; when the last clone is dropped, the writer completes the pending appends and ends.
///
/// With the `sqlite3` shell, `SELECT * FROM history WHERE run = '...'` shows a run. The space of deleted runs is reused, but
/// the file does not shrink by itself: `VACUUM` shrinks it.
///
/// ```no_run
/// use council_core::journal::{Journal, RunFilter, Sqlite};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), council_core::journal::JournalError> {
/// let journal = Sqlite::open("runs.db").await?;
/// for run in journal.runs(&RunFilter { limit: Some(10), ..RunFilter::default() }).await? {
///     println!("{} {} {}", run.run, run.status, run.records);
/// }
/// # Ok(())
/// # }
/// ```
#[doc(alias("SqliteSaver", "AsyncSqliteSaver"))]
#[derive(Clone, Debug)]
pub struct Sqlite {
    // Declared, and so dropped, before the jobs: the writer ends with the jobs, and should close the file last.
    readers: Arc<Readers>,
    jobs: mpsc::Sender<Job>,
}

impl Sqlite {
    /// Opens the journal in this file, or creates it. The directory must exist.
    ///
    /// ```no_run
    /// # use council_core::*;
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let journal = journal::Sqlite::open("runs.db").await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Unavailable`](JournalError::Unavailable), [`ReadOnly`](JournalError::ReadOnly), and [`Foreign`](JournalError::Foreign)
    /// if the file is not a journal of this version; such a file is not changed.
    ///
    /// # Panics
    ///
    /// If there is no tokio runtime, like the other calls of the journal.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, JournalError> {
        Self::open_with(path, SqliteOptions::default()).await
    }

    /// Opens the journal in this file with these options.
    ///
    /// ```no_run
    /// # use council_core::*;
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use council_core::journal::{Sqlite, SqliteOptions, Synchronous};
    ///
    /// let options = SqliteOptions { synchronous: Synchronous::Normal, ..SqliteOptions::default() };
    /// let journal = Sqlite::open_with("runs.db", options).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// The same as of [`open`](Self::open).
    ///
    /// # Panics
    ///
    /// If there is no tokio runtime.
    pub async fn open_with(path: impl AsRef<Path>, options: SqliteOptions) -> Result<Self, JournalError> {
        let place = Arc::new(Location::new(path.as_ref(), options)?);
        let writer_place = place.clone();
        let connection = reader::aside(move || open::writer(&writer_place)).await?;
        let jobs = writer::start(connection, place.clone())?;
        Ok(Self { readers: Arc::new(Readers::new(place)), jobs })
    }

    /// Writes the pending appends and closes the file. From then on, calls on any clone fail with [`JournalError::Closed`].
    ///
    /// ```no_run
    /// # use council_core::*;
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let journal = journal::Sqlite::open("runs.db").await?;
    /// journal.close().await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Closed`](JournalError::Closed) if it is closed already.
    pub async fn close(&self) -> Result<(), JournalError> {
        self.readers.close();
        self.ask(LedgerWork::Close).await.map(drop)
    }

    async fn ask(&self, work: LedgerWork) -> Result<u64, JournalError> {
        let (reply, answer) = oneshot::channel();
        self.jobs.send(Job { work, reply }).await.map_err(|_| JournalError::Closed)?;
        answer.await.map_err(|_| JournalError::Closed)?
    }
}

#[async_trait]
impl Journal for Sqlite {
    async fn append(&self, append: AppendRequest) -> Result<(), JournalError> {
        self.ask(LedgerWork::AppendRequest(append)).await.map(drop)
    }

    async fn read(&self, run: &str, from: ReadFrom) -> Result<StoredRun, JournalError> {
        let run = run.to_owned();
        self.readers.read(move |connection| reader::read(connection, &run, from)).await
    }

    async fn runs(&self, filter: &RunFilter) -> Result<Vec<RunEntry>, JournalError> {
        let filter = filter.clone();
        self.readers.read(move |connection| Ok(rows::select(connection, &filter)?)).await
    }

    async fn delete(&self, run: &str) -> Result<(), JournalError> {
        self.ask(LedgerWork::Delete(run.to_owned())).await.map(drop)
    }

    async fn prune(&self, filter: &RunFilter) -> Result<u64, JournalError> {
        self.ask(LedgerWork::Prune(filter.clone())).await
    }

    async fn copy(&self, run: &str, records: u64, to: &str, head: Head) -> Result<(), JournalError> {
        self.ask(LedgerWork::Copy { run: run.to_owned(), records, to: to.to_owned(), head }).await.map(drop)
    }
}
