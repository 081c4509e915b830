//! A journal in a SQLite database.
//!
//! One thread writes, with one transaction for all pending requests; reads have connections of their own.

pub(crate) mod checksum;
pub(crate) mod connections;
pub(crate) mod errors;
pub(crate) mod file;
pub(crate) mod file_identity;
pub(crate) mod file_lock;
pub(crate) mod ledger;
pub(crate) mod open;
pub(crate) mod options;
pub(crate) mod reader;
pub(crate) mod rows;
pub(crate) mod schema;
pub(crate) mod verify;
pub(crate) mod writer;

use std::path::Path;
use std::sync::Arc;

pub use options::{SqliteOptions, Synchronous};
use tokio::sync::{mpsc, oneshot};
pub use verify::SqliteDamage;

use crate::journal::Journal;
use crate::journal::entry::{AppendRequest, Head};
use crate::journal::error::JournalError;
use crate::journal::run_filter::RunFilter;
use crate::journal::stored_run::{ReadFrom, RunEntry, StoredRun};
use async_trait::async_trait;
use connections::Connections;
use ledger::LedgerWork;
use reader::Readers;
use writer::Job;

/// Keeps runs in a SQLite file.
///
/// An append that was answered with `Ok` survives a crash of the process; [`Synchronous`] says whether it survives a crash of the
/// machine. Pending appends share one write to the disk, also if they are of different runs. Several processes may use one file.
/// Clones share one writer; when the last clone is dropped, the writer completes the pending appends and ends.
///
/// Each record has a checksum, which every read verifies: changed bits are [`JournalError::Damaged`], with the run and the number of the
/// record. [`Sqlite::verify`] checks a whole file. If you change a row by hand, set its `checksum` to NULL.
///
/// If the file is deleted, moved, replaced or truncated while it is open, or its log is, appends fail with [`JournalError::Lost`] and
/// change nothing: they would be lost. They succeed again when the file is back.
///
/// With the `sqlite3` shell, `SELECT * FROM council_history WHERE run = '...'` shows a run. The space of deleted runs is reused, but
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
    /// [`Unavailable`](JournalError::Unavailable), [`ReadOnly`](JournalError::ReadOnly), [`Linked`](JournalError::Linked), and
    /// [`Foreign`](JournalError::Foreign) if the file is not a journal of this version; such a file is not changed.
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
    /// The same as of [`open`](Self::open), and [`InUse`](JournalError::InUse) with [`exclusive`](SqliteOptions::exclusive).
    ///
    /// # Panics
    ///
    /// If there is no tokio runtime.
    pub async fn open_with(path: impl AsRef<Path>, options: SqliteOptions) -> Result<Self, JournalError> {
        let path = path.as_ref().to_owned();
        Self::start(move || open::file(&path, options)).await
    }

    /// Opens the journal on connections of your own: the function opens each connection.
    ///
    /// So the journal can be in the database of your own tables, and the connections can have a key, a VFS or settings of your own. The
    /// journal keeps one connection, on which its own thread writes, and opens up to four more to read runs. Each must open the same
    /// database. Connections of a pool would never return to it: give the function with which the pool opens a connection.
    ///
    /// The names of the journal's tables begin with `council_`. They are created if they are not there. The application id and the
    /// version (`user_version`) of the database are left to you.
    ///
    /// The journal sets only `query_only`, on connections that read. Set what you need:
    ///
    /// - `journal_mode`: with `WAL`, reads and writes do not wait for each other. The database keeps this setting.
    /// - `synchronous`: whether an append survives a crash of the machine. It does with `FULL`, the default.
    /// - `busy_timeout`: how long an append waits for other connections that write. 5 seconds by default. An append waits for your own
    ///   transactions too, so keep them short.
    ///
    /// The connections of one process share a database in memory if they open `file:/name?vfs=memdb`. A shared cache
    /// (`cache=shared`) is not suitable, because it does not wait for other connections. The connections are those of
    /// [`rusqlite`](crate::journal::rusqlite) in the version that [`journal`](crate::journal) exports.
    ///
    /// ```
    /// use council_core::journal::{Journal, RunFilter, Sqlite, rusqlite};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let directory = tempfile::tempdir()?;
    /// # let path = directory.path().join("shop.db");
    /// let connect = move || {
    ///     let connection = rusqlite::Connection::open(&path)?;
    ///     connection.pragma_update(None, "journal_mode", "WAL")?;
    ///     Ok(connection)
    /// };
    /// let shop = connect()?;
    /// shop.execute_batch("CREATE TABLE orders (id INTEGER PRIMARY KEY, run TEXT)")?;
    ///
    /// let journal = Sqlite::connect(connect).await?;
    /// assert!(journal.runs(&RunFilter::default()).await?.is_empty());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of the function and of SQLite, [`Foreign`](JournalError::Foreign) if the database has a journal of another version or
    /// cannot be read with this key, and [`Backend`](JournalError::Backend) if a second call of the function opens another database.
    ///
    /// # Panics
    ///
    /// If there is no tokio runtime.
    pub async fn connect(
        open: impl Fn() -> Result<rusqlite::Connection, rusqlite::Error> + Send + Sync + 'static,
    ) -> Result<Self, JournalError> {
        Self::start(|| connections::by_function(Box::new(open))).await
    }

    async fn start(
        open: impl FnOnce() -> Result<(rusqlite::Connection, Arc<Connections>), JournalError> + Send + 'static,
    ) -> Result<Self, JournalError> {
        let (connection, connections) = reader::aside(open).await?;
        let jobs = writer::start(connection, connections.clone())?;
        Ok(Self { readers: Arc::new(Readers::new(connections)), jobs })
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

    /// Verifies the journal in a file and changes nothing: the structure of the database, as SQLite checks it, and the checksums of all
    /// records, snapshots and heads. Programs may use the file meanwhile. The list is empty if nothing is damaged.
    ///
    /// Rows that a former version of this crate has written have no checksum and are accepted.
    ///
    /// ```no_run
    /// # use council_core::*;
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// for damage in journal::Sqlite::verify("runs.db").await? {
    ///     println!("{}", damage.found);
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Unavailable`](JournalError::Unavailable) also if there is no file, and [`Foreign`](JournalError::Foreign) if it is not a journal
    /// of this version or of the former one.
    ///
    /// # Panics
    ///
    /// If there is no tokio runtime.
    pub async fn verify(path: impl AsRef<Path>) -> Result<Vec<SqliteDamage>, JournalError> {
        let path = path.as_ref().to_owned();
        reader::aside(move || verify::file(&path)).await
    }

    /// The file of the journal, without symbolic links; `None` if a function of yours opens the connections.
    ///
    /// ```no_run
    /// # use council_core::*;
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let journal = journal::Sqlite::open("runs.db").await?;
    /// assert!(journal.path().is_some_and(|path| path.ends_with("runs.db")));
    /// # Ok(()) }
    /// ```
    pub fn path(&self) -> Option<&Path> {
        self.readers.path()
    }

    /// Checks that the file of the journal is still in its place. Each write checks it too; with a function of yours that opens the
    /// connections, nothing is checked. The check makes three calls of the system.
    ///
    /// ```no_run
    /// # use council_core::*;
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let journal = journal::Sqlite::open("runs.db").await?;
    /// std::fs::remove_file("runs.db")?;
    /// assert!(matches!(journal.check_file(), Err(journal::JournalError::Lost { .. })));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Lost`](JournalError::Lost) if the file was deleted, moved, replaced or emptied, or the log of SQLite beside it.
    pub fn check_file(&self) -> Result<(), JournalError> {
        self.readers.check_file()
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
