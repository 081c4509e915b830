//! This engine's side of the comparison: prints one JSON line per workload, as the other sides do.
//!
//! `benches/compare.sh` runs all sides and makes the table.

#![allow(clippy::cast_precision_loss, reason = "figures for people")]

mod chain;
mod council;
mod fan;
mod measure;
mod subgraph;
mod tools;
mod wide;

use std::process::ExitCode;

use council_core::{Graph, Limits, State};
use measure::{Program, Side};

fn main() -> ExitCode {
    let side = Side::new("council", env!("CARGO_PKG_VERSION"));
    let mut right = true;
    for nodes in [10, 1_000, 3_000] {
        right &= side.measure(&format!("chain {nodes}"), "superstep", nodes, chain::chain(nodes));
    }
    for iterations in [10, 100, 1_000] {
        let steps = 2 * iterations + 1;
        right &= side.measure(&format!("council {iterations}"), "superstep", steps, council::council(iterations));
    }
    for branches in [100, 1_000] {
        right &= side.measure(&format!("fan {branches}"), "branch", branches, fan::static_edges(branches));
    }
    for branches in [100, 1_000] {
        right &= side.measure(&format!("fan {branches} sent"), "branch", branches, fan::sent_items(branches));
    }
    for subjects in [10, 100] {
        right &= side.measure(&format!("subgraph {subjects}"), "run", 1, subgraph::subgraph(subjects));
    }
    for calls in [10, 100] {
        right &= side.measure(&format!("tools {calls}"), "run", 1, tools::tools(calls));
    }
    right &= side.measure("wide 300", "run", 1, wide::wide(300));
    if right { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs a graph to its end on one thread, without a journal, and checks the last state.
fn program<S: State<Deps = ()>>(
    graph: Graph<S>,
    input: impl Fn() -> S + 'static,
    check: impl Fn(&S) -> Result<(), String> + 'static,
) -> Program {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    Box::new(move || {
        let run = graph.run(input()).limits(UNLIMITED);
        let outcome = runtime.block_on(run.into_future()).map_err(|error| error.to_string())?;
        check(outcome.state())
    })
}

const UNLIMITED: Limits = Limits { supersteps: u64::MAX, wall_clock: None, superstep_time: None, concurrency: None };
