//! What leads where in a blueprint, by the places of its agents.

use std::collections::{BTreeMap, HashMap};

use council_core::NodeId;

use super::{Blueprint, EdgeKind};
use crate::{Council, Decision};

/// What leaves each agent, by its place among the blueprint's nodes. Edges from and to nowhere are left out.
pub(super) struct Ways<'a> {
    entry: Option<usize>,
    leaving: Vec<Vec<Way<'a>>>,
}

/// An edge.
#[derive(Clone, Copy)]
pub(super) struct Way<'a> {
    /// The place of the agent that it leads to.
    pub(super) target: usize,
    /// The decision by which it is taken; `None` where it is linear.
    pub(super) condition: Option<&'a str>,
}

impl<'a> Ways<'a> {
    pub(super) fn of(blueprint: &'a Blueprint) -> Self {
        let places: HashMap<_, _> = blueprint.nodes.iter().map(|agent| agent.id.as_str()).zip(0..).collect();
        let mut leaving = vec![Vec::new(); blueprint.nodes.len()];
        for edge in &blueprint.edges {
            let ends = (places.get(edge.source.as_str()), places.get(edge.target.as_str()));
            if let (Some(&source), Some(&target)) = ends {
                let condition = match edge.kind {
                    EdgeKind::Linear => None,
                    EdgeKind::Conditional => Some(edge.condition.as_deref().unwrap_or_default()),
                };
                let ways: &mut Vec<_> = &mut leaving[source];
                ways.push(Way { target, condition });
            }
        }
        Self { entry: blueprint.entry().map(|agent| places[agent.id.as_str()]), leaving }
    }

    /// The place of the agent that runs first.
    pub(super) fn entry(&self) -> Option<usize> {
        self.entry
    }

    pub(super) fn leaving(&self, place: usize) -> &[Way<'a>] {
        &self.leaving[place]
    }

    /// Whether a run may come to each agent.
    pub(super) fn reached(&self) -> Vec<bool> {
        let mut reached = vec![false; self.leaving.len()];
        let mut open: Vec<usize> = self.entry.into_iter().collect();
        while let Some(place) = open.pop() {
            if !std::mem::replace(&mut reached[place], true) {
                open.extend(self.leaving[place].iter().map(|way| way.target));
            }
        }
        reached
    }
}

/// What follows an agent that conditional edges leave.
pub(super) struct Choice {
    /// The conditions, each with the node that it leads to.
    conditional: Vec<(String, NodeId<Council>)>,
    /// Where the run goes if no condition is met.
    otherwise: Vec<NodeId<Council>>,
}

impl Choice {
    /// `node_of` gives the node of the agent at a place.
    pub(super) fn among(ways: &[Way<'_>], node_of: impl Fn(usize) -> Option<NodeId<Council>>) -> Self {
        let conditional = |way: &Way<'_>| Some((way.condition?.to_owned(), node_of(way.target)?));
        let conditional: Vec<_> = ways.iter().filter_map(conditional).collect();
        let linear = ways.iter().filter(|way| way.condition.is_none());
        let mut otherwise: Vec<_> = linear.filter_map(|way| node_of(way.target)).collect();
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

/// The agents that a choice leads to, each with the conditions that it is chosen by, for people.
pub(super) fn labelled(ways: &[Way<'_>]) -> BTreeMap<usize, String> {
    let mut labels: BTreeMap<usize, String> = BTreeMap::new();
    for way in ways {
        let label = labels.entry(way.target).or_default();
        if !label.is_empty() {
            label.push_str(" or ");
        }
        label.push_str(way.condition.unwrap_or("otherwise"));
    }
    labels
}
