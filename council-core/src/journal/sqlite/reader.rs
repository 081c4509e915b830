//! Reads runs on connections of their own, beside the writer.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::{Connection, Row};
use tokio::sync::Semaphore;

use super::checksum;
use super::connections::Connections;
use super::errors::{LedgerError, is_odd_value};
use super::rows::{self, FoundRun};
use crate::journal::entry::Entry;
use crate::journal::error::JournalError;
use crate::journal::stored_run::{ReadFrom, StoredRun};
use crate::types::lock::Lock;

/// The connections of readers. A read sees the commits before its beginning, and no later ones.
#[derive(Debug)]
pub(super) struct Readers {
    // Declared, and so dropped, before the lock of the file in `connections`.
    idle: Lock<Vec<Connection>>,
    connections: Arc<Connections>,
    /// Limits the number of concurrent reads; further reads wait without holding a thread.
    permits: Semaphore,
    closed: AtomicBool,
}

impl Readers {
    pub(super) fn new(connections: Arc<Connections>) -> Self {
        Self { connections, idle: Lock::default(), permits: Semaphore::new(4), closed: AtomicBool::new(false) }
    }

    pub(super) fn path(&self) -> Option<&Path> {
        self.connections.file.as_ref().map(|file| file.path.as_path())
    }

    pub(super) fn check_file(&self) -> Result<(), JournalError> {
        self.connections.check_file().map(drop)
    }

    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.permits.close();
        self.idle.lock().clear();
    }

    pub(super) async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        read: impl FnOnce(&mut Connection) -> Result<T, LedgerError> + Send + 'static,
    ) -> Result<T, JournalError> {
        let _permit = self.permits.acquire().await.map_err(|_| JournalError::Closed)?;
        let readers = self.clone();
        aside(move || readers.with_connection(read)).await
    }

    fn with_connection<T>(
        &self,
        read: impl FnOnce(&mut Connection) -> Result<T, LedgerError>,
    ) -> Result<T, JournalError> {
        let idle = self.idle.lock().pop();
        let mut connection = idle.map_or_else(|| self.connections.reader(), Ok)?;
        let found = read(&mut connection).map_err(|trouble| trouble.at(&self.connections.name))?;
        // After an error the connection is not reused: the file may have been replaced.
        let mut idle = self.idle.lock();
        if !self.closed.load(Ordering::Acquire) {
            idle.push(connection);
        }
        Ok(found)
    }
}

/// Runs blocking work on a thread that may block.
pub(super) async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, JournalError> + Send + 'static,
) -> Result<T, JournalError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is shutting down.
            Err(_) => Err(JournalError::Closed),
        },
    }
}

pub(super) fn read(connection: &mut Connection, run: &str, from: ReadFrom) -> Result<StoredRun, LedgerError> {
    let moment = connection.transaction()?;
    let Some(FoundRun { number, entry: head, .. }) = intact_run(&moment, run)? else {
        return Err(JournalError::NotFound { run: run.to_owned() }.into());
    };
    let snapshot = if from == ReadFrom::Snapshot { snapshot(&moment, run, number)? } else { None };
    let from = match from {
        ReadFrom::Record(from) => from.min(head.records),
        ReadFrom::Snapshot => snapshot.as_ref().map_or(0, |(records, _)| *records),
    };
    if from > head.records {
        let found = format!("run `{run}` has a snapshot after {from} records and only {} records", head.records);
        return Err(LedgerError::Damaged(found));
    }
    let mut entries = Vec::new();
    each_entry(&moment, run, number, from..head.records, |entry| entries.push(entry))?;
    Ok(StoredRun { head, snapshot, entries })
}

pub(super) fn intact_run(connection: &Connection, run: &str) -> Result<Option<FoundRun>, LedgerError> {
    match rows::find(connection, run)? {
        Some(FoundRun { is_intact: false, .. }) => {
            Err(LedgerError::Damaged(format!("the checksum of the head of run `{run}` differs")))
        }
        found => Ok(found),
    }
}

pub(super) fn snapshot(connection: &Connection, run: &str, number: i64) -> Result<Option<(u64, String)>, LedgerError> {
    let mut statement =
        connection.prepare_cached("SELECT records, position, checksum FROM council_snapshots WHERE number = ?1")?;
    let mut rows = statement.query([number])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let read = || {
        let (records, position) = (row.get::<_, i64>(0)?.cast_unsigned(), row.get::<_, String>(1)?);
        let is_intact = is_intact(row, 2, checksum::of_snapshot(records, &position))?;
        Ok(is_intact.then_some((records, position)))
    };
    let what = || format!("the snapshot of run `{run}`");
    intact(read(), what).map(Some)
}

/// Reads the records in this range one by one. They must be there without gaps, and nothing after them.
pub(super) fn each_entry(
    connection: &Connection,
    run: &str,
    number: i64,
    range: Range<u64>,
    mut sink: impl FnMut(Entry),
) -> Result<(), LedgerError> {
    let mut next = range.start;
    if range.start < rows::RECORDS {
        let mut statement = connection.prepare_cached(
            "SELECT key, at, record, checksum FROM council_records WHERE key BETWEEN ?1 AND ?2 ORDER BY key",
        )?;
        let mut rows = statement.query([rows::key(number, range.start), *rows::keys(number).end()])?;
        while let Some(row) = rows.next()? {
            if row.get::<_, i64>(0)? != rows::key(number, next) {
                return Err(LedgerError::Damaged(format!("run `{run}` has no record {next}, but later ones")));
            }
            let read = || {
                let entry = Entry { at: row.get::<_, i64>(1)?.cast_unsigned(), json: row.get(2)? };
                let is_intact = is_intact(row, 3, checksum::of_record(next, entry.at, &entry.json))?;
                Ok(is_intact.then_some(entry))
            };
            sink(intact(read(), || format!("record {next} of run `{run}`"))?);
            next += 1;
        }
    }
    if next != range.end {
        return Err(LedgerError::Damaged(format!("run `{run}` lacks records before {}", range.end)));
    }
    Ok(())
}

/// Whether the checksum in this column is that of the row. A row of a former version has none.
fn is_intact(row: &Row<'_>, column: usize, expected: i32) -> Result<bool, rusqlite::Error> {
    Ok(row.get::<_, Option<i32>>(column)?.is_none_or(|found| found == expected))
}

/// What was read, or the damage: its checksum differs (`None`), or its columns have values that no journal writes.
fn intact<T>(read: Result<Option<T>, rusqlite::Error>, what: impl Fn() -> String) -> Result<T, LedgerError> {
    match read {
        Ok(Some(read)) => Ok(read),
        Ok(None) => Err(LedgerError::Damaged(format!("the checksum of {} differs", what()))),
        Err(error) if is_odd_value(&error) => Err(LedgerError::Damaged(format!("{} cannot be read: {error}", what()))),
        Err(error) => Err(error.into()),
    }
}
