//! The cost of storing a run, beside hand-written SQLite and a plain file on the same disk.
//!
//! `--dir PATH` names the directory, else it is the system's for temporary files; its file system is printed, because one in
//! memory makes every figure worthless. `--only TEXT` measures the rows whose name has the text in it. `--json` prints a line per
//! figure for `benches/durable.sh`, `--test` runs everything once with a small council.

#![allow(clippy::cast_precision_loss, reason = "figures for people")]

mod hand;
mod harness;
mod ours;
mod shipped;

use council_core::stored::Durability;
use harness::{Options, Row, Table};

fn main() {
    let options = Options::from_arguments();
    let mut table = Table::new(&options);
    let (councils, records): (&[usize], usize) =
        if options.quick { (&[10], 1_000) } else { (&[100, 400, 1_600], 100_000) };
    for &iterations in councils {
        table.measure(
            Row::council(iterations),
            vec![
                hand::council(iterations),
                hand::file(iterations),
                ours::council(iterations, Durability::Sync),
                ours::council(iterations, Durability::Async),
                ours::council(iterations, Durability::Exit),
            ],
        );
    }
    for iterations in if options.quick { vec![2] } else { vec![5, 20, 50] } {
        let row = Row::shipped(iterations, shipped::written(iterations));
        table.measure(row, vec![shipped::on_disk(iterations), shipped::records(iterations)]);
    }
    let (runs, iterations) = if options.quick { (4, 2) } else { (200, 10) };
    let alone = if options.quick { 8 } else { 400 };
    table.measure(Row::appends("1 run alone", 2 * alone + 1), vec![ours::many(1, alone)]);
    table.measure(Row::appends("200 runs at once", runs * (2 * iterations + 1)), vec![ours::many(runs, iterations)]);
    let iterations = if options.quick { 10 } else { 1_000 };
    table.measure(Row::in_memory(iterations), vec![ours::unkept(iterations), ours::remembered(iterations)]);
    for items in if options.quick { vec![50] } else { vec![500, 5_000] } {
        table.measure(Row::wide("questions", "question", items), vec![ours::questions(items)]);
        table.measure(Row::wide("once blocks", "block", items), vec![ours::once_blocks(items)]);
    }
    table.measure(Row::resume(records), vec![hand::resume(records), ours::resume(records)]);
    table.print();
}
