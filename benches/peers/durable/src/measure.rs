//! Measures the time of a council in a new database, and the bytes on disk.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use serde_json::json;

use crate::Peer;

/// The options of the command line.
pub(crate) struct Options {
    pub(crate) quick: bool,
    directory: PathBuf,
}

impl Options {
    pub(crate) fn from_arguments() -> Self {
        let arguments: Vec<String> = std::env::args().collect();
        let directory = arguments.iter().skip_while(|argument| *argument != "--dir").nth(1);
        Self {
            quick: arguments.iter().any(|argument| argument == "--quick"),
            directory: directory.map_or_else(std::env::temp_dir, PathBuf::from),
        }
    }
}

/// Prints the line of one crate and one size: the median time of a superstep and the bytes on disk, or the error of a wrong
/// result. If there are several runs, a warm-up run comes first.
pub(crate) fn measure(peer: &Peer, iterations: usize, runs: usize, options: &Options) {
    let warmups = usize::from(runs > 1);
    let outcomes: Result<Vec<_>, _> = (0..warmups + runs).map(|_| run(peer, iterations, options)).collect();
    let mut line = json!({
        "side": peer.name,
        "version": peer.version,
        "settings": peer.settings,
        "workload": format!("durable council {iterations}"),
        "unit": "superstep",
        "appended": iterations * FEEDBACK,
    });
    match outcomes {
        Ok(outcomes) => {
            let mut times: Vec<f64> = outcomes[warmups..].iter().map(|(time, _)| time.as_nanos() as f64).collect();
            times.sort_by(f64::total_cmp);
            line["median_ns"] = json!((times[runs / 2] / (2 * iterations + 1) as f64).round());
            line["runs"] = json!(runs);
            line["bytes"] = json!(outcomes[warmups + runs - 1].1);
        }
        Err(wrong) => line["wrong"] = json!(wrong),
    }
    println!("{line}");
}

/// One run in a temporary directory: its time, and the bytes of all files after they are closed.
fn run(peer: &Peer, iterations: usize, options: &Options) -> Result<(Duration, u64), String> {
    let directory = Scratch::new(&options.directory);
    let database = directory.0.join("council.sqlite");
    // sqlx needs an existing file.
    let connection = Connection::open(&database).expect("a database");
    if peer.wal {
        connection.pragma_update(None, "journal_mode", "WAL").expect("a setting");
    }
    connection.close().expect("nothing is open");
    let time = (peer.council)(iterations, &database)?;
    Ok((time, directory.bytes(&database)))
}

struct Scratch(PathBuf);

impl Scratch {
    fn new(parent: &Path) -> Self {
        let path = parent.join(format!("council-durable-peers-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a directory to write to");
        Self(path)
    }

    /// The bytes of all files after the database is closed. The threads of a pool may close it a moment after the end.
    fn bytes(&self, database: &Path) -> u64 {
        let began = Instant::now();
        loop {
            let connection = Connection::open(database).expect("the database");
            connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).expect("a checkpoint");
            connection.close().expect("nothing is open");
            let files: Vec<_> =
                fs::read_dir(&self.0).expect("the directory").map(|file| file.expect("a file")).collect();
            if files.len() == 1 || began.elapsed() > Duration::from_secs(5) {
                return files.iter().map(|file| file.metadata().expect("a file").len()).sum();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // An error here must not hide the panic that caused this drop.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Bytes of feedback in an iteration.
pub(crate) const FEEDBACK: usize = 200;
