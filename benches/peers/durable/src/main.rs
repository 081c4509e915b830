//! Stores the council in `SQLite` with published Rust crates that follow LangGraph: prints one JSON line per workload.
//!
//! `--dir PATH` names the directory for the files (by default the system's directory for temporary files); `--quick` runs a
//! small council once.

#![allow(clippy::cast_precision_loss, reason = "figures for people")]

mod cognis;
mod juncture;
mod lc;
mod measure;

use std::path::Path;
use std::time::Duration;

use measure::{Options, measure};
use tokio::runtime::Runtime;

/// Runs a council of this number of iterations with a database at the path, and returns the time of the run.
type Council = fn(usize, &Path) -> Result<Duration, String>;

/// One crate with one journal mode of its database.
pub(crate) struct Peer {
    name: &'static str,
    /// As pinned in `Cargo.toml`.
    version: &'static str,
    council: Council,
    /// Whether the file is switched to a write-ahead log before the crate opens it; the crate itself does not do that.
    wal: bool,
    /// The settings of `SQLite` while the crate writes.
    settings: &'static str,
}

const PEERS: [Peer; 5] = [
    Peer { name: "cognis-graph", version: "0.3.2", council: cognis::council, wal: false, settings: ROLLBACK },
    Peer { name: "cognis-graph", version: "0.3.2", council: cognis::council, wal: true, settings: WAL },
    Peer { name: "juncture-core", version: "0.4.0", council: juncture::council, wal: false, settings: ROLLBACK },
    Peer { name: "juncture-core", version: "0.4.0", council: juncture::council, wal: true, settings: WAL },
    Peer { name: "lc-langgraph", version: "0.28.0", council: lc::council, wal: false, settings: "WAL, NORMAL" },
];
/// The default settings of sqlx.
const ROLLBACK: &str = "rollback journal, FULL";
/// The settings after `PRAGMA journal_mode = WAL`, which is stored in the file.
const WAL: &str = "WAL set beforehand, FULL";

fn main() {
    let options = Options::from_arguments();
    let sizes: &[(usize, usize)] = if options.quick { &[(10, 1)] } else { &[(100, 5), (400, 3), (1_600, 1)] };
    for peer in &PEERS {
        for &(iterations, runs) in sizes {
            measure(peer, iterations, runs, &options);
        }
    }
}

/// The runtime of every program: one thread, and the threads that a crate starts for its database.
fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// The feedback of one iteration: 200 B.
fn feedback() -> std::sync::Arc<str> {
    "f".repeat(measure::FEEDBACK).into()
}

/// Compares a count of the result with the expected one.
fn expect(what: &str, found: usize, expected: usize) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{what}: {found} instead of {expected}")) }
}
