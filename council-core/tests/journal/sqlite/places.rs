//! Files that have several names, that belong to one journal, and that are lost while they are open.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use council_core::journal::{Journal, JournalError, Sqlite, SqliteOptions};
use expect_test::expect;

use super::{append, place, records};

async fn exclusive(path: &Path) -> Result<Sqlite, JournalError> {
    Sqlite::open_with(path, SqliteOptions { exclusive: true, ..SqliteOptions::default() }).await
}

#[tokio::test]
async fn an_exclusive_file_is_refused_under_every_name() {
    let (directory, path) = place();
    let journal = exclusive(&path).await.unwrap();
    journal.append(append("r", 0, "{}")).await.unwrap();
    let [link, name, moved] = ["link.db", "name.db", "moved.db"].map(|name| directory.path().join(name));
    symlink(&path, &link).unwrap();
    fs::hard_link(&path, &name).unwrap();
    for path in [&path, &link, &name] {
        let refused = exclusive(path).await.unwrap_err();
        assert!(matches!(&refused, JournalError::InUse { place } if Path::new(place) == path), "{refused}");
    }
    fs::remove_file(&name).unwrap();
    fs::rename(&path, &moved).unwrap();
    assert!(matches!(exclusive(&moved).await, Err(JournalError::InUse { .. })));
    fs::rename(&moved, &path).unwrap();

    // The refused journals have changed nothing.
    journal.append(append("r", 1, "{}")).await.unwrap();
    journal.close().await.unwrap();
    drop(journal);
    assert_eq!(records(&exclusive(&link).await.unwrap(), "r").await.len(), 2);
}

#[tokio::test]
async fn a_file_with_several_names_is_refused() {
    let (directory, path) = place();
    Sqlite::open(&path).await.unwrap().close().await.unwrap();
    fs::hard_link(&path, directory.path().join("name.db")).unwrap();
    let refused = Sqlite::open(&path).await.unwrap_err().to_string();
    expect!["the journal `PATH` has 2 names (hard links), and programs that open it by different names destroy it: remove the other names, or use a copy of the file"]
        .assert_eq(&refused.replace(path.to_str().unwrap(), "PATH"));
}

#[tokio::test]
async fn a_link_and_a_name_that_looks_like_a_uri_are_paths() {
    let (directory, path) = place();
    let link = directory.path().join("link.db");
    symlink(&path, &link).unwrap();
    let journal = Sqlite::open(&link).await.unwrap();
    assert_eq!(journal.path(), Some(&*path.canonicalize().unwrap()));
    journal.append(append("r", 0, "{}")).await.unwrap();

    let uri = directory.path().join("file:x.db?mode=memory");
    Sqlite::open(&uri).await.unwrap().append(append("r", 0, "{}")).await.unwrap();
    assert!(uri.exists());
}

/// A journal with 100 records of 10 KB in its file, and an append to it.
async fn big(path: &Path) -> Sqlite {
    let journal = Sqlite::open(path).await.unwrap();
    for n in 0..100 {
        journal.append(append("r", n, &"x".repeat(10_000))).await.unwrap();
    }
    journal.close().await.unwrap();
    Sqlite::open(path).await.unwrap()
}

#[tokio::test]
async fn appends_to_a_lost_file_are_refused_until_it_is_back() {
    let (directory, path) = place();
    let aside = directory.path().join("aside");
    let log = path.with_extension("db-wal");
    let journal = big(&path).await;
    let mut next = 100;
    let mut picture = Vec::new();
    let mut lose = async |lose: &dyn Fn(), restore: &dyn Fn()| {
        lose();
        let refused = journal.append(append("r", next, "{}")).await.unwrap_err();
        assert!(matches!(refused, JournalError::Lost { .. }), "{refused}");
        picture.push(refused.to_string().replace(path.to_str().unwrap(), "PATH"));
        restore();
        // The refused append has changed nothing.
        journal.append(append("r", next, "{}")).await.unwrap();
        journal.check_file().unwrap();
        next += 1;
    };
    let back = || fs::rename(&aside, &path).unwrap();
    lose(&|| fs::rename(&path, &aside).unwrap(), &back).await;
    let replace = || {
        fs::rename(&path, &aside).unwrap();
        fs::copy(&aside, &path).unwrap();
    };
    lose(&replace, &back).await;
    lose(&|| fs::rename(&log, &aside).unwrap(), &|| fs::rename(&aside, &log).unwrap()).await;
    let whole = fs::read(&path).unwrap();
    let open = || fs::File::options().write(true).open(&path).unwrap();
    // The content is written into the same file.
    let rewrite = || std::io::Write::write_all(&mut open(), &whole).unwrap();
    lose(&|| open().set_len(0).unwrap(), &rewrite).await;
    lose(&|| open().set_len(whole.len() as u64 / 2).unwrap(), &rewrite).await;
    expect![[r#"
        the journal `PATH` has lost its file (it was deleted or moved): put the file back, or restore a copy and start the program again
        the journal `PATH` has lost its file (another file has taken its place): put the file back, or restore a copy and start the program again
        the journal `PATH` has lost its file (its log was deleted, moved or replaced): put the file back, or restore a copy and start the program again
        the journal `PATH` has lost its file (it was truncated): put the file back, or restore a copy and start the program again
        the journal `PATH` has lost its file (it was truncated): put the file back, or restore a copy and start the program again"#]]
    .assert_eq(&picture.join("\n"));
    journal.close().await.unwrap();
    assert_eq!(records(&Sqlite::open(&path).await.unwrap(), "r").await.len(), 105);
}

/// Another program may shrink the file.
#[tokio::test]
async fn a_file_that_was_vacuumed_is_not_lost() {
    let (_directory, path) = place();
    let journal = big(&path).await;
    journal.append(append("s", 0, "{}")).await.unwrap();
    let before = fs::metadata(&path).unwrap().len();
    journal.delete("r").await.unwrap();
    let shell = rusqlite::Connection::open(&path).unwrap();
    shell.execute_batch("VACUUM").unwrap();
    journal.append(append("s", 1, "{}")).await.unwrap();
    shell.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    assert!(fs::metadata(&path).unwrap().len() < before / 2);
    for n in 2..5 {
        journal.append(append("s", n, "{}")).await.unwrap();
    }
}
