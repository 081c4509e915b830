//! Published Rust crates that follow LangGraph, keeping the council in `SQLite`: prints one JSON line per workload.
//!
//! `--dir PATH` names the directory for the files, else it is the system's for temporary ones; `--quick` runs a small council
//! once.

#![allow(clippy::cast_precision_loss, reason = "figures for people")]

mod cognis;
mod juncture;
mod lc;
mod measure;

use std::path::Path;
use std::time::Duration;

use measure::{Options, measure};
use tokio::runtime::Runtime;

/// Runs a council of so many iterations, kept in the database at the path, and says how long the run took.
type Council = fn(usize, &Path) -> Result<Duration, String>;

/// One crate with one kind of journal below its checkpoints.
pub(crate) struct Peer {
    name: &'static str,
    /// As pinned in `Cargo.toml`.
    version: &'static str,
    council: Council,
    /// Whether the file is told to keep a write-ahead log before the crate opens it, which the crate does not do.
    wal: bool,
    /// What `SQLite` is set to while the crate writes.
    settings: &'static str,
}

const PEERS: [Peer; 5] = [
    Peer { name: "cognis-graph", version: "0.3.2", council: cognis::council, wal: false, settings: ROLLBACK },
    Peer { name: "cognis-graph", version: "0.3.2", council: cognis::council, wal: true, settings: WAL },
    Peer { name: "juncture-core", version: "0.4.0", council: juncture::council, wal: false, settings: ROLLBACK },
    Peer { name: "juncture-core", version: "0.4.0", council: juncture::council, wal: true, settings: WAL },
    Peer { name: "lc-langgraph", version: "0.28.0", council: lc::council, wal: false, settings: "WAL, NORMAL" },
];
/// What sqlx leaves as it finds it.
const ROLLBACK: &str = "rollback journal, FULL";
/// The same after `PRAGMA journal_mode = WAL`, which a file remembers.
const WAL: &str = "WAL told beforehand, FULL";

fn main() {
    let options = Options::from_arguments();
    let sizes: &[(usize, usize)] = if options.quick { &[(10, 1)] } else { &[(100, 5), (400, 3), (1_600, 1)] };
    for peer in &PEERS {
        for &(iterations, runs) in sizes {
            measure(peer, iterations, runs, &options);
        }
    }
}

/// What every program runs on: one thread, and those that a crate starts for its database.
fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// The feedback of one iteration: 200 B.
fn feedback() -> std::sync::Arc<str> {
    "f".repeat(measure::FEEDBACK).into()
}

/// Compares a count of the result with what the workload must yield.
fn expect(what: &str, found: usize, expected: usize) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{what}: {found} instead of {expected}")) }
}
