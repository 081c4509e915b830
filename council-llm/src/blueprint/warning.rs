//! The warnings about a blueprint: mistakes with which it can be saved.

use std::collections::{HashMap, HashSet};
use std::fmt;

use council_core::error_chain;

use super::adjacency::Adjacency;
use super::check::{MOST, in_edge, in_node};
use super::condition::DECISIONS;
use super::data::{Agent, Blueprint, BlueprintEdge, EdgeKind};
use super::fault::{PathStep, display};
use crate::models::registry::Models;
use crate::models::spec::ModelSpec;

/// One warning about a blueprint, and its place. It displays as both.
///
/// ```
/// use council_llm::{Blueprint, Environment, Models, PathStep};
///
/// let warnings = Blueprint::new("b1", "Nobody").warnings(&Models::from(Environment::default()));
/// assert_eq!(warnings[0].at, [PathStep::Key("nodes")]);
/// assert_eq!(warnings[0].to_string(), "nodes: there are no nodes, and a run needs at least one");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BlueprintWarning {
    /// The path to the mistake in the blueprint's JSON: `nodes`, 2, `model`.
    pub at: Vec<PathStep>,
    /// The warning.
    pub kind: WarningKind,
}

/// The kind of a warning.
///
/// ```
/// use council_llm::{Blueprint, Environment, Models, WarningKind};
///
/// let warnings = Blueprint::new("b1", "Nobody").warnings(&Models::from(Environment::default()));
/// assert_eq!(warnings[0].kind, WarningKind::NoNodes);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WarningKind {
    /// The blueprint has no agents.
    #[error("there are no nodes, and a run needs at least one")]
    NoNodes,
    /// No edge leads to an agent from the start.
    #[error("no edge leads from the start to node {node:?}: it never runs")]
    Unreachable {
        /// The agent's id.
        node: String,
    },
    /// The model of an agent is unavailable, for example because a key is missing.
    #[error("the model of node {node:?} is not available: {why}")]
    ModelUnavailable {
        /// The agent's id.
        node: String,
        /// The error of the spec, with its sources.
        why: String,
    },
    /// A critic has only conditional edges, and no edge for one of its decisions.
    #[error("node {node:?} has no edge for {decision:?}: the run takes its first edge, to {target:?}")]
    NoEdgeFor {
        /// The critic's id.
        node: String,
        /// The decision.
        decision: &'static str,
        /// The id of the agent to which the first edge leads.
        target: String,
    },
    /// No end can be reached from an agent.
    #[error("no edge leads from node {node:?} to an end: a run goes on until it reaches a limit")]
    Endless {
        /// The agent's id.
        node: String,
    },
    /// A loop contains no critic, so only the limit of calls ends it. At the first of its nodes.
    #[error("{}", open_loop(.nodes, *.calls))]
    OpenLoop {
        /// The ids of its nodes, in the order in which they run.
        nodes: Vec<String>,
        /// How many calls of models a run may make.
        calls: u32,
    },
    /// An edge has a condition that is no decision, so it is never taken for its condition.
    #[error("edge {edge:?} has the condition {condition:?}, and a critic decides \"approve\" or \"rework\"")]
    UnknownCondition {
        /// The id of the edge.
        edge: String,
        /// The condition.
        condition: String,
    },
    /// An edge is conditional, and no agent is a critic.
    #[error("edge {edge:?} is conditional, and no node is a critic that decides")]
    NoCritic {
        /// The edge's id.
        edge: String,
    },
    /// An edge has the ends and the condition of another edge.
    #[error("edge {edge:?} is the same as edge {first:?}")]
    SameEdge {
        /// The second edge's id.
        edge: String,
        /// The first edge's id.
        first: String,
    },
    /// There are more warnings than are listed.
    #[error("and {count} more")]
    More {
        /// The number of the others.
        count: usize,
    },
}

impl WarningKind {
    /// The name of the kind, for programs. It does not change.
    ///
    /// ```
    /// use council_llm::WarningKind;
    ///
    /// assert_eq!(WarningKind::Unreachable { node: "printer".into() }.word(), "unreachable");
    /// ```
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::NoNodes => "no_nodes",
            Self::Unreachable { .. } => "unreachable",
            Self::ModelUnavailable { .. } => "model_unavailable",
            Self::NoEdgeFor { .. } => "no_edge_for",
            Self::Endless { .. } => "endless",
            Self::OpenLoop { .. } => "open_loop",
            Self::UnknownCondition { .. } => "unknown_condition",
            Self::NoCritic { .. } => "no_critic",
            Self::SameEdge { .. } => "same_edge",
            Self::More { .. } => "more",
        }
    }
}

