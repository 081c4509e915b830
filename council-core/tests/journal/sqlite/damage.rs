//! Bits that were changed in the file: they are noticed when they are read, and by a check of the file.

use std::fmt::Write as _;
use std::path::Path;

use council_core::journal::{Entry, Head, Journal, JournalError, Parent, ReadFrom, Sqlite, Status, kit};
use expect_test::expect;

use super::{append, place};

#[tokio::test]
async fn sqlite_conforms_to_the_rule_of_changed_records() {
    let (_directory, path) = place();
    kit::damage(
        async || Sqlite::open(&path).await.unwrap(),
        async |run: &str, record: u64| {
            let key = "(SELECT number << 32 | ?2 FROM council_runs WHERE id = ?1)";
            let change = format!("UPDATE council_records SET record = replace(record, 'a', 'b') WHERE key = {key}");
            let shell = rusqlite::Connection::open(&path).unwrap();
            shell.execute(&change, rusqlite::params![run, record.cast_signed()]).unwrap();
        },
    )
    .await;
}

/// Three runs. `r` has three records and a snapshot, and `copy` is a copy of it.
async fn runs(path: &Path) -> Sqlite {
    let journal = Sqlite::open(path).await.unwrap();
    for n in 0..3 {
        journal.append(append("r", n, &format!("record {n}"))).await.unwrap();
        journal.append(append("other", n, &format!("record {n}"))).await.unwrap();
    }
    let mut last = append("r", 3, "").snapshot("position");
    last.entries = Vec::<Entry>::new();
    journal.append(last).await.unwrap();
    let head = Head::new("g", Status::Stopped).summary("a summary").parent(Parent::new("r", 3));
    journal.copy("r", 3, "copy", head).await.unwrap();
    journal
}

async fn damage(path: &Path) -> String {
    let mut lines = String::new();
    for damage in Sqlite::verify(path).await.unwrap() {
        writeln!(lines, "{:?}: {}", damage.run, damage.found).unwrap();
    }
    lines
}

#[tokio::test]
async fn changed_records_snapshots_and_heads_are_named() {
    let mut picture = Vec::new();
    for change in [
        "UPDATE council_records SET record = 'recore 1' WHERE key = (1 << 32) + 1",
        "UPDATE council_records SET at = at + 1 WHERE key = (1 << 32) + 2",
        "UPDATE council_records SET record = CAST(x'7265ff' AS TEXT) WHERE key = 1 << 32",
        "UPDATE council_snapshots SET position = 'positioN' WHERE number = 1",
        "UPDATE council_snapshots SET records = 2 WHERE number = 1",
        "UPDATE council_runs SET graph = 'h' WHERE id = 'r'",
        "UPDATE council_runs SET summary = 'a summarx' WHERE id = 'copy'",
        "UPDATE council_runs SET id = 's' WHERE id = 'r'",
    ] {
        let (_directory, path) = place();
        let journal = runs(&path).await;
        assert_eq!(damage(&path).await, "");
        let shell = rusqlite::Connection::open(&path).unwrap();
        assert_eq!(shell.execute(change, []).unwrap(), 1, "{change}");
        let found = damage(&path).await;
        let mut read = String::new();
        for run in ["r", "s", "copy"] {
            match journal.read(run, ReadFrom::Snapshot).await.and(journal.read(run, ReadFrom::Record(0)).await) {
                Err(JournalError::Damaged { found, .. }) => read = found,
                Ok(_) | Err(JournalError::NotFound { .. }) => {}
                Err(error) => panic!("{error}"),
            }
        }
        assert!(!read.is_empty() && found.contains(&read), "{change}: read: {read}, check: {found}");
        picture.push(found);
        let other = journal.read("other", ReadFrom::Record(0)).await.unwrap();
        assert_eq!(other.entries.len(), 3);
    }
    expect![[r#"
        Some("r"): the checksum of record 1 of run `r` differs
        Some("r"): the checksum of record 2 of run `r` differs
        Some("r"): record 0 of run `r` cannot be read: invalid utf-8 sequence of 1 bytes from index 2 at index 2
        Some("r"): the checksum of the snapshot of run `r` differs
        Some("r"): the checksum of the snapshot of run `r` differs
        Some("r"): the checksum of the head of run `r` differs
        Some("copy"): the checksum of the head of run `copy` differs
        Some("s"): the checksum of the head of run `s` differs
    "#]]
    .assert_eq(&picture.concat());
}

#[tokio::test]
async fn a_broken_structure_and_rows_without_a_run_are_found() {
    let (_directory, path) = place();
    let journal = runs(&path).await;
    let shell = rusqlite::Connection::open(&path).unwrap();
    shell.execute("DELETE FROM council_records WHERE key = (1 << 32) + 1", []).unwrap();
    shell.execute("UPDATE council_runs SET number = 77 WHERE id = 'other'", []).unwrap();
    shell.execute("INSERT INTO council_snapshots VALUES (99, 1, 'p', NULL)", []).unwrap();
    expect![[r#"
        Some("r"): run `r` has no record 1, but later ones
        None: 4 records or snapshots belong to no run
    "#]]
    .assert_eq(&damage(&path).await);
    shell.execute("DELETE FROM council_runs WHERE number = 77", []).unwrap();
    journal.close().await.unwrap();
    drop(shell);

    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 1_024].fill(0xa5);
    std::fs::write(&path, bytes).unwrap();
    assert_ne!(damage(&path).await, "");
    let missing = path.with_extension("missing");
    assert!(matches!(Sqlite::verify(&missing).await, Err(JournalError::Unavailable { .. })));
    assert!(!missing.exists());
}

/// A changed bit is noticed, or changes nothing that can be read. It may hide the last records of a run, as if they had not been written.
#[tokio::test]
async fn a_changed_bit_never_gives_another_run() {
    let (_directory, path) = place();
    runs(&path).await.close().await.unwrap();
    let whole = std::fs::read(&path).unwrap();
    let read = async |path: &Path| {
        let journal = Sqlite::open(path).await?;
        let mut read = Vec::new();
        for run in ["r", "other", "copy"] {
            read.push(match journal.read(run, ReadFrom::Record(0)).await {
                Ok(stored) => Some(((stored.head.graph, stored.head.status, stored.head.summary), stored.entries)),
                Err(_) => None,
            });
        }
        journal.close().await?;
        Ok::<_, JournalError>(read)
    };
    let intact = read(&path).await.unwrap();
    let mut noticed = 0;
    for place in (0..whole.len()).step_by(97) {
        let mut bytes = whole.clone();
        bytes[place] ^= 1 << (place % 8);
        std::fs::write(&path, &bytes).unwrap();
        match read(&path).await {
            Ok(found) => {
                for (found, intact) in found.iter().zip(&intact) {
                    let Some((head, entries)) = found else {
                        noticed += 1;
                        continue;
                    };
                    let (intact_head, intact_entries) = intact.as_ref().unwrap();
                    assert_eq!(head, intact_head, "byte {place}");
                    assert!(intact_entries.starts_with(entries), "byte {place}: {entries:?}");
                }
            }
            Err(_) => noticed += 1,
        }
        for beside in ["db-wal", "db-shm"] {
            _ = std::fs::remove_file(path.with_extension(beside));
        }
    }
    assert!(noticed > 5, "{noticed}");
}
