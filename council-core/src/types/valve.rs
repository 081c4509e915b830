//! Valves: rules that end a loop.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A valve that sent the run to another node.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// let mut graph = StateGraph::<Essay>::new("essay");
/// let write = graph.node("write", write);
/// graph.start(write).edge(write, write).visit_limit(write, 1, NodeId::END);
/// let graph = graph.compile()?;
/// let mut position = plan::begin(&graph, Essay::default());
/// plan::fold(&graph, &mut position, Record::TaskDone { task: 0, update: Essay::update(), goto: None })?;
/// plan::advance(&graph, &Limits::default(), &mut position);
/// assert_eq!(position.opened_valves()[0].valve.to_string(), "write has had its 1 visits");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OpenedValve {
    /// The valve.
    pub valve: Valve,
    /// The next node instead; `None` is the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Arc<str>>,
}

/// A rule that ends a loop.
///
/// ```
/// use council_core::Valve;
///
/// let valve = Valve::Visits { node: "write".into(), visits: 3 };
/// assert_eq!(valve.to_string(), "write has had its 3 visits");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Valve {
    /// A node has reached its visit limit.
    Visits {
        /// The node.
        node: Arc<str>,
        /// The limit.
        visits: u32,
    },
    /// A guard on the state.
    Guard {
        /// The name of the guard.
        name: Arc<str>,
    },
}

impl fmt::Display for Valve {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Visits { node, visits } => write!(formatter, "{node} has had its {visits} visits"),
            Self::Guard { name } => write!(formatter, "the guard `{name}`"),
        }
    }
}
