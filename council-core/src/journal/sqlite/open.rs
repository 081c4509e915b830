//! Opens a file: identifies it, prepares the connection of the writer, and creates the tables of a new file.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, Error, ErrorCode, OpenFlags};

use super::connections::{Connections, STATEMENTS, foreign, other_version, unreadable};
use super::errors::of_sqlite;
use super::file::{JournalFile, beside, unavailable};
use super::file_identity;
use super::file_lock::FileLock;
use super::options::{SqliteOptions, Synchronous};
use super::schema::{self, Content};
use crate::journal::error::JournalError;

/// The path and the options of a journal in a file.
struct Location {
    path: PathBuf,
    name: String,
    options: SqliteOptions,
}

impl Location {
    fn has_log(&self) -> bool {
        beside(&self.path, "-wal").exists()
    }
}

/// The writer's connection, and the connections of the readers, of a file.
pub(super) fn file(path: &Path, options: SqliteOptions) -> Result<(Connection, Arc<Connections>), JournalError> {
    let name = path.display().to_string();
    let path = resolved(path).map_err(|error| unavailable(&name, error))?;
    refuse_unusable(&path, &name)?;
    let lock = if options.exclusive {
        let lock = FileLock::take(&path).map_err(|error| unavailable(&name, error))?;
        Some(lock.ok_or_else(|| JournalError::InUse { place: name.clone() })?)
    } else {
        None
    };
    refuse_links(&path, &name)?;
    let place = Location { path, name, options };
    let connection = writer(&place)?;
    let Location { path, name, options } = place;
    let file = JournalFile::opened(&path, name.clone(), lock)?;
    let path = file.path.clone();
    // A reader opens the file for writing, because otherwise SQLite could not recover it after a crash.
    let reader = move || connect(&path, &options, OpenFlags::empty());
    let connections = Connections::new(&connection, name, Box::new(reader), Some(file))?;
    Ok((connection, Arc::new(connections)))
}

/// The absolute path without symbolic links. It is absolute because connections are also opened later, and the working directory may
/// have changed then, and because SQLite takes a relative path that begins with `file:` for a URI.
pub(super) fn resolved(path: &Path) -> io::Result<PathBuf> {
    if let Ok(path) = path.canonicalize() {
        return Ok(path);
    }
    // The file does not exist yet.
    let path = std::path::absolute(path)?;
    match (path.parent().map(Path::canonicalize), path.file_name()) {
        (Some(Ok(directory)), Some(file)) => Ok(directory.join(file)),
        _ => Ok(path),
    }
}

/// Refuses a directory, a device and a file that is marked read-only.
pub(super) fn refuse_unusable(path: &Path, name: &str) -> Result<(), JournalError> {
    match std::fs::metadata(path) {
        Ok(file) if file.is_dir() => Err(unavailable(name, io::Error::from(io::ErrorKind::IsADirectory))),
        Ok(file) if !file.is_file() => Err(foreign(name, "not a regular file")),
        // Root can write a file that is marked read-only. The mark still counts.
        Ok(file) if file.permissions().readonly() => {
            let source = Arc::new(io::Error::from(io::ErrorKind::PermissionDenied));
            Err(JournalError::ReadOnly { place: name.to_owned(), source })
        }
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(unavailable(name, error)),
        _ => Ok(()),
    }
}

/// Refuses a file with several names. SQLite keeps a log for each name, so programs that use different names destroy the file.
fn refuse_links(path: &Path, name: &str) -> Result<(), JournalError> {
    match std::fs::metadata(path).map(|file| file_identity::links(&file)) {
        Ok(links @ 2..) => Err(JournalError::Linked { place: name.to_owned(), links }),
        _ => Ok(()),
    }
}

pub(super) fn connect(path: &Path, options: &SqliteOptions, create: OpenFlags) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | create;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(options.busy_timeout)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

/// The connection of the writer. A file that is not a journal is not changed.
fn writer(place: &Location) -> Result<Connection, JournalError> {
    let connection = connect(&place.path, &place.options, OpenFlags::SQLITE_OPEN_CREATE)
        .map_err(|error| of_sqlite(error, &place.name))?;
    let found = identify(&connection, place.has_log()).map_err(|error| unreadable(error, &place.name))?;
    if let Some(version) = found.other_version() {
        return Err(other_version(&place.name, version));
    }
    if found == Content::Foreign {
        return Err(foreign(&place.name, "a database of another application"));
    }
    prepare(&connection, &place.options, found).map_err(|error| of_sqlite(error, &place.name))?;
    Ok(connection)
}

pub(super) fn identify(connection: &Connection, has_log: bool) -> Result<Content, Error> {
    // Closing the last connection would write the log of a foreign database back into its file. Without a log, closing is harmless.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, has_log)?;
    schema::identify(connection)
}

fn prepare(connection: &Connection, options: &SqliteOptions, found: Content) -> Result<(), Error> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    let new = found == Content::Nothing;
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
    if new {
        connection.pragma_update(None, "application_id", schema::APPLICATION)?;
    }
    schema::create(connection, found)
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

/// The page size. Most records are text that is longer than this: such a record gets pages of its own and fills them. With pages of
/// 4 KB, records of 1.1 KB would leave a fifth of each page empty.
const PAGE: u32 = 1_024;
