//! The choice among the conditional edges that leave an agent of a blueprint.

use council_core::NodeId;

use crate::blueprint::adjacency::OutEdge;
use crate::state::council::Council;
use crate::state::decision::Decision;

/// What follows an agent that conditional edges leave.
pub(super) struct Choice {
    /// The conditions, each with the node that it leads to.
    conditional: Vec<(String, NodeId<Council>)>,
    /// Where the run goes if no condition is met.
    otherwise: Vec<NodeId<Council>>,
}

impl Choice {
    /// `node_of` gives the node of the agent at a place.
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

    /// The nodes that follow.
    pub(super) fn by(&self, decision: Option<Decision>) -> Vec<NodeId<Council>> {
        let word = decision.map(Decision::word);
        let is_met = |(condition, _): &&(String, _)| Some(condition.as_str()) == word;
        let met: Vec<_> = self.conditional.iter().filter(is_met).map(|(_, node)| *node).collect();
        if met.is_empty() { self.otherwise.clone() } else { met }
    }
}
