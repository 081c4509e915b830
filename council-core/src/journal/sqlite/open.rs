//! Opens the file: identifies it, prepares the connection, and creates the tables of a new file.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, Error, ErrorCode, OpenFlags};

use super::errors::of_sqlite;
use super::options::{SqliteOptions, Synchronous};
use crate::journal::error::JournalError;

/// The path and the options of a journal.
#[derive(Debug)]
pub(super) struct Location {
    path: PathBuf,
    pub(super) name: String,
    options: SqliteOptions,
}

impl Location {
    /// Makes the path absolute, because connections are also opened later, and the working directory may have changed then.
    pub(super) fn new(path: &Path, options: SqliteOptions) -> Result<Self, JournalError> {
        let name = path.display().to_string();
        let path = std::path::absolute(path).map_err(|error| unavailable(&name, error))?;
        Ok(Self { path, name, options })
    }

    fn has_log(&self) -> bool {
        let mut log = self.path.clone().into_os_string();
        log.push("-wal");
        Path::new(&log).exists()
    }

    fn connect(&self, create: OpenFlags) -> Result<Connection, JournalError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | create;
        let connect = || {
            let connection = Connection::open_with_flags(&self.path, flags)?;
            connection.busy_timeout(self.options.busy_timeout)?;
            connection.set_prepared_statement_cache_capacity(32);
            Ok(connection)
        };
        connect().map_err(|error| of_sqlite(error, &self.name))
    }
}

/// A connection for reading only. SQLite opens it for writing, because otherwise it could not recover the file after a crash.
pub(super) fn reader(place: &Location) -> Result<Connection, JournalError> {
    let connection = place.connect(OpenFlags::empty())?;
    connection.pragma_update(None, "query_only", true).map_err(|error| of_sqlite(error, &place.name))?;
    Ok(connection)
}

/// The connection of the writer. A file that is not a journal is not changed.
pub(super) fn writer(place: &Location) -> Result<Connection, JournalError> {
    // Root can write a file that is marked read-only. The mark still counts.
    match std::fs::metadata(&place.path) {
        Ok(file) if file.is_dir() => {
            return Err(unavailable(&place.name, io::Error::from(io::ErrorKind::IsADirectory)));
        }
        Ok(file) if file.permissions().readonly() => {
            let source = Arc::new(io::Error::from(io::ErrorKind::PermissionDenied));
            return Err(JournalError::ReadOnly { place: place.name.clone(), source });
        }
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(unavailable(&place.name, error)),
        _ => {}
    }
    let connection = place.connect(OpenFlags::SQLITE_OPEN_CREATE)?;
    let found = identify(&connection, place.has_log()).map_err(|error| match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => foreign(place, "not an SQLite database"),
        _ => of_sqlite(error, &place.name),
    })?;
    match found {
        (APPLICATION, VERSION, _) | (0, 0, 0) => {}
        (APPLICATION, other, _) => {
            return Err(foreign(place, &format!("a journal of version {other}, which is not {VERSION}")));
        }
        _ => return Err(foreign(place, "a database of another application")),
    }
    prepare(&connection, &place.options, found.0 == 0).map_err(|error| of_sqlite(error, &place.name))?;
    Ok(connection)
}

/// The application id, the version, and the number of schema objects (tables, indexes, views).
fn identify(connection: &Connection, has_log: bool) -> Result<(i32, i32, i64), Error> {
    // Closing the last connection would write the log of a foreign database back into its file. Without a log, closing is harmless.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, has_log)?;
    identity(connection)
}

fn identity(connection: &Connection) -> Result<(i32, i32, i64), Error> {
    connection.query_row(
        "SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema)
         FROM pragma_application_id, pragma_user_version",
        [],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )
}

