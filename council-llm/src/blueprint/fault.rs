//! What can be wrong with a blueprint, and why it cannot run.

use std::fmt;

use serde::Serialize;

use super::migration_report::VERSION;

/// One thing that is wrong with a blueprint, and where. It displays as both.
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
    /// The way to it in the blueprint's JSON: `nodes`, 2, `id`.
    pub at: Vec<PathStep>,
    /// What it is.
    pub kind: FaultKind,
}

/// A step into JSON: the key of an object, or the place in a list, from 0. It serializes as that alone.
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
    /// Into an object.
    Key(&'static str),
    /// Into a list.
    Index(usize),
}

/// What can be wrong with a blueprint.
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
    /// A version that is not known, or a blueprint of version 1 that was made by hand and not [migrated](crate::Blueprint::migrate).
    #[error("{}", version(*.found))]
    Version {
        /// What it says.
        found: u32,
    },
    /// The blueprint has no name.
    #[error("the name is empty")]
    NameEmpty,
    /// The blueprint's name is too long.
    #[error("the name has {length} characters, and may have {LONGEST_NAME}")]
    NameTooLong {
        /// How many it has.
        length: usize,
    },
    /// The blueprint has no nodes.
    #[error("it has no nodes")]
    NoNodes,
    /// An agent says not what it does.
    #[error("node {node:?} has no role: give it \"agent\" or \"critic\"")]
    NoRole {
        /// The agent's id.
        node: String,
    },
    /// The blueprint does not say which agent runs first.
    #[error("the start is missing: name the node that runs first")]
    NoStart,
    /// The blueprint starts with no agent.
    #[error("the start is {node:?}, and no node has that id")]
    StartUnknown {
        /// What it names.
        node: String,
    },
    /// An agent has no id.
    #[error("node number {} has an empty id", place + 1)]
    EmptyId {
        /// The agent's place, from 0.
        place: usize,
    },
    /// An agent has an id that the graph needs for itself.
    #[error("the id {id:?} is the graph's own; give the node another")]
    ReservedId {
        /// The id.
        id: String,
    },
    /// Two agents have the same id.
    #[error("node number {} has the id {id:?}, which node number {} has already", place + 1, first + 1)]
    NodeTwice {
        /// The id.
        id: String,
        /// The second agent's place, from 0.
        place: usize,
        /// The first one's.
        first: usize,
    },
    /// An agent's model is unknown or unavailable.
    #[error("node {node:?} cannot have its model: {why}")]
    Model {
        /// The agent's id.
        node: String,
        /// The error of its spec, with its causes.
        why: String,
    },
    /// An agent's temperature is out of range.
    #[error("node {node:?} has the temperature {found}, which is none from 0 to 2")]
    Temperature {
        /// The agent's id.
        node: String,
        /// What it says.
        found: f32,
    },
    /// An agent may not answer anything.
    #[error("node {node:?} may answer with 0 tokens, and needs at least 1")]
    NoTokens {
        /// The agent's id.
        node: String,
    },
    /// Two edges have the same id.
    #[error("edge number {} has the id {id:?}, which edge number {} has already", place + 1, first + 1)]
    EdgeTwice {
        /// The id.
        id: String,
        /// The second edge's place, from 0.
        place: usize,
        /// The first one's.
        first: usize,
    },
    /// An edge leaves no agent.
    #[error("edge {edge:?} leaves {node:?}, and no node has that id")]
    FromNowhere {
        /// The edge's id.
        edge: String,
        /// What it leaves.
        node: String,
    },
    /// An edge leads to no agent.
    #[error("edge {edge:?} leads to {node:?}, and no node has that id")]
    ToNowhere {
        /// The edge's id.
        edge: String,
        /// What it leads to.
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
        /// Its name.
        blueprint: String,
        /// All of them.
        faults: Vec<BlueprintFault>,
    },
    /// The graph has a fault.
    #[error(transparent)]
    Graph(#[from] council_core::BuildError),
}

/// The same words as `Display`: it is what a `main` that returns the error prints.
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
            format!(", {} faults:{}", faults.iter().map(number).sum::<usize>(), lines.concat())
        }
    }
}

/// The number of faults that an item of the list stands for.
fn number(fault: &BlueprintFault) -> usize {
    if let FaultKind::More { count } = fault.kind { count } else { 1 }
}

/// How many characters a blueprint's name may have.
pub(super) const LONGEST_NAME: usize = 255;
