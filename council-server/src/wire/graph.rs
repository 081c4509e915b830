//! The picture of a council: a drawing of its graph, with who plays what.

use council_core::{Drawing, EdgeKind, Link, Shape, ShapeKind};
use council_llm::{AgentRole, Blueprint, CRITIC};
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
}

impl GraphJson {
    /// The built-in council.
    pub(crate) fn of_council(picture: Drawing, model: impl Fn(&str) -> Option<String>) -> Self {
        Self::new(picture, |shape| {
            let role = if shape.id == CRITIC { AgentRole::Critic } else { AgentRole::Agent };
            (model(&shape.id), Some(role))
        })
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
        Self::new(picture, |shape| {
            let agent = agent(&shape.id);
            let role = agent.map(|agent| if agent.is_critic() { AgentRole::Critic } else { AgentRole::Agent });
            (agent.map(|agent| agent.model.clone()), role)
        })
    }

    fn new(picture: Drawing, about: impl Fn(&Shape) -> (Option<String>, Option<AgentRole>)) -> Self {
        let mermaid = picture.mermaid();
        let Drawing { name, nodes, edges } = picture;
        let nodes = nodes.into_iter().map(|shape| {
            let is_agent = !shape.id.starts_with("__");
            let (model, role) = if is_agent { about(&shape) } else { (None, None) };
            let Shape { id, label, kind, .. } = shape;
            GraphNode { id, label, kind, model, role }
        });
        let edges =
            edges.into_iter().map(|Link { source, target, kind, label, .. }| GraphEdge { source, target, kind, label });
        Self { name, nodes: nodes.collect(), edges: edges.collect(), mermaid }
    }

    /// The same as text for a Mermaid renderer.
    pub(crate) fn into_mermaid(self) -> String {
        self.mermaid
    }
}
