//! Rules that end a loop, and where they led when they opened.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A valve that sent the run elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenedValve {
    /// Which.
    pub valve: Valve,
    /// Where the run goes instead; `None` is the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Arc<str>>,
}

/// A rule that ends a loop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Valve {
    /// A node had its visits.
    Visits {
        /// The node.
        node: Arc<str>,
        /// How many it was allowed.
        visits: u32,
    },
    /// A guard on the state.
    Guard {
        /// What the graph calls it.
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
