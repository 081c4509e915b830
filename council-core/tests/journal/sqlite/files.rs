//! Files that are full, of others, or broken.

use std::fs;
use std::path::Path;

use council_core::journal::{Journal, JournalError, ReadFrom, RunFilter, Sqlite, SqliteOptions};

use super::{append, integrity, place, records};

async fn refused(path: &Path) -> JournalError {
    Sqlite::open(path).await.expect_err("it cannot be opened")
}

fn names(error: &JournalError, path: &Path) -> bool {
    error.to_string().contains(path.to_str().unwrap())
}

#[tokio::test]
async fn a_full_journal_refuses_and_goes_on_when_there_is_room() {
    let (_directory, path) = place();
    let options = SqliteOptions { max_bytes: Some(1 << 20), ..SqliteOptions::default() };
    let journal = Sqlite::open_with(&path, options).await.unwrap();
    let record = "x".repeat(10_000);
    let mut kept = 0;
    let full = loop {
        match journal.append(append("r", kept, &record)).await {
            Ok(()) => kept += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(full, JournalError::Full { .. }) && names(&full, &path), "{full:?}");
    assert!(kept > 20, "{kept}");
    assert_eq!(records(&journal, "r").await.len() as u64, kept, "what was answered is kept");

    // One that is too big harms only itself, also when others share its transaction.
    let big = "x".repeat(2 << 20);
    let (small, big) = tokio::join!(journal.append(append("s", 0, "{}")), journal.append(append("t", 0, &big)));
    assert!(matches!(big, Err(JournalError::Full { .. })), "{big:?}");
    small.unwrap();

    journal.delete("r").await.unwrap();
    journal.append(append("r", 0, &record)).await.unwrap();
    journal.close().await.unwrap();
    assert_eq!(integrity(&path), "ok");
}

#[tokio::test]
async fn a_directory_that_does_not_exist_is_named() {
    let (directory, _) = place();
    let path = directory.path().join("nowhere/runs.db");
    let error = refused(&path).await;
    assert!(matches!(error, JournalError::Unavailable { .. }) && names(&error, &path), "{error:?}");
    // What a `main` that returns it prints: its words, and the cause.
    let words = format!("{error}: unable to open database file");
    assert!(format!("{error:?}").starts_with(&words), "{error:?}");
    let error = refused(directory.path()).await;
    assert!(matches!(error, JournalError::Unavailable { .. }) && names(&error, directory.path()), "{error:?}");
}

#[tokio::test]
async fn a_read_only_file_is_refused() {
    let (_directory, path) = place();
    Sqlite::open(&path).await.unwrap().close().await.unwrap();
    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).unwrap();
    let error = refused(&path).await;
    assert!(matches!(error, JournalError::ReadOnly { .. }) && names(&error, &path), "{error:?}");
}

#[tokio::test]
async fn a_file_that_is_no_journal_is_left_as_it_is() {
    let (_directory, path) = place();
    let check = async |found: &str| {
        let before = fs::read(&path).unwrap();
        let error = refused(&path).await;
        let JournalError::Foreign { found: said, .. } = &error else { panic!("{error:?}") };
        assert!(said.contains(found) && names(&error, &path), "{error}");
        assert_eq!(fs::read(&path).unwrap(), before, "not a byte is changed");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "nothing lies beside it");
        fs::remove_file(&path).unwrap();
    };
    fs::write(&path, "A letter to an aunt. ".repeat(100)).unwrap();
    check("no SQLite database").await;

    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("CREATE TABLE aunts (name TEXT)").unwrap();
    drop(other);
    check("a database of another application").await;

    Sqlite::open(&path).await.unwrap().close().await.unwrap();
    let newer = rusqlite::Connection::open(&path).unwrap();
    newer.pragma_update(None, "user_version", 99).unwrap();
    drop(newer);
    check("a journal of version 99").await;
}

#[tokio::test]
async fn a_broken_file_is_an_error_and_no_panic() {
    let (_directory, path) = place();
    let journal = Sqlite::open(&path).await.unwrap();
    for n in 0..100 {
        journal.append(append("r", n, &"x".repeat(2_000))).await.unwrap();
    }
    journal.close().await.unwrap();
    let whole = fs::read(&path).unwrap();

    let mut damaged = 0;
    for step in 0..24 {
        let cut = whole.len() * step / 24;
        let mut garbled = whole.clone();
        garbled[cut..(cut + 3_000).min(whole.len())].fill(0xa5);
        for bytes in [&whole[..cut], &garbled] {
            fs::write(&path, bytes).unwrap();
            damaged += u32::from(use_it(&path).await.is_err());
            for beside in ["db-wal", "db-shm"] {
                _ = fs::remove_file(path.with_extension(beside));
            }
        }
    }
    // An emptied file is a new journal, and garbled free room is nobody's.
    assert!(damaged > 40, "{damaged} of 48");
}

async fn use_it(path: &Path) -> Result<(), JournalError> {
    let journal = Sqlite::open(path).await?;
    let used = async {
        let runs = journal.runs(&RunFilter::default()).await?;
        for run in &runs {
            journal.append(append(&run.run, run.records, "more")).await?;
            let stored = journal.read(&run.run, ReadFrom::Snapshot).await?;
            if stored.entries[..100].iter().any(|entry| entry.json != "x".repeat(2_000)) {
                return Err(JournalError::backend("it reads what was not written"));
            }
        }
        Ok(())
    };
    let used = used.await;
    _ = journal.close().await;
    used
}

#[tokio::test]
async fn records_that_are_missing_are_told() {
    let (_directory, path) = place();
    let journal = Sqlite::open(&path).await.unwrap();
    for n in 0..3 {
        journal.append(append("r", n, "{}")).await.unwrap();
    }
    let shell = rusqlite::Connection::open(&path).unwrap();
    shell.execute("DELETE FROM records WHERE key & 0xffffffff = 1", []).unwrap();
    let error = journal.read("r", ReadFrom::Record(0)).await.unwrap_err();
    assert!(matches!(&error, JournalError::Damaged { found, .. } if found.contains("no record 1")), "{error:?}");
    shell.execute("UPDATE runs SET status = 'gone'", []).unwrap();
    let error = journal.runs(&RunFilter::default()).await.unwrap_err();
    assert!(matches!(error, JournalError::Damaged { .. }), "{error:?}");
}
