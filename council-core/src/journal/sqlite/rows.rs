//! Rows of runs, and the keys of their records.

use std::ops::RangeInclusive;
use std::str::FromStr;

use rusqlite::types::Type;
use rusqlite::{Connection, Error, OptionalExtension, Row, named_params};

use super::checksum;
use crate::journal::entry::{Head, Parent};
use crate::journal::run_filter::RunFilter;
use crate::journal::status::Status;
use crate::journal::stored_run::RunEntry;

/// The key of a record: the number of the run in the upper 32 bits, the position in the lower 32 bits.
pub(super) fn key(number: i64, position: u64) -> i64 {
    number << 32 | position.cast_signed()
}

/// The keys that a run's records can have.
pub(super) fn keys(number: i64) -> RangeInclusive<i64> {
    key(number, 0)..=key(number, RECORDS - 1)
}

/// The number of records of a run, from the key of its last record.
pub(super) fn count(last: Option<i64>) -> u64 {
    last.map_or(0, |last| (last & i64::from(u32::MAX)).cast_unsigned() + 1)
}

/// The greatest number of records of a run.
pub(super) const RECORDS: u64 = 1 << 32;

/// The runs that the filter matches, in order.
pub(super) fn select(connection: &Connection, filter: &RunFilter) -> Result<Vec<RunEntry>, Error> {
    matching(connection, filter, entry)
}

/// The numbers and ids of the runs that the filter matches.
pub(super) fn numbers(connection: &Connection, filter: &RunFilter) -> Result<Vec<(i64, String)>, Error> {
    matching(connection, filter, |row| Ok((row.get("number")?, row.get("id")?)))
}

/// A run, its number, and whether its checksum, if it has one, is right.
pub(super) struct FoundRun {
    pub(super) number: i64,
    pub(super) entry: RunEntry,
    pub(super) is_intact: bool,
}

/// The run with this id.
pub(super) fn find(connection: &Connection, run: &str) -> Result<Option<FoundRun>, Error> {
    let mut statement = connection.prepare_cached(&format!("{RUNS} WHERE id = ?1"))?;
    let found = |row: &Row<'_>| {
        let entry = entry(row)?;
        let checksum: Option<i32> = row.get("checksum")?;
        let is_intact = checksum.is_none_or(|checksum| checksum == checksum_of(&entry));
        Ok(FoundRun { number: row.get("number")?, entry, is_intact })
    };
    statement.query_row([run], found).optional()
}

fn checksum_of(entry: &RunEntry) -> i32 {
    let RunEntry { run, graph, status, summary, .. } = entry;
    checksum::of_head(run, &Head { graph: graph.clone(), status: *status, summary: summary.clone(), parent: None })
}

fn matching<T>(
    connection: &Connection,
    filter: &RunFilter,
    read: impl FnMut(&Row<'_>) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    let words: Vec<_> = filter.statuses.iter().map(Status::to_string).collect();
    let mut statement = connection.prepare_cached(&format!("{RUNS} {MATCHING}"))?;
    let rows = statement.query_map(
        named_params! {
            ":graphs": json(&filter.graphs),
            ":statuses": words.join(" "),
            ":before": filter.changed_before.map(clamped),
            ":limit": filter.limit.map_or(-1, clamped),
            ":offset": clamped(filter.offset),
        },
        read,
    )?;
    rows.collect()
}

/// Names as a JSON list, which SQLite can read.
fn json(names: &[String]) -> String {
    serde_json::Value::from(names).to_string()
}

fn entry(row: &Row<'_>) -> Result<RunEntry, Error> {
    let status: String = row.get("status")?;
    let status = Status::from_str(&status).map_err(|error| {
        Error::FromSqlConversionFailure(row.as_ref().column_index("status").unwrap_or(0), Type::Text, Box::new(error))
    })?;
    let parent = row.get::<_, Option<String>>("parent")?;
    let parent = match parent {
        Some(run) => Some(Parent { run, records: row.get::<_, i64>("parent_records")?.cast_unsigned() }),
        None => None,
    };
    Ok(RunEntry {
        run: row.get("id")?,
        graph: row.get("graph")?,
        status,
        summary: row.get("summary")?,
        parent,
        records: count(row.get("last_key")?),
        created_at: row.get::<_, i64>("created_at")?.cast_unsigned(),
        changed_at: row.get::<_, i64>("changed_at")?.cast_unsigned(),
    })
}

/// The number as SQLite's signed integer; a bigger number becomes the greatest one.
pub(super) fn clamped(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Selects runs. The last record of a run is one lookup in the B-tree of records.
const RUNS: &str =
    "SELECT number, id, graph, status, summary, parent, parent_records, created_at, council_runs.checksum,
        last.key AS last_key, max(created_at, ifnull(last.at, 0)) AS changed_at
    FROM council_runs LEFT JOIN council_records AS last ON last.key =
        (SELECT max(key) FROM council_records WHERE key BETWEEN number << 32 AND number << 32 | 0xffffffff)";

const MATCHING: &str = "WHERE (:graphs = '[]' OR graph IN (SELECT value FROM json_each(:graphs)))
        AND (:statuses = '' OR instr(:statuses, status) > 0)
        AND (:before IS NULL OR max(created_at, ifnull(last.at, 0)) < :before)
    ORDER BY created_at DESC, id DESC LIMIT :limit OFFSET :offset";
