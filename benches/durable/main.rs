//! What it costs to keep a run: SQLite by hand, and a plain file below it, on the disk of one directory.
//!
//! `--dir PATH` names the directory, else it is the system's for temporary files; its file system is printed, because one in
//! memory makes every figure worthless. `--json` prints a line per figure for `benches/durable.sh`, `--test` runs everything
//! once with a small council.

#![allow(clippy::cast_precision_loss, reason = "figures for people")]

mod hand;
mod harness;

use harness::{Options, Row, Table};

fn main() {
    let options = Options::from_arguments();
    let mut table = Table::new(&options);
    let (councils, records): (&[usize], usize) =
        if options.quick { (&[10], 1_000) } else { (&[100, 400, 1_600], 100_000) };
    for &iterations in councils {
        table.measure(
            Row::council(iterations),
            vec![("hand-written", hand::council(iterations)), ("plain file", hand::file(iterations))],
        );
    }
    table.measure(Row::resume(records), vec![("hand-written", hand::resume(records))]);
    table.print();
}
