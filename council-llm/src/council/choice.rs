//! The choice among the conditional edges of an agent of a blueprint.

use council_core::NodeId;

use crate::blueprint::adjacency::OutEdge;
use crate::state::council::Council;
use crate::state::decision::Decision;

/// The successors of an agent with conditional edges.
pub(super) struct Choice {
    /// The conditions, each with its target.
    conditional: Vec<(String, NodeId<Council>)>,
    /// The targets if no condition is met.
    otherwise: Vec<NodeId<Council>>,
}

impl Choice {
    /// `node_of` returns the node of the agent with an index.
    pub(super) fn among(edges: &[OutEdge<'_>], node_of: impl Fn(usize) -> Option<NodeId<Council>>) -> Self {
        let conditional = |edge: &OutEdge<'_>| Some((edge.condition?.to_owned(), node_of(edge.target)?));
        let conditional: Vec<_> = edges.iter().filter_map(conditional).collect();
        let linear = edges.iter().filter(|edge| edge.condition.is_none());
        let mut otherwise: Vec<_> = linear.filter_map(|edge| node_of(edge.target)).collect();
        if otherwise.is_empty() {
            otherwise.extend(conditional.first().map(|(_, node)| *node));
        }
        Self { conditional, otherwise }
    }

    /// The successors on a decision.
    pub(super) fn by(&self, decision: Option<Decision>) -> Vec<NodeId<Council>> {
        let word = decision.map(Decision::word);
        let is_met = |(condition, _): &&(String, _)| Some(condition.as_str()) == word;
        let met: Vec<_> = self.conditional.iter().filter(is_met).map(|(_, node)| *node).collect();
        if met.is_empty() { self.otherwise.clone() } else { met }
    }
}
