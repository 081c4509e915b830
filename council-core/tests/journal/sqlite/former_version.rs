//! Files of version 1, whose tables had other names, and of version 2, whose rows had no checksums.

use council_core::journal::{Journal, ReadFrom, RunFilter, Sqlite, Status};

use super::{append, integrity, place, records};

/// A journal of version 1 with one run of two records, and a table of another program.
const VERSION_1: &str = "
PRAGMA application_id = 0x636f756e;
PRAGMA user_version = 1;
CREATE TABLE runs (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, graph TEXT NOT NULL, status TEXT NOT NULL,
    summary TEXT, parent TEXT, parent_records INTEGER, created_at INTEGER NOT NULL) STRICT;
CREATE INDEX runs_by_age ON runs (created_at, id);
CREATE TABLE records (key INTEGER PRIMARY KEY, at INTEGER NOT NULL, record TEXT NOT NULL) STRICT;
CREATE TABLE snapshots (number INTEGER PRIMARY KEY, records INTEGER NOT NULL, position TEXT NOT NULL) STRICT;
CREATE VIEW history AS
    SELECT runs.id AS run, records.key & 0xffffffff AS position,
        strftime('%Y-%m-%dT%H:%M:%fZ', records.at / 1000.0, 'unixepoch') AS at, records.record
    FROM runs JOIN records ON records.key BETWEEN runs.number << 32 AND runs.number << 32 | 0xffffffff;
CREATE TABLE aunts (name TEXT);
INSERT INTO aunts VALUES ('Agatha');
INSERT INTO runs VALUES (1, 'r', 'g', 'running', NULL, NULL, NULL, 1000);
INSERT INTO records VALUES (1 << 32, 1000, 'a'), (1 << 32 | 1, 1001, 'b');
INSERT INTO snapshots VALUES (1, 1, 'after a');
";

#[tokio::test]
async fn a_journal_of_version_1_keeps_its_runs() {
    let (_directory, path) = place();
    let shell = rusqlite::Connection::open(&path).unwrap();
    shell.execute_batch(VERSION_1).unwrap();

    for _ in 0..2 {
        let journal = Sqlite::open(&path).await.unwrap();
        let runs = journal.runs(&RunFilter::default()).await.unwrap();
        assert_eq!((runs.len(), runs[0].status, runs[0].created_at), (1, Status::Running, 1_000));
        let stored = journal.read("r", ReadFrom::Snapshot).await.unwrap();
        assert_eq!((stored.snapshot, stored.entries[0].json.as_str()), (Some((1, "after a".to_owned())), "b"));
        let count = stored.head.records;
        journal.append(append("r", count, "c")).await.unwrap();
        assert_eq!(records(&journal, "r").await[..3], ["a", "b", "c"]);
        journal.close().await.unwrap();
    }
    let aunt: String = shell.query_row("SELECT name FROM aunts", [], |row| row.get(0)).unwrap();
    assert_eq!(aunt, "Agatha", "other tables are kept");
    assert_eq!(integrity(&path), "ok");

    let (_directory, new) = place();
    Sqlite::open(&new).await.unwrap().close().await.unwrap();
    let names = "SELECT group_concat(type || ' ' || name, ', ') FROM (SELECT * FROM sqlite_schema ORDER BY type, name)
        WHERE name LIKE 'council_%'";
    let schema = |shell: &rusqlite::Connection| shell.query_row(names, [], |row| row.get::<_, String>(0)).unwrap();
    assert_eq!(schema(&shell), schema(&rusqlite::Connection::open(&new).unwrap()), "the names of a new file");
}

/// A journal of version 2 with one run of two records.
const VERSION_2: &str = "
CREATE TABLE council_runs (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, graph TEXT NOT NULL, status TEXT NOT NULL,
    summary TEXT, parent TEXT, parent_records INTEGER, created_at INTEGER NOT NULL) STRICT;
CREATE TABLE council_records (key INTEGER PRIMARY KEY, at INTEGER NOT NULL, record TEXT NOT NULL) STRICT;
CREATE TABLE council_snapshots (number INTEGER PRIMARY KEY, records INTEGER NOT NULL, position TEXT NOT NULL) STRICT;
CREATE TABLE council_journal (version INTEGER NOT NULL) STRICT;
INSERT INTO council_journal VALUES (2);
INSERT INTO council_runs VALUES (1, 'r', 'g', 'running', NULL, NULL, NULL, 1000);
INSERT INTO council_records VALUES (1 << 32, 1000, 'a'), (1 << 32 | 1, 1001, 'b');
INSERT INTO council_snapshots VALUES (1, 1, 'after a');
";

#[tokio::test]
async fn the_rows_of_a_journal_of_version_2_need_no_checksums() {
    let (_directory, path) = place();
    rusqlite::Connection::open(&path).unwrap().execute_batch(VERSION_2).unwrap();
    assert_eq!(Sqlite::verify(&path).await.unwrap(), []);
    for _ in 0..2 {
        let journal = Sqlite::open(&path).await.unwrap();
        let stored = journal.read("r", ReadFrom::Snapshot).await.unwrap();
        assert_eq!(stored.snapshot, Some((1, "after a".to_owned())));
        journal.append(append("r", stored.head.records, "c")).await.unwrap();
        assert_eq!(records(&journal, "r").await[..3], ["a", "b", "c"]);
        journal.close().await.unwrap();
        assert_eq!(Sqlite::verify(&path).await.unwrap(), []);
    }
    let shell = rusqlite::Connection::open(&path).unwrap();
    shell.execute("UPDATE council_records SET record = 'd' WHERE record = 'c' AND key & 1 = 0", []).unwrap();
    let damage = Sqlite::verify(&path).await.unwrap();
    assert_eq!(damage[0].found, "the checksum of record 2 of run `r` differs");
}
