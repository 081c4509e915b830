//! The connections of a journal: the connection of the writer, and the connections of the readers.

use std::fmt;
use std::sync::Arc;

use rusqlite::{Connection, ErrorCode};

use super::errors::of_sqlite;
use super::file::JournalFile;
use super::schema::{self, VERSION};
use crate::journal::error::JournalError;

/// Opens the connections of a journal.
pub(super) struct Connections {
    /// The name of the journal, usually the path of its file.
    pub(super) name: String,
    open: OpenConnection,
    /// The id of the journal, which every connection must find.
    id: String,
    /// The file, unless a function of the user opens the connections.
    pub(super) file: Option<JournalFile>,
}

/// Opens a connection to the database of a journal.
pub(super) type OpenConnection = Box<dyn Fn() -> Result<Connection, rusqlite::Error> + Send + Sync>;

impl fmt::Debug for Connections {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Connections").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Connections {
    /// The connections to the journal to which the writer has one.
    pub(super) fn new(
        writer: &Connection,
        name: String,
        open: OpenConnection,
        file: Option<JournalFile>,
    ) -> Result<Self, JournalError> {
        let id = schema::id(writer).map_err(|error| of_sqlite(error, &name))?;
        Ok(Self { name, open, id: id.unwrap_or_default(), file })
    }

    /// Checks that the open file is still in its place, and returns its size in bytes, if the journal knows its file.
    pub(super) fn check_file(&self) -> Result<Option<u64>, JournalError> {
        self.file.as_ref().map(JournalFile::check).transpose()
    }

    /// A connection for reading only.
    pub(super) fn reader(&self) -> Result<Connection, JournalError> {
        self.check_file()?;
        let reader = || {
            let connection = (self.open)()?;
            connection.pragma_update(None, "query_only", true)?;
            connection.set_prepared_statement_cache_capacity(STATEMENTS);
            let is_same = schema::id(&connection)?.is_some_and(|id| id == self.id);
            Ok(is_same.then_some(connection))
        };
        let connection = reader().map_err(|error| of_sqlite(error, &self.name))?;
        connection.ok_or_else(|| {
            JournalError::backend(
                "a connection leads to another database than the first one: open the same file each time, \
                 or a database in memory that several connections can open",
            )
        })
    }
}

/// The writer's connection, and the connections of the readers, by a function of the user. Creates the tables of a new journal.
pub(super) fn by_function(open: OpenConnection) -> Result<(Connection, Arc<Connections>), JournalError> {
    let writer = open().map_err(|error| of_sqlite(error, "SQLite database"))?;
    let name = writer.path().filter(|path| !path.is_empty()).unwrap_or(":memory:").to_owned();
    let created = schema::identify(&writer).and_then(|found| match found.other_version() {
        Some(version) => Ok(Some(version)),
        None => schema::create(&writer, found).map(|()| None),
    });
    if let Some(version) = created.map_err(|error| unreadable(error, &name))? {
        return Err(other_version(&name, version));
    }
    writer.set_prepared_statement_cache_capacity(STATEMENTS);
    let connections = Connections::new(&writer, name, open, None)?;
    // A function that opens another database each time is refused at once.
    drop(connections.reader()?);
    Ok((writer, Arc::new(connections)))
}

/// The error of a database that cannot be identified.
pub(super) fn unreadable(error: rusqlite::Error, name: &str) -> JournalError {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => foreign(name, "not an SQLite database"),
        _ => of_sqlite(error, name),
    }
}

pub(super) fn other_version(name: &str, version: i32) -> JournalError {
    foreign(name, &format!("a journal of version {version}, which is not {VERSION}"))
}

pub(super) fn foreign(name: &str, found: &str) -> JournalError {
    JournalError::Foreign { place: name.to_owned(), found: found.to_owned() }
}

/// The number of prepared statements that a connection keeps: the journal has fewer.
pub(super) const STATEMENTS: usize = 32;
