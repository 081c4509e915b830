//! Verifies a journal: the structure of its database, and the checksum of each record.

use std::io;
use std::path::Path;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::connections::{foreign, other_version, unreadable};
use super::errors::LedgerError;
use super::file::unavailable;
use super::open::{connect, identify, refuse_unusable, resolved};
use super::options::SqliteOptions;
use super::reader::{each_entry, intact_run, snapshot};
use super::rows::FoundRun;
use super::schema::{Content, WITHOUT_CHECKSUMS};
use crate::journal::error::JournalError;

/// A damage that [`Sqlite::verify`](super::Sqlite::verify) has found.
///
/// ```
/// # use council_core::journal::SqliteDamage;
/// fn show(damage: &SqliteDamage) -> String {
///     format!("{}: {}", damage.run.as_deref().unwrap_or("the file"), damage.found)
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SqliteDamage {
    /// The run that is damaged; `None` if the damage cannot be assigned to a run.
    pub run: Option<String>,
    /// What is damaged, in words that name the run.
    pub found: String,
}

/// The damage of the journal in this file: the first one of each run, and that of the database.
pub(super) fn file(path: &Path) -> Result<Vec<SqliteDamage>, JournalError> {
    let name = path.display().to_string();
    let path = resolved(path).map_err(|error| unavailable(&name, error))?;
    if !path.exists() {
        return Err(unavailable(&name, io::Error::from(io::ErrorKind::NotFound)));
    }
    refuse_unusable(&path, &name)?;
    let open = || {
        let connection = connect(&path, &SqliteOptions::default(), OpenFlags::empty())?;
        connection.pragma_update(None, "query_only", true)?;
        // A check changes nothing, and so does not write the log into the file either.
        let found = identify(&connection, true)?;
        Ok::<_, rusqlite::Error>((connection, found))
    };
    let (mut connection, found) = match open() {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt) => {
            return Ok(vec![of_file(error.to_string())]);
        }
        opened => opened.map_err(|error| unreadable(error, &name))?,
    };
    match found {
        Content::Nothing => Ok(Vec::new()),
        Content::Version1 => Err(other_version(&name, 1)),
        Content::Foreign => Err(foreign(&name, "a database of another application")),
        Content::Journal(version) => {
            if let Some(version) = found.other_version() {
                return Err(other_version(&name, version));
            }
            let mut damage = structure(&connection);
            // The rows of the former version have no checksums.
            if version != WITHOUT_CHECKSUMS {
                damage.extend(rows(&mut connection));
            }
            Ok(damage)
        }
    }
}

/// What the integrity check of SQLite finds.
fn structure(connection: &Connection) -> Vec<SqliteDamage> {
    let check = || {
        let mut statement = connection.prepare("PRAGMA integrity_check")?;
        let lines = statement.query_map([], |row| row.get::<_, String>(0))?;
        lines.collect::<Result<Vec<_>, _>>()
    };
    let lines = check().unwrap_or_else(|error| vec![error.to_string()]);
    lines.into_iter().filter(|line| line != "ok").map(of_file).collect()
}

fn rows(connection: &mut Connection) -> Vec<SqliteDamage> {
    let runs = match list(connection, "SELECT id FROM council_runs ORDER BY number") {
        Ok(runs) => runs,
        Err(error) => return vec![of_file(format!("the runs cannot be listed: {error}"))],
    };
    let mut damage = Vec::new();
    for run in runs {
        if let Err(found) = each_row(connection, &run) {
            damage.push(SqliteDamage { run: Some(run), found });
        }
    }
    match list(connection, STRAYS).as_deref() {
        Ok([]) => {}
        Ok(strays) => damage.push(of_file(format!("{} records or snapshots belong to no run", strays.len()))),
        Err(error) => damage.push(of_file(format!("the records cannot be listed: {error}"))),
    }
    damage
}

/// Reads everything of a run.
fn each_row(connection: &mut Connection, run: &str) -> Result<(), String> {
    let mut read = || {
        let moment = connection.transaction()?;
        // A server may have deleted it since it was listed.
        let Some(FoundRun { number, entry, .. }) = intact_run(&moment, run)? else { return Ok(()) };
        snapshot(&moment, run, number)?;
        each_entry(&moment, run, number, 0..entry.records, drop)
    };
    read().map_err(|trouble| match trouble {
        LedgerError::Damaged(found) => found,
        LedgerError::Sqlite(error) => format!("run `{run}` cannot be read: {error}"),
        LedgerError::Rule(error) => format!("run `{run}` cannot be read: {error}"),
    })
}

fn list(connection: &Connection, query: &str) -> Result<Vec<String>, rusqlite::Error> {
    connection.prepare(query)?.query_map([], |row| row.get(0))?.collect()
}

fn of_file(found: String) -> SqliteDamage {
    SqliteDamage { run: None, found }
}

/// Records and snapshots whose run is not there.
const STRAYS: &str = "SELECT 'record' FROM council_records WHERE key >> 32 NOT IN (SELECT number FROM council_runs)
    UNION ALL SELECT 'snapshot' FROM council_snapshots WHERE number NOT IN (SELECT number FROM council_runs)";
