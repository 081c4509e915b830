//! Reads runs on connections of their own, beside the writer.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::{Connection, OptionalExtension};
use tokio::sync::Semaphore;

use super::connections::Connections;
use super::errors::LedgerError;
use super::rows;
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
    let Some((number, head)) = rows::find(&moment, run)? else {
        return Err(JournalError::NotFound { run: run.to_owned() }.into());
    };
    let snapshot = if from == ReadFrom::Snapshot { snapshot(&moment, number)? } else { None };
    let from = match from {
        ReadFrom::Record(from) => from.min(head.records),
        ReadFrom::Snapshot => snapshot.as_ref().map_or(0, |(records, _)| *records),
    };
    if from > head.records {
        let found = format!("run `{run}` has a snapshot after {from} records and only {} records", head.records);
        return Err(LedgerError::Damaged(found));
    }
    let entries = entries(&moment, run, number, from)?;
    if from + entries.len() as u64 != head.records {
        return Err(LedgerError::Damaged(format!("run `{run}` lacks records before {}", head.records)));
    }
    Ok(StoredRun { head, snapshot, entries })
}

fn snapshot(connection: &Connection, number: i64) -> Result<Option<(u64, String)>, LedgerError> {
    let mut statement =
        connection.prepare_cached("SELECT records, position FROM council_snapshots WHERE number = ?1")?;
    Ok(statement.query_row([number], |row| Ok((row.get::<_, i64>(0)?.cast_unsigned(), row.get(1)?))).optional()?)
}

fn entries(connection: &Connection, run: &str, number: i64, from: u64) -> Result<Vec<Entry>, LedgerError> {
    if from == rows::RECORDS {
        return Ok(Vec::new());
    }
    let mut statement = connection
        .prepare_cached("SELECT key, at, record FROM council_records WHERE key BETWEEN ?1 AND ?2 ORDER BY key")?;
    let mut rows = statement.query([rows::key(number, from), *rows::keys(number).end()])?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        let position = from + entries.len() as u64;
        if row.get::<_, i64>(0)? != rows::key(number, position) {
            return Err(LedgerError::Damaged(format!("run `{run}` has no record {position}, but later ones")));
        }
        entries.push(Entry { at: row.get::<_, i64>(1)?.cast_unsigned(), json: row.get(2)? });
    }
    Ok(entries)
}
