//! The work of the writer inside a transaction: append, delete, prune, copy.

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, params};

use super::checksum;
use super::errors::LedgerError;
use super::rows;
use crate::journal::entry::{AppendRequest, Entry, Head};
use crate::journal::error::JournalError;
use crate::journal::run_filter::RunFilter;
use crate::journal::status::Status;
use crate::types::clock::now;

/// A request to the writer.
pub(super) enum LedgerWork {
    AppendRequest(AppendRequest),
    Delete(String),
    Prune(RunFilter),
    Copy { run: String, records: u64, to: String, head: Head },
    Close,
}

/// The writer's connection, and a cache of the runs that it has written and that have not ended.
pub(super) struct Ledger {
    pub(super) connection: Connection,
    known: HashMap<Arc<str>, Known>,
    /// SQLite's `data_version` at the time of `known`. It changes with each commit of another connection.
    version: i64,
    /// The number of pages that the file has for sure: another program may have shrunk it only if `version` has changed.
    pages: u64,
}

#[derive(Clone, Copy)]
struct Known {
    number: i64,
    records: u64,
}

impl Ledger {
    pub(super) fn new(connection: Connection) -> Result<Self, rusqlite::Error> {
        let version = connection.query_row("PRAGMA data_version", [], |row| row.get(0))?;
        Ok(Self { connection, known: HashMap::new(), version, pages: 0 })
    }

    /// Begins a transaction. No other connection can write until it ends, so `known` stays valid.
    pub(super) fn begin(&mut self) -> Result<(), rusqlite::Error> {
        self.connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        let version = self.connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?;
        if version != self.version {
            self.known.clear();
            (self.version, self.pages) = (version, 0);
        } else if self.known.len() > KNOWN {
            self.known.clear();
        }
        Ok(())
    }

    /// Whether a file of this size has all pages that were written to it. The last pages may be in the log only.
    pub(super) fn is_whole(&mut self, bytes: u64) -> Result<bool, rusqlite::Error> {
        let number = |pragma| self.connection.prepare_cached(pragma)?.query_row([], |row| row.get::<_, i64>(0));
        let pages = number("PRAGMA page_count")?.cast_unsigned();
        let in_file = bytes / number("PRAGMA page_size")?.cast_unsigned();
        let is_whole = in_file >= self.pages.min(pages);
        if is_whole {
            self.pages = in_file.min(pages);
        }
        Ok(is_whole)
    }

    pub(super) fn commit(&mut self) -> Result<(), rusqlite::Error> {
        self.connection.prepare_cached("COMMIT")?.execute([]).map(drop)
    }

    /// Rolls the transaction back. After some errors, SQLite has already done so itself.
    pub(super) fn roll_back(&mut self) {
        self.known.clear();
        if !self.connection.is_autocommit() {
            // If this fails too, the next transaction cannot begin, and that error is reported.
            _ = self.connection.execute_batch("ROLLBACK");
        }
    }

    /// Executes a request. Rules are checked before anything is written.
    pub(super) fn apply(&mut self, work: &LedgerWork) -> Result<u64, LedgerError> {
        match work {
            LedgerWork::AppendRequest(append) => self.append(append).map(|()| 0),
            LedgerWork::Delete(run) => {
                let number = self.known(run)?.ok_or_else(|| JournalError::NotFound { run: run.clone() })?.number;
                self.forget(number, run)?;
                Ok(1)
            }
            LedgerWork::Prune(filter) => {
                let doomed = rows::numbers(&self.connection, filter)?;
                for (number, run) in &doomed {
                    self.forget(*number, run)?;
                }
                Ok(doomed.len() as u64)
            }
            LedgerWork::Copy { run, records, to, head } => self.copy(run, *records, to, head).map(|()| 0),
            LedgerWork::Close => Ok(0),
        }
    }

