//! Graph of a council as JSON: nodes with their models and roles, and edges.

use council_core::{Drawing, Link, LinkKind, Shape, ShapeKind};
use council_llm::{AgentRole, Blueprint, CRITIC, Decision, EdgeKind, MASTER, THRESHOLD, WRITER};
use serde::Serialize;
use utoipa::ToSchema;

use super::model_name::without_timeouts;

/// A graph, for a client to draw.
#[derive(Serialize, ToSchema)]
pub(crate) struct GraphJson {
    name: String,
    nodes: Vec<GraphNode>,
    edges: Vec<GraphEdge>,
    #[serde(skip)]
    mermaid: String,
}

/// A node of a graph.
#[derive(Serialize, ToSchema)]
struct GraphNode {
    /// The name that edges refer to.
    id: String,
    /// The name for people.
    label: String,
    #[schema(value_type = String, examples("start", "node", "end"))]
    kind: ShapeKind,
    /// The model of the agent, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    /// The role of the agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<AgentRole>,
    /// The score from which a critic approves.
    #[serde(skip_serializing_if = "Option::is_none")]
    threshold: Option<f64>,
}

/// An edge of a graph.
#[derive(Serialize, ToSchema)]
struct GraphEdge {
    source: String,
    target: String,
    #[schema(value_type = String, examples("edge", "route", "visit_limit"))]
    kind: LinkKind,
    /// The text on the edge.
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    /// The decisions of a critic on which the edge is taken: `approve`, `rework`. An empty list: on any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    conditions: Vec<String>,
    /// The number of visits of the source after which the edge is taken; only for the kind `visit_limit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    visit_limit: Option<u32>,
}

impl GraphJson {
    /// The graph of the built-in council.
    pub(crate) fn of_council(drawing: Drawing, model: impl Fn(&str) -> Option<String>) -> Self {
        let conditions = |link: &Link| match (&*link.source, &*link.target) {
            (CRITIC, MASTER) => vec![Decision::Rework.word().to_owned()],
            (CRITIC, WRITER) => vec![Decision::Approve.word().to_owned()],
            _ => Vec::new(),
        };
        Self::new(drawing, model, conditions)
    }

    /// The graph of a blueprint, with the labels of its agents.
    pub(crate) fn of_blueprint(mut drawing: Drawing, blueprint: &Blueprint) -> Self {
        let agent = |id: &str| blueprint.nodes.iter().find(|agent| agent.id == id);
        for shape in &mut drawing.nodes {
            if let Some(agent) = agent(&shape.id) {
                shape.label.clone_from(&agent.label);
            }
        }
        drawing.name.clone_from(&blueprint.name);
        let model = |id: &str| agent(id).map(|agent| without_timeouts(&agent.model));
        let conditions = |link: &Link| {
            let edges = blueprint.edges.iter().filter(|edge| edge.source == link.source && edge.target == link.target);
            let conditional = edges.filter(|edge| edge.kind == EdgeKind::Conditional);
            conditional.filter_map(|edge| edge.condition.clone()).collect()
        };
        Self::new(drawing, model, conditions)
    }

    fn new(
        drawing: Drawing,
        model: impl Fn(&str) -> Option<String>,
        conditions: impl Fn(&Link) -> Vec<String>,
    ) -> Self {
        let mermaid = drawing.mermaid();
        let Drawing { name, nodes, edges, .. } = drawing;
        let nodes = nodes.into_iter().map(|shape| {
            let Shape { id, label, kind, metadata, .. } = shape;
            let is_agent = !id.starts_with("__");
            let threshold = metadata.get(THRESHOLD).and_then(|json| json.parse().ok());
            let role = if threshold.is_some() { AgentRole::Critic } else { AgentRole::Agent };
            let (model, role) = (model(&id).filter(|_| is_agent), is_agent.then_some(role));
            GraphNode { id, label, kind, model, role, threshold }
        });
        let edges = edges.into_iter().map(|link| {
            let conditions = conditions(&link);
            let Link { source, target, kind, label, visit_limit, .. } = link;
            GraphEdge { source, target, kind, label, conditions, visit_limit }
        });
        Self { name, nodes: nodes.collect(), edges: edges.collect(), mermaid }
    }

    /// The graph as Mermaid text.
    pub(crate) fn into_mermaid(self) -> String {
        self.mermaid
    }
}
