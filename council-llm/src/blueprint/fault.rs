//! The faults of a blueprint, and the error of a blueprint that cannot run.

use std::fmt;

use serde::Serialize;

use super::migration_report::VERSION;

/// One fault of a blueprint, and its place. It displays as both.
///
/// ```
/// use council_llm::{Blueprint, FaultKind, PathStep};
///
/// let fault = &Blueprint::new("b1", "").faults()[0];
/// assert_eq!((fault.at.as_slice(), &fault.kind), ([PathStep::Key("name")].as_slice(), &FaultKind::NameEmpty));
/// assert_eq!(fault.to_string(), "name: the name is empty");
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct BlueprintFault {
    /// The path to the fault in the blueprint's JSON: `nodes`, 2, `id`.
    pub at: Vec<PathStep>,
    /// The fault.
    pub kind: FaultKind,
}

/// A step of a path into JSON: a key of an object, or an index of a list, from 0. JSON has no third kind of step. It serializes as the
/// bare key or index.
///
/// ```
/// use council_llm::PathStep;
///
/// let at = [PathStep::Key("nodes"), PathStep::Index(2), PathStep::Key("id")];
/// assert_eq!(serde_json::to_string(&at)?, r#"["nodes",2,"id"]"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum PathStep {
    /// The key of an object.
    Key(&'static str),
    /// The index in a list, from 0.
    Index(usize),
}

/// The kind of a fault.
///
/// ```
/// use council_llm::{Agent, AgentRole, Blueprint, FaultKind};
///
/// let hot = Agent::new("author", AgentRole::Agent, "rehearsal").temperature(3.0);
/// let faults = Blueprint::new("b1", "Hot").agent(hot).faults();
/// assert!(matches!(&faults[0].kind, FaultKind::Temperature { node, found } if node == "author" && *found == 3.0));
/// ```
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FaultKind {
    /// The version is unknown, or it is 1 and the blueprint was not [migrated](crate::Blueprint::migrate).
    #[error("{}", version(*.found))]
    Version {
        /// The version.
        found: u32,
    },
    /// The blueprint has no name.
    #[error("the name is empty")]
    NameEmpty,
    /// The blueprint's name is too long.
    #[error("the name has {length} characters, and may have {LONGEST_NAME}")]
    NameTooLong {
        /// The number of its characters.
        length: usize,
    },
    /// The limit of calls is 0.
    #[error("the limit of calls is 0, and a run needs at least 1")]
    NoCalls,
    /// The blueprint has no nodes.
    #[error("it has no nodes")]
    NoNodes,
    /// The blueprint has too many nodes.
    #[error("it has {count} nodes, and may have {MOST_NODES}: make several blueprints of it")]
    TooManyNodes {
        /// The number of nodes.
        count: usize,
    },
    /// The blueprint has too many edges.
    #[error("it has {count} edges, and may have {MOST_EDGES}: make several blueprints of it")]
    TooManyEdges {
        /// The number of edges.
        count: usize,
    },
    /// An agent has no role.
    #[error("node {node:?} has no role: give it \"agent\" or \"critic\"")]
    NoRole {
        /// The agent's id.
        node: String,
    },
    /// The blueprint has no start.
    #[error("the start is missing: name the node that runs first")]
    NoStart,
    /// No agent has the id of the start.
    #[error("the start is {node:?}, and no node has that id")]
    StartUnknown {
        /// The id of the start.
        node: String,
    },
    /// An agent has no id.
    #[error("node number {} has an empty id", place + 1)]
    EmptyId {
        /// The agent's index, from 0.
        place: usize,
    },
    /// An agent has an id that is reserved for the graph.
    #[error("the id {id:?} is reserved for the graph; give the node another id")]
    ReservedId {
        /// The id.
        id: String,
    },
    /// Two agents have the same id.
    #[error("node number {} has the id {id:?}, which node number {} has already", place + 1, first + 1)]
    NodeTwice {
        /// The id.
        id: String,
        /// The second agent's index, from 0.
        place: usize,
        /// The first agent's index.
        first: usize,
    },
    /// The model of an agent is unknown or unavailable.
    #[error("node {node:?} has no usable model: {why}")]
    Model {
        /// The agent's id.
        node: String,
        /// The error of the spec, with its sources.
        why: String,
    },
    /// An agent's temperature is out of range.
    #[error("node {node:?} has the temperature {found}, which is not between 0 and 2")]
    Temperature {
        /// The agent's id.
        node: String,
        /// The temperature.
        found: f32,
    },
    /// The answer of an agent is limited to 0 tokens.
    #[error("node {node:?} has a limit of 0 tokens, and needs at least 1")]
    NoTokens {
        /// The agent's id.
        node: String,
    },
    /// The limit of an agent's answer is too high.
    #[error("node {node:?} has a limit of {found} tokens, and may have {MOST_TOKENS}")]
    TooManyTokens {
        /// The agent's id.
        node: String,
        /// The limit, in tokens.
        found: u32,
    },
    /// An agent is too far away in the editor.
    #[error("node {node:?} has the position {axis} = {found:?}, which is not between -{FARTHEST} and {FARTHEST}")]
    Position {
        /// The agent's id.
        node: String,
        /// The name of the coordinate in the JSON.
        axis: &'static str,
        /// The coordinate, in pixels.
        found: f64,
    },
    /// A time limit of an agent is 0.
    #[error("node {node:?} has the time limit {limit} of 0 seconds: give it a time above 0")]
    NoTime {
        /// The agent's id.
        node: String,
        /// The name of the limit in the JSON.
        limit: &'static str,
    },
    /// Two edges have the same id.
    #[error("edge number {} has the id {id:?}, which edge number {} has already", place + 1, first + 1)]
    EdgeTwice {
        /// The id.
        id: String,
        /// The second edge's index, from 0.
        place: usize,
        /// The first edge's index.
        first: usize,
    },
    /// No agent has the id of an edge's source.
    #[error("edge {edge:?} leaves {node:?}, and no node has that id")]
    FromNowhere {
        /// The edge's id.
        edge: String,
        /// The id of the source.
        node: String,
    },
    /// No agent has the id of an edge's target.
    #[error("edge {edge:?} leads to {node:?}, and no node has that id")]
    ToNowhere {
        /// The edge's id.
        edge: String,
        /// The id of the target.
        node: String,
    },
    /// There are more faults than are listed.
    #[error("and {count} more")]
    More {
        /// The number of the others.
        count: usize,
    },
    /// A conditional edge has no condition.
    #[error("edge {edge:?} is conditional and has no condition: give it \"approve\" or \"rework\"")]
    NoCondition {
        /// The edge's id.
        edge: String,
    },
}

