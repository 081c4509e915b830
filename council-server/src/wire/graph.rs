//! The picture of a council: a drawing of its graph, with who plays what.

use council_core::{Drawing, EdgeKind, Link, Shape, ShapeKind};
use council_llm::{AgentRole, Blueprint, CRITIC, DEFAULT_THRESHOLD, Decision, MASTER, WRITER};
use serde::Serialize;
use utoipa::ToSchema;

/// A graph as a client draws it.
#[derive(Serialize, ToSchema)]
pub(crate) struct GraphJson {
    name: String,
    nodes: Vec<GraphNode>,
    edges: Vec<GraphEdge>,
    #[serde(skip)]
    mermaid: String,
}

/// A node of a graph as a client draws it.
#[derive(Serialize, ToSchema)]
struct GraphNode {
    /// What edges call it.
    id: String,
    /// What a person reads.
    label: String,
    #[schema(value_type = String, examples("start", "node", "end"))]
    kind: ShapeKind,
    /// Which model plays it, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    /// What an agent does.
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<AgentRole>,
    /// The score from which a critic approves.
    #[serde(skip_serializing_if = "Option::is_none")]
    threshold: Option<f64>,
}

/// What leads from one node to another.
#[derive(Serialize, ToSchema)]
struct GraphEdge {
    source: String,
    target: String,
    #[schema(value_type = String, examples("edge", "route", "visit_limit"))]
    kind: EdgeKind,
    /// What a person reads on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    /// The decisions of a critic on which it is taken: `approve`, `rework`. Without any it does not depend on one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    conditions: Vec<String>,
    /// The number of visits of its source after which it is taken, where its kind is `visit_limit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    visit_limit: Option<u32>,
}

impl GraphJson {
    /// The built-in council, whose critic approves from this score.
    pub(crate) fn of_council(picture: Drawing, threshold: f64, model: impl Fn(&str) -> Option<String>) -> Self {
        let about = |shape: &Shape| {
            let role = if shape.id == CRITIC { AgentRole::Critic } else { AgentRole::Agent };
            About { model: model(&shape.id), role, threshold }
        };
        let conditions = |link: &Link| match (&*link.source, &*link.target) {
            (CRITIC, MASTER) => vec![Decision::Rework.word().to_owned()],
            (CRITIC, WRITER) => vec![Decision::Approve.word().to_owned()],
            _ => Vec::new(),
        };
        Self::new(picture, |shape| Some(about(shape)), conditions)
    }

    /// The graph of a blueprint, with the names that people gave the agents.
    pub(crate) fn of_blueprint(mut picture: Drawing, blueprint: &Blueprint) -> Self {
        let agent = |id: &str| blueprint.nodes.iter().find(|agent| agent.id == id);
        for shape in &mut picture.nodes {
            if let Some(agent) = agent(&shape.id) {
                shape.label.clone_from(&agent.label);
            }
        }
        picture.name.clone_from(&blueprint.name);
        let about = |shape: &Shape| {
            let agent = agent(&shape.id)?;
            let role = if agent.is_critic() { AgentRole::Critic } else { AgentRole::Agent };
            Some(About { model: Some(agent.model.clone()), role, threshold: DEFAULT_THRESHOLD })
        };
        let conditions = |link: &Link| {
            let edges = blueprint.edges.iter().filter(|edge| edge.source == link.source && edge.target == link.target);
            let conditional = edges.filter(|edge| edge.kind == council_llm::EdgeKind::Conditional);
            conditional.filter_map(|edge| edge.condition.clone()).collect()
        };
        Self::new(picture, about, conditions)
    }

    fn new(
        picture: Drawing,
        about: impl Fn(&Shape) -> Option<About>,
        conditions: impl Fn(&Link) -> Vec<String>,
    ) -> Self {
        let mermaid = picture.mermaid();
        let Drawing { name, nodes, edges } = picture;
        let nodes = nodes.into_iter().map(|shape| {
            let is_agent = !shape.id.starts_with("__");
            let about = if is_agent { about(&shape) } else { None };
            let role = about.as_ref().map(|about| about.role);
            let threshold = about.as_ref().filter(|about| about.role == AgentRole::Critic).map(|about| about.threshold);
            let Shape { id, label, kind, .. } = shape;
            GraphNode { id, label, kind, model: about.and_then(|about| about.model), role, threshold }
        });
        let edges = edges.into_iter().map(|link| {
            let conditions = conditions(&link);
            let Link { source, target, kind, label, visit_limit, .. } = link;
            GraphEdge { source, target, kind, label, conditions, visit_limit }
        });
        Self { name, nodes: nodes.collect(), edges: edges.collect(), mermaid }
    }

    /// The same as text for a Mermaid renderer.
    pub(crate) fn into_mermaid(self) -> String {
        self.mermaid
    }
}

/// An agent of a graph.
struct About {
    model: Option<String>,
    role: AgentRole,
    /// The score from which it approves, if it is a critic.
    threshold: f64,
}
