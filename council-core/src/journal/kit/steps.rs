//! Helpers that the checks share.

pub(super) fn head(status: Status) -> Head {
    Head { graph: "graph".to_owned(), status, summary: None, parent: None }
}

pub(super) fn entry(at: u64, json: &str) -> Entry {
    Entry { at, json: json.to_owned() }
}

/// An append of these records, at the times 1000, 1001 and so on. It has a head if it creates the run.
pub(super) fn append(run: &str, expected: u64, records: &[&str]) -> AppendRequest {
    let entries = (1_000_u64.saturating_add(expected)..).zip(records).map(|(at, record)| entry(at, record)).collect();
    let head = (expected == 0).then(|| head(Status::Running));
    AppendRequest { run: run.into(), expected, entries, head, snapshot: None }
}

pub(super) async fn add(journal: &impl Journal, append: AppendRequest) {
    held("an append is accepted", journal.append(append).await);
}

/// The records of a run as text.
pub(super) async fn records(journal: &impl Journal, run: &str) -> Vec<String> {
    let stored = held("a run can be read", journal.read(run, ReadFrom::Record(0)).await);
    assert_eq!(stored.head.records, stored.entries.len() as u64, "a run's head counts its records");
    stored.entries.into_iter().map(|entry| entry.json).collect()
}

pub(super) async fn list(journal: &impl Journal, filter: &RunFilter) -> Vec<RunEntry> {
    held("runs can be listed", journal.runs(filter).await)
}

pub(super) async fn ids(journal: &impl Journal, filter: &RunFilter) -> Vec<String> {
    list(journal, filter).await.into_iter().map(|entry| entry.run).collect()
}

pub(super) fn held<T>(rule: &str, result: Result<T, JournalError>) -> T {
    result.unwrap_or_else(|error| panic!("{rule}: {error:?}"))
}

/// The error of a call that must be refused.
macro_rules! refused {
    ($rule:literal, $result:expr, $pattern:pat $(if $guard:expr)?) => {
        match $result {
            Err($pattern) $(if $guard)? => {}
            other => panic!("{}: expected {}, found {other:?}", $rule, stringify!($pattern)),
        }
    };
}
pub(super) use refused;

use crate::journal::Journal;
use crate::journal::entry::{AppendRequest, Entry, Head};
use crate::journal::error::JournalError;
use crate::journal::run_filter::RunFilter;
use crate::journal::status::Status;
use crate::journal::stored_run::{ReadFrom, RunEntry};
