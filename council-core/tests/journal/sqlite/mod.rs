//! The journal in a SQLite file.

mod damage;
mod files;
mod former_version;
mod own_connections;
#[cfg(unix)]
mod places;
mod processes;
mod sharing;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use council_core::journal::{AppendRequest, Entry, Head, Journal, ReadFrom, Sqlite, Status, kit};
use tempfile::TempDir;

/// A directory for a test, and the path of a journal in it.
fn place() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("runs.db");
    (directory, path)
}

fn append(run: &str, expected: u64, record: &str) -> AppendRequest {
    let append = AppendRequest::new(run, expected, vec![Entry::new(1_000 + expected, record)]);
    if expected == 0 { append.head(Head::new("g", Status::Running)) } else { append }
}

async fn records(journal: &Sqlite, run: &str) -> Vec<String> {
    let stored = journal.read(run, ReadFrom::Record(0)).await.unwrap();
    stored.entries.into_iter().map(|entry| entry.json).collect()
}

/// The result of the integrity check of SQLite.
fn integrity(path: &Path) -> String {
    let connection = rusqlite::Connection::open(path).unwrap();
    connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_conforms_to_the_journal_rules() {
    let directory = tempfile::tempdir().unwrap();
    let made = AtomicU32::new(0);
    let name = || directory.path().join(format!("{}.db", made.fetch_add(1, Ordering::Relaxed)));
    kit::conformance(async || Sqlite::open(name()).await.unwrap()).await;
}

#[tokio::test]
async fn runs_are_kept_when_the_journal_is_opened_again() {
    let (_directory, path) = place();
    let open = async || Sqlite::open(&path).await.unwrap();
    kit::reopening(open, async |journal: Sqlite| {
        journal.close().await.unwrap();
        open().await
    })
    .await;
}

#[tokio::test]
async fn a_person_can_read_the_tables() {
    let (_directory, path) = place();
    let journal = Sqlite::open(&path).await.unwrap();
    journal.append(append("other", 0, "{}")).await.unwrap();
    journal.append(append("r", 0, r#"{"a":1}"#)).await.unwrap();
    journal.append(append("r", 1, r#"{"b":2}"#)).await.unwrap();

    let shell = rusqlite::Connection::open(&path).unwrap();
    let mut history = shell.prepare("SELECT position, at, record FROM council_history WHERE run = 'r'").unwrap();
    let rows = history.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
    let rows: Vec<(i64, String, String)> = rows.map(Result::unwrap).collect();
    let row = |position, at: &str, record: &str| (position, at.to_owned(), record.to_owned());
    let expected = [row(0, "1970-01-01T00:00:01.000Z", r#"{"a":1}"#), row(1, "1970-01-01T00:00:01.001Z", r#"{"b":2}"#)];
    assert_eq!(rows, expected);
}
