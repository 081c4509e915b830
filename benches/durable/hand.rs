//! What one writes without an engine: an update of the council becomes a row of JSON, each in a transaction of its own that is
//! on the disk when it returns.
//!
//! The master writes 1 KB of draft, the critic 200 B of feedback, the writer the draft once more: 2 K + 1 rows. Nothing is
//! called in between, so a superstep is an insert. Opening the file, closing it and the last checkpoint are not in the figure.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use crate::harness::{FEEDBACK, Program, Side};

/// A row for each superstep of a council.
pub(crate) fn council(iterations: usize) -> Side {
    side(Box::new(move |directory| {
        let connection = open(directory);
        let began = Instant::now();
        {
            let mut insert = connection.prepare(INSERT).expect("a statement");
            for update in updates(iterations) {
                insert.execute([text(&update)]).expect("a row");
            }
        }
        let time = began.elapsed();
        close(connection);
        time
    }))
}

/// The same updates as lines at the end of a file, each followed by `fdatasync`. This is the limit of the disk.
pub(crate) fn file(iterations: usize) -> Side {
    let program: Program = Box::new(move |directory| {
        let mut file = File::create(directory.join("plain")).expect("a new file");
        let began = Instant::now();
        for update in updates(iterations) {
            let mut line = text(&update);
            line.push('\n');
            file.write_all(line.as_bytes()).and_then(|()| file.sync_data()).expect("a line on the disk");
        }
        began.elapsed()
    });
    Side { name: "plain file", settings: "fdatasync", program }
}

/// Reads `records` rows back and folds them into the state they describe, from an unopened file.
pub(crate) fn resume(records: usize) -> Side {
    side(Box::new(move |directory| {
        let mut connection = open(directory);
        let transaction = connection.transaction().expect("a transaction");
        {
            let mut insert = transaction.prepare(INSERT).expect("a statement");
            for update in updates(records / 2).take(records) {
                insert.execute([text(&update)]).expect("a row");
            }
        }
        transaction.commit().expect("rows on the disk");
        close(connection);

        let began = Instant::now();
        let connection = open(directory);
        let mut council = Council::default();
        {
            let mut select = connection.prepare("SELECT body FROM record ORDER BY number").expect("a statement");
            let mut rows = select.query([]).expect("rows");
            while let Some(row) = rows.next().expect("a row") {
                let body = row.get_ref(0).expect("a column").as_str().expect("text");
                council.apply(serde_json::from_str(body).expect("an update"));
            }
        }
        let time = began.elapsed();
        assert_eq!((council.feedback.len(), council.iteration), (records / 2, records / 2));
        assert_eq!((council.draft.len(), council.score), (1_024, council.iteration as f64));
        close(connection);
        time
    }))
}

fn side(program: Program) -> Side {
    Side { name: "hand-written", settings: "WAL, FULL", program }
}

fn updates(iterations: usize) -> impl Iterator<Item = Update> {
    let draft = || Some("d".repeat(1_024));
    let rounds = (1..=iterations).flat_map(move |iteration| {
        let feedback = vec!["f".repeat(FEEDBACK)];
        [
            Update { node: "master".to_owned(), draft: draft(), iteration: 1, ..Update::default() },
            Update { node: "critic".to_owned(), feedback, score: Some(iteration as f64), ..Update::default() },
        ]
    });
    rounds.chain([Update { node: "writer".to_owned(), draft: draft(), ..Update::default() }])
}

/// A row: the writer, the time and the value.
#[derive(Default, Deserialize, Serialize)]
struct Update {
    node: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    draft: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    feedback: Vec<String>,
    iteration: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    score: Option<f64>,
}

#[derive(Default)]
struct Council {
    draft: String,
    feedback: Vec<String>,
    iteration: usize,
    score: f64,
}

impl Council {
    fn apply(&mut self, update: Update) {
        if let Some(draft) = update.draft {
            self.draft = draft;
        }
        self.feedback.extend(update.feedback);
        self.iteration += update.iteration;
        if let Some(score) = update.score {
            self.score = score;
        }
    }
}

fn text(update: &Update) -> String {
    serde_json::to_string(update).expect("an update is JSON")
}

fn open(directory: &Path) -> Connection {
    let connection = Connection::open(directory.join("hand.sqlite")).expect("a database");
    connection.execute_batch(SETTINGS).expect("a table");
    connection
}

/// Moves the log to the database, and closes it.
fn close(connection: Connection) {
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).expect("a checkpoint");
    connection.close().expect("nothing is open");
}

const SETTINGS: &str = "
    PRAGMA page_size = 1024;
    PRAGMA journal_mode = WAL;
    PRAGMA wal_autocheckpoint = 4096;
    PRAGMA synchronous = FULL;
    CREATE TABLE IF NOT EXISTS record (number INTEGER PRIMARY KEY, body TEXT NOT NULL);
";
const INSERT: &str = "INSERT INTO record (body) VALUES (?1)";
