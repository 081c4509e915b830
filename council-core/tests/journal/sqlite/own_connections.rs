//! Journals on connections that the program opens itself.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use council_core::journal::rusqlite::{self, Connection, OpenFlags};
use council_core::journal::{Journal, JournalError, RunFilter, Sqlite, kit};
use expect_test::expect;

use super::{append, integrity, place, records};

/// A connection with a table, an application id and a version of the program.
fn shop(path: &Path) -> Result<Connection, rusqlite::Error> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.execute_batch(
        "BEGIN IMMEDIATE;
         CREATE TABLE IF NOT EXISTS runs (id TEXT, distance REAL);
         CREATE TABLE IF NOT EXISTS history (event TEXT);
         PRAGMA application_id = 7;
         PRAGMA user_version = 12;
         COMMIT",
    )?;
    Ok(connection)
}

async fn in_shop(path: PathBuf) -> Sqlite {
    Sqlite::connect(move || shop(&path)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_journal_beside_the_tables_of_a_program_conforms_to_the_journal_rules() {
    let directory = tempfile::tempdir().unwrap();
    let made = AtomicU32::new(0);
    let name = || directory.path().join(format!("{}.db", made.fetch_add(1, Ordering::Relaxed)));
    kit::conformance(async || in_shop(name()).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_journal_in_memory_with_several_connections_conforms_to_the_journal_rules() {
    let made = AtomicU32::new(0);
    let open = async || {
        let name = format!("file:/conformance-{}?vfs=memdb", made.fetch_add(1, Ordering::Relaxed));
        Sqlite::connect(move || Connection::open(&name)).await.unwrap()
    };
    kit::conformance(open).await;
}

#[tokio::test]
async fn a_journal_and_the_tables_of_a_program_share_one_file() {
    let (_directory, path) = place();
    let open = async || in_shop(path.clone()).await;
    kit::reopening(open, async |journal: Sqlite| {
        journal.close().await.unwrap();
        open().await
    })
    .await;

    let shop = shop(&path).unwrap();
    shop.execute("INSERT INTO runs VALUES ('marathon', 42.2)", []).unwrap();
    let journal = open().await;
    let count = journal.runs(&RunFilter::default()).await.unwrap().len() as u64;
    assert_eq!(journal.prune(&RunFilter::default()).await.unwrap(), count);
    journal.append(append("r", 0, "{}")).await.unwrap();
    journal.close().await.unwrap();

    let marks: (i32, i32, f64) = shop
        .query_row(
            "SELECT application_id, user_version, (SELECT sum(distance) FROM runs)
             FROM pragma_application_id, pragma_user_version",
            [],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .unwrap();
    assert_eq!(marks, (7, 12, 42.2), "the program's tables and marks are unchanged");
    // The journal in it can be opened by the path of the file too.
    assert_eq!(records(&Sqlite::open(&path).await.unwrap(), "r").await, ["{}"]);
    assert_eq!(integrity(&path), "ok");
}

#[tokio::test]
async fn a_function_that_opens_another_database_each_time_is_refused() {
    let error = Sqlite::connect(Connection::open_in_memory).await.unwrap_err();
    expect!["the journal's backend failed: a connection leads to another database than the first one: open the same file each time, or a database in memory that several connections can open"]
        .assert_eq(&format!("{error:?}"));
}

/// The second database has a journal too.
#[tokio::test]
async fn a_function_that_later_opens_another_journal_is_refused() {
    let (directory, path) = place();
    let other = directory.path().join("other.db");
    in_shop(other.clone()).await.close().await.unwrap();
    let opened = AtomicU32::new(0);
    // The connections of the writer and of the first reader lead to the first journal.
    let journal =
        Sqlite::connect(move || shop(if opened.fetch_add(1, Ordering::Relaxed) < 2 { &path } else { &other }));
    let journal = journal.await.unwrap();
    journal.append(append("r", 0, "{}")).await.unwrap();
    let error = journal.runs(&RunFilter::default()).await.unwrap_err();
    assert!(format!("{error:?}").contains("a connection leads to another database"), "{error:?}");
}

#[tokio::test]
async fn an_error_of_the_function_or_of_the_database_is_named() {
    let (_directory, path) = place();
    let missing = path.clone();
    let open = move || Connection::open_with_flags(&missing, OpenFlags::SQLITE_OPEN_READ_WRITE);
    let error = Sqlite::connect(open).await.unwrap_err();
    assert!(matches!(error, JournalError::Unavailable { .. }), "{error:?}");

    std::fs::write(&path, "A letter to an aunt. ".repeat(100)).unwrap();
    let letter = path.clone();
    let error = Sqlite::connect(move || Connection::open(&letter)).await.unwrap_err();
    expect!["`PATH` is not an SQLite database: name a journal of this version or a new file"]
        .assert_eq(&error.to_string().replace(path.to_str().unwrap(), "PATH"));

    let (_directory, path) = place();
    in_shop(path.clone()).await.close().await.unwrap();
    shop(&path).unwrap().execute("UPDATE council_journal SET version = 99", []).unwrap();
    let newer = path.clone();
    let error = Sqlite::connect(move || shop(&newer)).await.unwrap_err();
    expect!["`PATH` is a journal of version 99, which is not 3: name a journal of this version or a new file"]
        .assert_eq(&error.to_string().replace(path.to_str().unwrap(), "PATH"));
}
