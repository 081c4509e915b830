//! The cost of a superstep: council's engine beside a hand-written loop over boxed async functions, in one run.
//!
//! Both sides run in turn, A B A B, on one thread; the table gives medians. Allocations are counted in a run of their own.

#![allow(clippy::cast_precision_loss, reason = "figures for people")]

mod hand;
mod harness;
mod programs;

use harness::{Row, Table};

fn main() {
    let quick = std::env::args().any(|argument| argument == "--test");
    let mut table = Table::new(quick);
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
    for iterations in [100, 1_000] {
        let steps = 2 * iterations + 1;
        let row = Row::new(format!("council, {iterations} iterations, observed, per superstep"), steps);
        table.measure(row, programs::council_observed(iterations), hand::council(iterations));
    }
    table.print();
    println!("\nclones of the state in a run: {}", programs::clones_of_the_state());
}
