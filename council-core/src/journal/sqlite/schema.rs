//! The tables of a journal: what a database contains, and how the tables are created.

use rusqlite::{Connection, Error};

/// What a database contains.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Content {
    /// No tables, and no mark of another application.
    Nothing,
    /// The tables of a journal of this version.
    Journal(i32),
    /// The tables of version 1: their names had no prefix, and their version was the `user_version` of the database.
    Version1,
    /// Only tables or marks of other applications.
    Foreign,
}

impl Content {
    /// The version of a journal that this version of the crate cannot read.
    pub(super) fn other_version(self) -> Option<i32> {
        match self {
            Self::Journal(version) if version != VERSION && version != WITHOUT_CHECKSUMS => Some(version),
            _ => None,
        }
    }
}

pub(super) fn identify(connection: &Connection) -> Result<Content, Error> {
    let (application, user_version, objects, journals): (i32, i32, i64, i64) = connection.query_row(
        "SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema),
             (SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'council_journal')
         FROM pragma_application_id, pragma_user_version",
        [],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
    )?;
    Ok(match (application, user_version, objects) {
        _ if journals > 0 => {
            Content::Journal(connection.query_row("SELECT version FROM council_journal", [], |row| row.get(0))?)
        }
        (APPLICATION, 1, _) => Content::Version1,
        (0 | APPLICATION, 0, 0) => Content::Nothing,
        _ => Content::Foreign,
    })
}

/// The id of a journal, which is random; `None` if the database has no journal of this version.
pub(super) fn id(connection: &Connection) -> Result<Option<String>, Error> {
    if identify(connection)? != Content::Journal(VERSION) {
        return Ok(None);
    }
    connection.query_row("SELECT id FROM council_journal", [], |row| row.get(0)).map(Some)
}

/// Creates the tables beside all others, or changes the tables of former versions, unless this or another process has done so.
pub(super) fn create(connection: &Connection, found: Content) -> Result<(), Error> {
    if found == Content::Journal(VERSION) {
        return Ok(());
    }
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let make = || {
        match identify(connection)? {
            Content::Journal(WITHOUT_CHECKSUMS) => {
                connection.execute_batch(&format!("{COLUMNS} DROP TABLE council_journal; {MARK}"))?;
            }
            Content::Journal(_) => {}
            Content::Version1 => connection.execute_batch(&format!("{RENAMES}{COLUMNS}{MARK}{REST}"))?,
            Content::Nothing | Content::Foreign => connection.execute_batch(&format!("{TABLES}{MARK}{REST}"))?,
        }
        connection.execute_batch("COMMIT")
    };
    make().inspect_err(|_| _ = connection.execute_batch("ROLLBACK"))
}

/// The application id in the header of the file, "coun", by which `file` and other tools identify it.
pub(super) const APPLICATION: i32 = 0x636f_756e;
pub(super) const VERSION: i32 = 3;
/// The former version. Its rows have no checksums.
pub(super) const WITHOUT_CHECKSUMS: i32 = 2;

/// The key of a record is the number of its run and its position, so the records of a run are stored together and need no second
/// index. The last record gives the number of records and the time of the last append, so an append writes nothing else. Snapshots
/// have a table of their own, because they are big. All names have a prefix, because a program may have tables of its own beside them.
const TABLES: &str = "
CREATE TABLE council_runs (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    graph TEXT NOT NULL,
    status TEXT NOT NULL,
    summary TEXT,
    parent TEXT,
    parent_records INTEGER,
    created_at INTEGER NOT NULL,
    checksum INTEGER -- of id, graph, status and summary; NULL if a former version wrote the row
) STRICT;
CREATE TABLE council_records (
    key INTEGER PRIMARY KEY, -- run number << 32 | position
    at INTEGER NOT NULL, -- milliseconds since 1970, UTC
    record TEXT NOT NULL,
    checksum INTEGER -- of position, time and record
) STRICT;
CREATE TABLE council_snapshots (
    number INTEGER PRIMARY KEY,
    records INTEGER NOT NULL, -- after how many it was taken
    position TEXT NOT NULL,
    checksum INTEGER -- of both
) STRICT;
";

const COLUMNS: &str = "
ALTER TABLE council_runs ADD COLUMN checksum INTEGER;
ALTER TABLE council_records ADD COLUMN checksum INTEGER;
ALTER TABLE council_snapshots ADD COLUMN checksum INTEGER;
";

const MARK: &str = "
CREATE TABLE council_journal (version INTEGER NOT NULL, id TEXT NOT NULL) STRICT;
INSERT INTO council_journal VALUES (3, lower(hex(randomblob(16))));
";

const RENAMES: &str = "
PRAGMA user_version = 0;
DROP VIEW IF EXISTS history;
DROP INDEX IF EXISTS runs_by_age;
ALTER TABLE runs RENAME TO council_runs;
ALTER TABLE records RENAME TO council_records;
ALTER TABLE snapshots RENAME TO council_snapshots;
";

const REST: &str = "
CREATE INDEX council_runs_by_age ON council_runs (created_at, id);
CREATE VIEW council_history AS
    SELECT runs.id AS run, records.key & 0xffffffff AS position,
        strftime('%Y-%m-%dT%H:%M:%fZ', records.at / 1000.0, 'unixepoch') AS at, records.record
    FROM council_runs AS runs JOIN council_records AS records
        ON records.key BETWEEN runs.number << 32 AND runs.number << 32 | 0xffffffff;
";