impl Blueprint {
    /// The warnings of a blueprint, in the order of its fields. A blueprint with warnings can be saved. If its models are available, it can
    /// also be run.
    ///
    /// A list has at most 100 warnings. If there are more, the last item is [`WarningKind::More`] with the number of the others.
    ///
    /// ```
    /// use council_llm::{Blueprint, Environment, Models};
    ///
    /// let blueprint: Blueprint = serde_json::from_str(r#"{
    ///     "version": 2, "id": "b1", "name": "Two", "start": "author",
    ///     "nodes": [
    ///         {"id": "author", "label": "Author", "role": "agent", "model": "rehearsal"},
    ///         {"id": "printer", "label": "Printer", "role": "agent", "model": "rehearsal"}
    ///     ]
    /// }"#)?;
    /// let warnings = blueprint.warnings(&Models::from(Environment::default()));
    /// let warnings: Vec<_> = warnings.iter().map(ToString::to_string).collect();
    /// assert_eq!(warnings, [r#"nodes/1: no edge leads from the start to node "printer": it never runs"#]);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn warnings(&self, models: &Models) -> Vec<BlueprintWarning> {
        let mut warnings = Warnings::default();
        if self.nodes.is_empty() {
            warnings.add([PathStep::Key("nodes")], WarningKind::NoNodes);
        }
        warnings.of_nodes(self, models);
        warnings.of_edges(self);
        warnings.into_list()
    }
}

/// The warnings found so far: the first [`MOST`] of them, and the number of the others.
#[derive(Default)]
struct Warnings {
    first: Vec<BlueprintWarning>,
    more: usize,
}

impl Warnings {
    fn add(&mut self, at: impl Into<Vec<PathStep>>, kind: WarningKind) {
        if self.first.len() < MOST {
            self.first.push(BlueprintWarning { at: at.into(), kind });
        } else {
            self.more += 1;
        }
    }

    fn into_list(mut self) -> Vec<BlueprintWarning> {
        if self.more > 0 {
            self.first.push(BlueprintWarning { at: Vec::new(), kind: WarningKind::More { count: self.more } });
        }
        self.first
    }

    fn of_nodes(&mut self, blueprint: &Blueprint, models: &Models) {
        let adjacency = Adjacency::of(blueprint);
        let (reached, ending) = (adjacency.reached(), adjacency.ending());
        if let Some(places) = adjacency.open_loop(blueprint) {
            let nodes = places.iter().map(|place| blueprint.nodes[*place].id.clone()).collect();
            self.add(node_at(places[0]), WarningKind::OpenLoop { nodes, calls: blueprint.call_limit(models) });
        }
        let endless = reached.iter().zip(&ending).position(|(is_reached, is_ending)| *is_reached && !is_ending);
        for (place, agent) in blueprint.nodes.iter().enumerate() {
            let node = || agent.id.clone();
            let model = agent.model.parse::<ModelSpec>().ok().map(|spec| models.model(&spec));
            if let Some(Err(error)) = model {
                let kind = WarningKind::ModelUnavailable { node: node(), why: error_chain(&error) };
                self.add(in_node(place, "model"), kind);
            }
            if adjacency.entry().is_some() && !reached[place] {
                self.add(node_at(place), WarningKind::Unreachable { node: node() });
            }
            if endless == Some(place) {
                self.add(node_at(place), WarningKind::Endless { node: node() });
            }
            if agent.is_critic() {
                self.of_critic(place, blueprint, &adjacency);
            }
        }
    }

    /// Warns of decisions without an edge: the run takes the first edge on them.
    fn of_critic(&mut self, place: usize, blueprint: &Blueprint, adjacency: &Adjacency<'_>) {
        let leaving = adjacency.leaving(place);
        let Some(first) = leaving.first() else { return };
        let conditions: Option<HashSet<_>> = leaving.iter().map(|way| way.condition).collect();
        let id = |place: usize| blueprint.nodes[place].id.clone();
        for decision in DECISIONS {
            if conditions.as_ref().is_some_and(|conditions| !conditions.contains(decision)) {
                let kind = WarningKind::NoEdgeFor { node: id(place), decision, target: id(first.target) };
                self.add(node_at(place), kind);
            }
        }
    }

    fn of_edges(&mut self, blueprint: &Blueprint) {
        let has_critic = blueprint.nodes.iter().any(Agent::is_critic);
        let mut first: HashMap<_, &BlueprintEdge> = HashMap::new();
        for (place, edge) in blueprint.edges.iter().enumerate() {
            let at = || vec![PathStep::Key("edges"), PathStep::Index(place)];
            if edge.kind == EdgeKind::Conditional && !has_critic {
                self.add(in_edge(place, "condition"), WarningKind::NoCritic { edge: edge.id.clone() });
            }
            let condition = edge.condition.as_ref().filter(|_| edge.kind == EdgeKind::Conditional);
            if let Some(condition) = condition.filter(|condition| !DECISIONS.contains(&condition.as_str())) {
                let kind = WarningKind::UnknownCondition { edge: edge.id.clone(), condition: condition.clone() };
                self.add(in_edge(place, "condition"), kind);
            }
            let first = *first.entry((&edge.source, &edge.target, condition)).or_insert(edge);
            if !std::ptr::eq(first, edge) {
                self.add(at(), WarningKind::SameEdge { edge: edge.id.clone(), first: first.id.clone() });
            }
        }
    }
}

impl fmt::Display for BlueprintWarning {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        display(formatter, &self.at, &self.kind)
    }
}

/// The warning of a loop without a critic.
fn open_loop(nodes: &[String], calls: u32) -> String {
    let nodes = nodes.iter().map(|node| format!("{node:?}")).collect::<Vec<_>>().join(", ");
    format!(
        "no critic closes the loop of {nodes}: a run repeats it until it has made {calls} calls of models, and then fails with its last draft"
    )
}

fn node_at(place: usize) -> [PathStep; 2] {
    [PathStep::Key("nodes"), PathStep::Index(place)]
}
