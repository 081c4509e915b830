//! The workloads of the comparison on published Rust crates that follow LangGraph: prints one JSON line per workload.

mod cognis;
mod graph_flow;
mod juncture;
#[path = "../../council/measure.rs"]
mod measure;
mod messages;
mod rust_langgraph;

use measure::{Program, Side};
use tokio::runtime::Runtime;

/// The workloads on one crate.
struct Peer {
    name: &'static str,
    /// As pinned in `Cargo.toml`.
    version: &'static str,
    chain: fn(usize) -> Program,
    council: fn(usize) -> Program,
    fan: fn(usize) -> Program,
}

const PEERS: [Peer; 4] = [
    Peer {
        name: "graph-flow",
        version: "0.8.1",
        chain: graph_flow::chain,
        council: graph_flow::council,
        fan: graph_flow::fan,
    },
    Peer { name: "cognis-graph", version: "0.3.2", chain: cognis::chain, council: cognis::council, fan: cognis::fan },
    Peer {
        name: "juncture-core",
        version: "0.4.0",
        chain: juncture::chain,
        council: juncture::council,
        fan: juncture::fan,
    },
    Peer {
        name: "rust-langgraph",
        version: "0.1.1",
        chain: rust_langgraph::chain,
        council: rust_langgraph::council,
        fan: rust_langgraph::fan,
    },
];

fn main() {
    for Peer { name, version, chain, council, fan } in PEERS {
        let side = Side::new(name, version);
        for nodes in [10, 1_000, 3_000] {
            side.measure(&format!("chain {nodes}"), "superstep", nodes, chain(nodes));
        }
        for iterations in [10, 100, 1_000] {
            let steps = 2 * iterations + 1;
            side.measure(&format!("council {iterations}"), "superstep", steps, council(iterations));
        }
        for branches in [100, 1_000] {
            side.measure(&format!("fan {branches}"), "branch", branches, fan(branches));
        }
    }
}

/// The runtime of every program: one thread.
fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}
