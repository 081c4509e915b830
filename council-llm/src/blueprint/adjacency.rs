//! The edges of a blueprint, by the indices of its agents.

use std::collections::{BTreeMap, HashMap};

use super::data::{Blueprint, EdgeKind};

/// The edges that leave each agent, by its index in the blueprint. Edges with an unknown end are left out.
pub(crate) struct Adjacency<'a> {
    entry: Option<usize>,
    leaving: Vec<Vec<OutEdge<'a>>>,
}

/// An edge that leaves an agent.
#[derive(Clone, Copy)]
pub(crate) struct OutEdge<'a> {
    /// The index of the target.
    pub(crate) target: usize,
    /// The decision on which it is taken; `None` if it is linear.
    pub(crate) condition: Option<&'a str>,
}

impl<'a> Adjacency<'a> {
    pub(crate) fn of(blueprint: &'a Blueprint) -> Self {
        let places: HashMap<_, _> = blueprint.nodes.iter().map(|agent| agent.id.as_str()).zip(0..).collect();
        let mut leaving = vec![Vec::new(); blueprint.nodes.len()];
        for edge in &blueprint.edges {
            let ends = (places.get(edge.source.as_str()), places.get(edge.target.as_str()));
            if let (Some(&source), Some(&target)) = ends {
                let condition = match edge.kind {
                    EdgeKind::Linear => None,
                    EdgeKind::Conditional => Some(edge.condition.as_deref().unwrap_or_default()),
                };
                let edges: &mut Vec<_> = &mut leaving[source];
                edges.push(OutEdge { target, condition });
            }
        }
        let entry = blueprint.start.as_deref().and_then(|start| places.get(start).copied());
        Self { entry, leaving }
    }

    /// The index of the agent that runs first.
    pub(crate) fn entry(&self) -> Option<usize> {
        self.entry
    }

    pub(crate) fn leaving(&self, place: usize) -> &[OutEdge<'a>] {
        &self.leaving[place]
    }

    /// Whether each agent can be reached from the start.
    pub(crate) fn reached(&self) -> Vec<bool> {
        let mut reached = vec![false; self.leaving.len()];
        let mut open: Vec<usize> = self.entry.into_iter().collect();
        while let Some(place) = open.pop() {
            if !std::mem::replace(&mut reached[place], true) {
                open.extend(self.leaving[place].iter().map(|edge| edge.target));
            }
        }
        reached
    }

    /// The first loop that can be reached and that contains no critic, by the indices of its agents, in the order in which they run. `None`
    /// if there is no such loop.
    pub(crate) fn open_loop(&self, blueprint: &Blueprint) -> Option<Vec<usize>> {
        let reached = self.reached();
        let is_open = |place: usize| reached[place] && !blueprint.nodes[place].is_critic();
        // A depth-first search. `depths` has the depth of an agent on the path, from 1; 0 once all behind it has been searched.
        let mut depths: Vec<Option<usize>> = vec![None; self.leaving.len()];
        for start in (0..self.leaving.len()).filter(|&place| is_open(place)) {
            if depths[start].is_some() {
                continue;
            }
            let mut path = vec![(start, 0)];
            depths[start] = Some(1);
            while let Some((place, next)) = path.last_mut() {
                let Some(edge) = self.leaving[*place].get(*next) else {
                    depths[*place] = Some(0);
                    path.pop();
                    continue;
                };
                *next += 1;
                match depths[edge.target] {
                    _ if !is_open(edge.target) => {}
                    None => {
                        path.push((edge.target, 0));
                        depths[edge.target] = Some(path.len());
                    }
                    Some(0) => {}
                    Some(depth) => return Some(path[depth - 1..].iter().map(|(place, _)| *place).collect()),
                }
            }
        }
        None
    }

    /// Whether an end, which is an agent without edges, can be reached from each agent.
    pub(crate) fn ending(&self) -> Vec<bool> {
        let mut sources = vec![Vec::new(); self.leaving.len()];
        for (source, edges) in self.leaving.iter().enumerate() {
            for edge in edges {
                sources[edge.target].push(source);
            }
        }
        let mut ending = vec![false; self.leaving.len()];
        let mut open: Vec<usize> = (0..self.leaving.len()).filter(|&place| self.leaving[place].is_empty()).collect();
        while let Some(place) = open.pop() {
            if !std::mem::replace(&mut ending[place], true) {
                open.extend(&sources[place]);
            }
        }
        ending
    }
}

/// The targets of conditional edges, each with its conditions as a label for people.
pub(crate) fn labelled(edges: &[OutEdge<'_>]) -> BTreeMap<usize, String> {
    let mut labels: BTreeMap<usize, String> = BTreeMap::new();
    for edge in edges {
        let label = labels.entry(edge.target).or_default();
        if !label.is_empty() {
            label.push_str(" or ");
        }
        label.push_str(edge.condition.unwrap_or("otherwise"));
    }
    labels
}
