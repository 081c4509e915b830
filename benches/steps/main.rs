//! The cost of a superstep: the engine beside a hand-written loop over boxed async functions, and with and without events.
//!
//! Both sides run in turn, A B A B, on one thread; the table has medians. Allocations are counted in a separate run.

#![allow(clippy::cast_precision_loss, reason = "figures for people")]

mod hand;
mod harness;
mod programs;

use harness::{Row, Table};

fn main() {
    let quick = std::env::args().any(|argument| argument == "--test");
    let mut table = Table::new(["council", "hand-written"], quick);
    for nodes in [10, 1_000, 3_000] {
        table.measure(
            Row::new(format!("chain of {nodes}, per superstep"), nodes),
            programs::chain(nodes),
            hand::chain(nodes),
        );
    }
    for iterations in [10, 100, 1_000] {
        let steps = 2 * iterations + 1;
        let row = Row::new(format!("council, {iterations} iterations, per superstep"), steps);
        table.measure(row, programs::council(iterations), hand::council(iterations));
    }
    for branches in [100, 1_000] {
        let row = Row::new(format!("fan-out to {branches} and a join, per branch"), branches);
        table.measure(row, programs::fan(branches), hand::fan(branches));
    }
    for branches in [100, 1_000] {
        let row = Row::new(format!("fan-out of {branches} items, per item"), branches);
        table.measure(row, programs::fan_of_items(branches), hand::fan(branches));
    }
    table.print();

    let mut events = Table::new(["events on", "events off"], quick);
    for iterations in [100, 1_000] {
        let steps = 2 * iterations + 1;
        let row = |mode: &str| Row::new(format!("council, {iterations} iterations, {mode}, per superstep"), steps);
        events.measure(row("observed"), programs::council_observed(iterations), programs::council(iterations));
        events.measure(row("drained"), programs::council_drained(iterations), programs::council(iterations));
    }
    println!();
    events.print();
    println!("\nclones of the state in a run: {}", programs::clones_of_the_state());
}
