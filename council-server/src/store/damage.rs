//! Check of the blueprints in a file: which of them cannot be read.

use std::path::Path;

use council_core::error_chain;
use rusqlite::{Connection, OpenFlags};

use super::blueprints::{BlueprintStoreError, read};
use super::versions::intact;

/// The damaged blueprints in this file, in words. The file is not changed.
pub(super) fn blueprints(file: &Path) -> Result<Vec<String>, rusqlite::Error> {
    // Without a log that can be written, SQLite could not read the file of a server that was killed.
    let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.pragma_update(None, "query_only", true)?;
    let mut damage = Vec::new();
    for (table, select) in [
        ("blueprints", "SELECT id, blueprint FROM blueprints ORDER BY id"),
        ("blueprint_versions", "SELECT hash, blueprint FROM blueprint_versions ORDER BY hash"),
    ] {
        // A file without runs and blueprints, or of a former version, lacks tables.
        if !connection.table_exists(None, table)? {
            continue;
        }
        let mut rows = connection.prepare(select)?;
        for row in rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))? {
            let read = row.map_err(BlueprintStoreError::from).and_then(|(name, json): (String, String)| match table {
                "blueprints" => read((name, json)),
                _ => intact(name, json),
            });
            damage.extend(read.err().map(|fault| error_chain(&fault)));
        }
    }
    Ok(damage)
}