impl fmt::Display for BlueprintFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        display(formatter, &self.at, &self.kind)
    }
}

/// Writes a path into JSON and what is there: `nodes/2/id: ...`. An empty path is left out.
pub(super) fn display(formatter: &mut fmt::Formatter<'_>, at: &[PathStep], kind: &dyn fmt::Display) -> fmt::Result {
    for (number, step) in at.iter().enumerate() {
        let separator = if number == 0 { "" } else { "/" };
        match step {
            PathStep::Key(key) => write!(formatter, "{separator}{key}")?,
            PathStep::Index(place) => write!(formatter, "{separator}{place}")?,
        }
    }
    let separator = if at.is_empty() { "" } else { ": " };
    write!(formatter, "{separator}{kind}")
}

/// Why a blueprint cannot run.
///
/// ```
/// use council_llm::{Blueprint, BlueprintError, Environment, FaultKind, Models};
///
/// let blueprint: Blueprint = serde_json::from_str(r#"{"id": "b1", "name": "Empty", "nodes": []}"#)?;
/// let error = blueprint.graph(&Models::from(Environment::default())).unwrap_err();
/// let BlueprintError::Faults { faults, .. } = error else { panic!("{error}") };
/// assert!(matches!(faults[0].kind, FaultKind::NoNodes));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum BlueprintError {
    /// The blueprint has faults: the faults of [`Blueprint::faults`](crate::Blueprint::faults), no nodes, or unavailable models.
    #[error("blueprint {blueprint:?} cannot run{}", listed(.faults))]
    #[non_exhaustive]
    Faults {
        /// The name of the blueprint.
        blueprint: String,
        /// The faults, at most 101.
        faults: Vec<BlueprintFault>,
    },
    /// The graph has a fault.
    #[error(transparent)]
    Graph(#[from] council_core::BuildError),
}

/// The same as `Display`, because a `main` that returns the error prints its `Debug` form.
impl fmt::Debug for BlueprintError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

fn version(found: u32) -> String {
    match found {
        1 => format!("the version is 1, which has to be migrated to {VERSION}"),
        _ => format!("the version is {found}, and only 1 and {VERSION} can be read"),
    }
}

fn listed(faults: &[BlueprintFault]) -> String {
    match faults {
        [fault] => format!(": {}", fault.kind),
        faults => {
            let lines: Vec<_> = faults.iter().map(|fault| format!("\n  - {}", fault.kind)).collect();
            format!(", {} faults:{}", faults.iter().map(number_of_faults).sum::<usize>(), lines.concat())
        }
    }
}

fn number_of_faults(fault: &BlueprintFault) -> usize {
    if let FaultKind::More { count } = fault.kind { count } else { 1 }
}

/// How many characters a blueprint's name may have.
pub(super) const LONGEST_NAME: usize = 255;
/// How many nodes a blueprint may have.
pub(super) const MOST_NODES: usize = 200;
/// How many edges a blueprint may have.
pub(super) const MOST_EDGES: usize = 1_000;
/// The highest limit of an answer, in tokens.
pub(super) const MOST_TOKENS: u32 = 10_000_000;
/// The farthest position of an agent in the editor, in pixels.
pub(super) const FARTHEST: f64 = 100_000.0;
