//! Opening the file: whose it is, and what a new one looks like.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, Error, ErrorCode, OpenFlags};

use super::errors::of_sqlite;
use super::options::{SqliteOptions, Synchronous};
use crate::journal::error::JournalError;

/// Where a journal is and how it is kept.
#[derive(Debug)]
pub(super) struct Location {
    path: PathBuf,
    pub(super) name: String,
    options: SqliteOptions,
}

impl Location {
    /// The path is made absolute: connections are opened later too, when the process may work elsewhere.
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

/// A connection for reading only. It may write in SQLite's eyes, or it could not recover what a crash left.
pub(super) fn reader(place: &Location) -> Result<Connection, JournalError> {
    let connection = place.connect(OpenFlags::empty())?;
    connection.pragma_update(None, "query_only", true).map_err(|error| of_sqlite(error, &place.name))?;
    Ok(connection)
}

/// The connection of the writer. What is not a journal is left as it is.
pub(super) fn writer(place: &Location) -> Result<Connection, JournalError> {
    // Root may write what is marked read-only; whoever marked it did not mean that.
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
        Some(ErrorCode::NotADatabase) => foreign(place, "no SQLite database"),
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

/// Application id, version, and how many tables and the like there are.
fn identify(connection: &Connection, has_log: bool) -> Result<(i32, i32, i64), Error> {
    // Closing the last connection would write the log of a foreign database back into it. Without one, it only tidies up.
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
        // Has to be said before there is a page.
        connection.pragma_update(None, "page_size", PAGE)?;
    }
    write_ahead(connection, options.busy_timeout)?;
    let synchronous = match options.synchronous {
        Synchronous::Full => "FULL",
        Synchronous::Normal => "NORMAL",
    };
    connection.pragma_update(None, "synchronous", synchronous)?;
    // 1 MiB: the last pages of some hundred runs that are written at once. Not more, because a commit that has put pages in another
    // order looks through the whole cache: with 16 MiB that took two fifths of the time of the thread that writes.
    connection.pragma_update(None, "cache_size", -1_024)?;
    // The log goes back into the file when it has 4 MiB.
    connection.pragma_update_and_check(None, "wal_autocheckpoint", (4 << 20) / PAGE, |_| Ok(()))?;
    // A log that one big append blew up is cut back to 64 MiB.
    connection.pragma_update_and_check(None, "journal_size_limit", 64 << 20, |_| Ok(()))?;
    if let Some(bytes) = options.max_bytes {
        let pages = (bytes / u64::from(PAGE)).clamp(1, u64::from(u32::MAX) - 1);
        connection.pragma_update_and_check(None, "max_page_count", pages.cast_signed(), |_| Ok(()))?;
    }
    if new { create(connection) } else { Ok(()) }
}

/// Turns the log on. SQLite does not always wait while another connection does the same to a new file, so this does.
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

/// Makes the tables, unless another process was faster.
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

/// In the file's header, so that `file` and others can tell: "coun".
const APPLICATION: i32 = 0x636f_756e;
const VERSION: i32 = 1;
/// Most of what records hold is text, and longer than this. Such a record gets pages of its own and fills them, while those of
/// 1.1 KB would leave a fifth of a page of 4 KB empty.
const PAGE: u32 = 1_024;

/// A record's key is its run's number and its position, so that a run's records lie together and need no second index. How many
/// there are and when the last was added is read off the last key, so that an append writes nothing else. A snapshot is not in the
/// run's row because it is big.
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
