//! Files that are full, broken, or no journals.

use std::fs;
use std::path::Path;

use council_core::journal::{Journal, JournalError, ReadFrom, RunFilter, Sqlite, SqliteOptions};
use expect_test::{Expect, expect};

use super::{append, integrity, place, records};

async fn refused(path: &Path) -> JournalError {
    Sqlite::open(path).await.expect_err("a file that cannot be opened")
}

/// Compares the text of an error with the picture. The path of the journal is `PATH`.
fn check(error: &JournalError, path: &Path, picture: &Expect) {
    picture.assert_eq(&error.to_string().replace(path.to_str().unwrap(), "PATH"));
}

#[tokio::test]
async fn a_full_journal_refuses_appends_until_there_is_space() {
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
    check(&full, &path, &expect!["no room is left for the journal `PATH`: make room or prune runs, then try again"]);
    assert!(kept > 20, "{kept}");
    assert_eq!(records(&journal, "r").await.len() as u64, kept, "every confirmed record is kept");

    // An append that is too big fails alone, also if other appends share its transaction.
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
    check(
        &error,
        &path,
        &expect!["the journal `PATH` cannot be opened: check that its directory exists and can be written"],
    );
    // The text that a `main` prints if it returns the error: the error and its cause.
    let words = format!("{error}: unable to open database file");
    assert!(format!("{error:?}").starts_with(&words), "{error:?}");
    let error = refused(directory.path()).await;
    check(
        &error,
        directory.path(),
        &expect!["the journal `PATH` cannot be opened: check that its directory exists and can be written"],
    );
}

#[tokio::test]
async fn a_read_only_file_is_refused() {
    let (_directory, path) = place();
    Sqlite::open(&path).await.unwrap().close().await.unwrap();
    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).unwrap();
    let error = refused(&path).await;
    check(
        &error,
        &path,
        &expect!["the journal `PATH` is read-only: check the permissions of the file and its directory"],
    );
}

#[tokio::test]
async fn a_file_that_is_no_journal_is_refused_and_not_changed() {
    let (_directory, path) = place();
    let check = async |picture: Expect| {
        let before = fs::read(&path).unwrap();
        check(&refused(&path).await, &path, &picture);
        assert_eq!(fs::read(&path).unwrap(), before, "the file is unchanged");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no other file is created");
        fs::remove_file(&path).unwrap();
    };
    fs::write(&path, "A letter to an aunt. ".repeat(100)).unwrap();
    check(expect!["`PATH` is not an SQLite database: name a journal of this version or a new file"]).await;

    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("CREATE TABLE aunts (name TEXT)").unwrap();
    drop(other);
    check(expect!["`PATH` is a database of another application: name a journal of this version or a new file"]).await;

    Sqlite::open(&path).await.unwrap().close().await.unwrap();
    let newer = rusqlite::Connection::open(&path).unwrap();
    newer.execute("UPDATE council_journal SET version = 99", []).unwrap();
    drop(newer);
    check(expect!["`PATH` is a journal of version 99, which is not 3: name a journal of this version or a new file"])
        .await;
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
    // An empty file is a new journal. Damage in unused space has no effect.
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
async fn missing_records_are_an_error() {
    let (_directory, path) = place();
    let journal = Sqlite::open(&path).await.unwrap();
    for n in 0..3 {
        journal.append(append("r", n, "{}")).await.unwrap();
    }
    let shell = rusqlite::Connection::open(&path).unwrap();
    shell.execute("DELETE FROM council_records WHERE key & 0xffffffff = 1", []).unwrap();
    let error = journal.read("r", ReadFrom::Record(0)).await.unwrap_err();
    check(
        &error,
        &path,
        &expect!["the journal `PATH` is damaged (run `r` has no record 1, but later ones): restore a copy of it"],
    );
    shell.execute("UPDATE council_runs SET status = 'gone'", []).unwrap();
    let error = journal.runs(&RunFilter::default()).await.unwrap_err();
    assert!(
        matches!(&error, JournalError::Damaged { found, .. } if found.contains("`gone` is not a status")),
        "{error}"
    );
}