    fn append(&mut self, append: &AppendRequest) -> Result<(), LedgerError> {
        let AppendRequest { run, expected, entries, head, snapshot } = append;
        let known = self.known(run)?;
        let found = known.map_or(0, |known| known.records);
        let records = expected.saturating_add(entries.len() as u64);
        let number = match (known, head) {
            (Some(_), _) if found != *expected => {
                return Err(JournalError::Conflict { run: run.to_string(), expected: *expected, found }.into());
            }
            (None, _) if *expected != 0 => return Err(JournalError::NotFound { run: run.to_string() }.into()),
            (None, None) => return Err(JournalError::MissingHead { run: run.to_string() }.into()),
            _ if records > rows::RECORDS => {
                return Err(JournalError::backend(format!("run `{run}` would have {records} records")).into());
            }
            (Some(known), None) => known.number,
            (Some(known), Some(head)) => {
                self.change(known.number, run, head)?;
                known.number
            }
            (None, Some(head)) => self.begin_run(run, head, entries.first().map_or_else(now, |first| first.at))?,
        };
        let mut statement = self.connection.prepare_cached("INSERT INTO council_records VALUES (?1, ?2, ?3, ?4)")?;
        for (position, Entry { at, json }) in (*expected..).zip(entries) {
            let checksum = checksum::of_record(position, *at, json);
            statement.execute(params![rows::key(number, position), at.cast_signed(), json, checksum])?;
        }
        drop(statement);
        if let Some(position) = snapshot {
            self.connection
                .prepare_cached("INSERT OR REPLACE INTO council_snapshots VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![number, rows::clamped(records), position, checksum::of_snapshot(records, position)])?;
        }
        match head {
            // An ended run is seldom written again.
            Some(Head { status: Status::Finished | Status::Failed | Status::Closed, .. }) => self.known.remove(run),
            _ => self.known.insert(run.clone(), Known { number, records }),
        };
        Ok(())
    }

    fn copy(&mut self, run: &str, records: u64, to: &str, head: &Head) -> Result<(), LedgerError> {
        let Some(source) = self.known(run)? else {
            return Err(JournalError::NotFound { run: run.to_owned() }.into());
        };
        if self.known(to)?.is_some() {
            return Err(JournalError::Exists { run: to.to_owned() }.into());
        }
        if source.records < records {
            let found = source.records;
            return Err(JournalError::Short { run: run.to_owned(), records, found }.into());
        }
        let number = self.begin_run(to, head, now())?;
        let from = rows::key(source.number, 0);
        self.connection
            .prepare_cached(
                "INSERT INTO council_records
                 SELECT key - ?1 + ?2, at, record, checksum FROM council_records WHERE key >= ?1 AND key < ?3",
            )?
            .execute([from, rows::key(number, 0), from + rows::clamped(records)])?;
        self.connection
            .prepare_cached(
                "INSERT INTO council_snapshots
                 SELECT ?2, records, position, checksum FROM council_snapshots WHERE number = ?1 AND records <= ?3",
            )?
            .execute([source.number, number, rows::clamped(records)])?;
        Ok(())
    }

    fn begin_run(&mut self, run: &str, head: &Head, created_at: u64) -> Result<i64, LedgerError> {
        let parent = head.parent.as_ref();
        self.connection
            .prepare_cached("INSERT INTO council_runs VALUES (NULL, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?
            .execute(params![
                run,
                head.graph,
                head.status.to_string(),
                head.summary,
                parent.map(|parent| &parent.run),
                parent.map(|parent| parent.records.cast_signed()),
                created_at.cast_signed(),
                checksum::of_head(run, head),
            ])?;
        Ok(self.connection.last_insert_rowid())
    }

    fn change(&mut self, number: i64, run: &str, head: &Head) -> Result<(), LedgerError> {
        let checksum = checksum::of_head(run, head);
        self.connection
            .prepare_cached(
                "UPDATE council_runs SET graph = ?2, status = ?3, summary = ?4, checksum = ?5 WHERE number = ?1",
            )?
            .execute(params![number, head.graph, head.status.to_string(), head.summary, checksum])?;
        Ok(())
    }

    fn forget(&mut self, number: i64, run: &str) -> Result<(), LedgerError> {
        self.known.remove(run);
        let (first, last) = rows::keys(number).into_inner();
        self.connection
            .prepare_cached("DELETE FROM council_records WHERE key BETWEEN ?1 AND ?2")?
            .execute([first, last])?;
        self.connection.prepare_cached("DELETE FROM council_snapshots WHERE number = ?1")?.execute([number])?;
        self.connection.prepare_cached("DELETE FROM council_runs WHERE number = ?1")?.execute([number])?;
        Ok(())
    }

    fn known(&self, run: &str) -> Result<Option<Known>, LedgerError> {
        if let Some(known) = self.known.get(run) {
            return Ok(Some(*known));
        }
        let mut statement = self.connection.prepare_cached(
            "SELECT number,
                 (SELECT max(key) FROM council_records WHERE key BETWEEN number << 32 AND number << 32 | 0xffffffff)
             FROM council_runs WHERE id = ?1",
        )?;
        let known = statement
            .query_row([run], |row| Ok(Known { number: row.get(0)?, records: rows::count(row.get(1)?) }))
            .optional()?;
        Ok(known)
    }
}

/// The number of cached runs, of some hundred bytes each, above which the cache is cleared.
const KNOWN: usize = 10_000;