fn prepare(connection: &Connection, options: &SqliteOptions, new: bool) -> Result<(), Error> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    if new {
        // Must be set before the file has its first page.
        connection.pragma_update(None, "page_size", PAGE)?;
    }
    write_ahead(connection, options.busy_timeout)?;
    let synchronous = match options.synchronous {
        Synchronous::Full => "FULL",
        Synchronous::Normal => "NORMAL",
    };
    connection.pragma_update(None, "synchronous", synchronous)?;
    // 1 MiB: the last pages of some hundred runs that are written at the same time. Not more, because a commit that has reordered
    // pages scans the whole cache: with 16 MiB that took two fifths of the time of the writer thread.
    connection.pragma_update(None, "cache_size", -1_024)?;
    // The log is written back into the file (a checkpoint) when it reaches 4 MiB.
    connection.pragma_update_and_check(None, "wal_autocheckpoint", (4 << 20) / PAGE, |_| Ok(()))?;
    // After a big append, the log is truncated to 64 MiB.
    connection.pragma_update_and_check(None, "journal_size_limit", 64 << 20, |_| Ok(()))?;
    if let Some(bytes) = options.max_bytes {
        let pages = (bytes / u64::from(PAGE)).clamp(1, u64::from(u32::MAX) - 1);
        connection.pragma_update_and_check(None, "max_page_count", pages.cast_signed(), |_| Ok(()))?;
    }
    if new { create(connection) } else { Ok(()) }
}

/// Turns the write-ahead log on. While another connection does the same to a new file, SQLite does not always wait, so this
/// function waits.
fn write_ahead(connection: &Connection, patience: Duration) -> Result<(), Error> {
    let begun = Instant::now();
    loop {
        match connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0)) {
            Err(error) if is_busy(&error) && begun.elapsed() < patience => {
                std::thread::sleep(Duration::from_millis(5));
            }
            done => return done.map(drop),
        }
    }
}

fn is_busy(error: &Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

/// Creates the tables, unless another process has created them.
fn create(connection: &Connection) -> Result<(), Error> {
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let make = || {
        if identity(connection)?.0 == 0 {
            connection.execute_batch(SCHEMA)?;
            connection.pragma_update(None, "application_id", APPLICATION)?;
            connection.pragma_update(None, "user_version", VERSION)?;
        }
        connection.execute_batch("COMMIT")
    };
    make().inspect_err(|_| _ = connection.execute_batch("ROLLBACK"))
}

fn foreign(place: &Location, found: &str) -> JournalError {
    JournalError::Foreign { place: place.name.clone(), found: found.to_owned() }
}

fn unavailable(name: &str, error: io::Error) -> JournalError {
    JournalError::Unavailable { place: name.to_owned(), source: Arc::new(error) }
}

/// The application id in the header of the file, "coun", by which `file` and other tools identify it.
const APPLICATION: i32 = 0x636f_756e;
const VERSION: i32 = 1;
/// The page size. Most records are text that is longer than this: such a record gets pages of its own and fills them. With pages of
/// 4 KB, records of 1.1 KB would leave a fifth of each page empty.
const PAGE: u32 = 1_024;

/// The key of a record is the number of its run and its position, so the records of a run are stored together and need no second
/// index. The last record gives the number of records and the time of the last append, so an append writes nothing else. Snapshots
/// have a table of their own, because they are big.
const SCHEMA: &str = "
CREATE TABLE runs (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    graph TEXT NOT NULL,
    status TEXT NOT NULL,
    summary TEXT,
    parent TEXT,
    parent_records INTEGER,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX runs_by_age ON runs (created_at, id);
CREATE TABLE records (
    key INTEGER PRIMARY KEY, -- run number << 32 | position
    at INTEGER NOT NULL, -- milliseconds since 1970, UTC
    record TEXT NOT NULL
) STRICT;
CREATE TABLE snapshots (
    number INTEGER PRIMARY KEY,
    records INTEGER NOT NULL, -- after how many it was taken
    position TEXT NOT NULL
) STRICT;
CREATE VIEW history AS
    SELECT runs.id AS run, records.key & 0xffffffff AS position,
        strftime('%Y-%m-%dT%H:%M:%fZ', records.at / 1000.0, 'unixepoch') AS at, records.record
    FROM runs JOIN records ON records.key BETWEEN runs.number << 32 AND runs.number << 32 | 0xffffffff;
";
