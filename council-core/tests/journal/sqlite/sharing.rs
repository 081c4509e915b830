//! Several handles of one file, and the close of a handle.

use std::path::Path;
use std::time::Duration;

use council_core::journal::{Journal, JournalError, ReadFrom, RunFilter, Sqlite, SqliteOptions};
use expect_test::expect;

use super::{append, place, records};

#[tokio::test]
async fn a_stale_handle_gets_a_conflict() {
    let (_directory, path) = place();
    let (a, b) = (Sqlite::open(&path).await.unwrap(), Sqlite::open(&path).await.unwrap());
    a.append(append("r", 0, "a0")).await.unwrap();
    b.append(append("r", 1, "b1")).await.unwrap();
    let late = a.append(append("r", 1, "a1")).await.unwrap_err();
    assert!(matches!(&late, JournalError::Conflict { expected: 1, found: 2, .. }), "{late:?}");
    a.append(append("r", 2, "a2")).await.unwrap();
    assert_eq!(records(&b, "r").await, ["a0", "b1", "a2"]);

    // The number of a deleted run may be used again.
    b.delete("r").await.unwrap();
    b.append(append("s", 0, "s0")).await.unwrap();
    let gone = a.append(append("r", 3, "a3")).await.unwrap_err();
    assert!(matches!(gone, JournalError::NotFound { .. }), "{gone:?}");
    assert_eq!(records(&a, "s").await, ["s0"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_file_may_be_opened_by_many_at_once() {
    let (_directory, path) = place();
    let opened: Vec<_> = (0..8).map(|_| tokio::spawn(Sqlite::open(path.clone()))).collect();
    for (n, opened) in opened.into_iter().enumerate() {
        opened.await.unwrap().unwrap().append(append(&n.to_string(), 0, "0")).await.unwrap();
    }
}

#[tokio::test]
async fn a_conflict_in_a_group_of_appends_fails_only_its_own_append() {
    let (_directory, path) = place();
    let journal = Sqlite::open(&path).await.unwrap();
    journal.append(append("r", 0, "0")).await.unwrap();
    // The lock stops the writer, so the other appends form one group.
    let lock = rusqlite::Connection::open(&path).unwrap();
    lock.execute_batch("BEGIN IMMEDIATE").unwrap();
    let first = journal.append(append("first", 0, "0"));
    let appends = [append("r", 1, "1"), append("r", 1, "again"), append("s", 0, "0"), append("t", 5, "0")];
    let group = appends.map(|append| journal.append(append));
    let release = async { lock.execute_batch("COMMIT") };
    let (first, (one, again, new, missing), released) = tokio::join!(
        first,
        async {
            let [a, b, c, d] = group;
            tokio::join!(a, b, c, d)
        },
        release
    );
    released.unwrap();
    assert!(first.is_ok() && one.is_ok() && new.is_ok(), "{first:?} {one:?} {new:?}");
    assert!(matches!(again, Err(JournalError::Conflict { found: 2, .. })), "{again:?}");
    assert!(matches!(missing, Err(JournalError::NotFound { .. })), "{missing:?}");
    assert_eq!(records(&journal, "r").await, ["0", "1"]);
}

#[tokio::test]
async fn a_lock_that_is_held_too_long_fails_one_append_only() {
    let (_directory, path) = place();
    let options = SqliteOptions { busy_timeout: Duration::from_millis(20), ..SqliteOptions::default() };
    let journal = Sqlite::open_with(&path, options).await.unwrap();
    let lock = rusqlite::Connection::open(&path).unwrap();
    lock.execute_batch("BEGIN IMMEDIATE").unwrap();
    let busy = journal.append(append("r", 0, "0")).await.unwrap_err();
    expect!["the journal `PATH` is locked by another process: try again"]
        .assert_eq(&busy.to_string().replace(path.to_str().unwrap(), "PATH"));
    assert_eq!(journal.runs(&RunFilter::default()).await.unwrap(), [], "a reader is not blocked");
    lock.execute_batch("COMMIT").unwrap();
    journal.append(append("r", 0, "0")).await.unwrap();
}

#[tokio::test]
async fn a_closed_journal_refuses_all_calls() {
    let (_directory, path) = place();
    let journal = Sqlite::open(&path).await.unwrap();
    let clone = journal.clone();
    journal.append(append("r", 0, "0")).await.unwrap();
    journal.read("r", ReadFrom::Snapshot).await.unwrap();
    journal.close().await.unwrap();
    assert!(!log_of(&path).exists(), "the log is written back and removed");
    let closed = clone.append(append("r", 1, "1")).await.unwrap_err();
    expect!["the journal is closed"].assert_eq(&closed.to_string());
    assert!(matches!(clone.read("r", ReadFrom::Snapshot).await, Err(JournalError::Closed)));
    assert!(matches!(clone.close().await, Err(JournalError::Closed)));
}

#[tokio::test]
async fn the_last_dropped_handle_writes_everything_and_removes_the_log() {
    let (_directory, path) = place();
    let journal = Sqlite::open(&path).await.unwrap();
    for n in 0..100 {
        // The append is sent to the writer, and its result is not awaited.
        tokio::select! {
            biased;
            done = journal.append(append(&format!("r{n}"), 0, "0")) => done.unwrap(),
            () = std::future::ready(()) => {}
        }
    }
    drop(journal);
    let ended = async {
        while log_of(&path).exists() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), ended).await.expect("the writer ends and removes the log");
    let journal = Sqlite::open(&path).await.unwrap();
    assert_eq!(journal.runs(&RunFilter::default()).await.unwrap().len(), 100);
}

fn log_of(path: &Path) -> std::path::PathBuf {
    path.with_extension("db-wal")
}
