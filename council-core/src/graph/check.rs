//! Checks of the whole graph in `compile()`.

use std::collections::HashSet;

use super::compiled::Inner;
use super::fault::BuildFault;
use super::reach::{by_limits, exits};
use super::reserved::{is_item, is_reserved};
use super::{joins, reach};
use crate::node::erased::NodeKind;
use crate::state::State;
use crate::types::node_id::END;

/// Finds all faults that are visible only in the whole graph.
pub(super) fn check<S: State>(graph: &Inner<S>, is_endless: bool, faults: &mut Vec<BuildFault>) {
    names(graph, faults);
    let begins = graph.start_nodes().next().is_some();
    if !begins {
        faults.push(BuildFault::NoStart);
    }
    let reached = reach::any_source(graph);
    if begins {
        for (node, _) in reached.iter().enumerate().filter(|(_, reached)| !**reached) {
            faults.push(BuildFault::Unreachable { node: graph.names[node].to_string() });
        }
        joins::check(graph, faults);
    }
    undecided(graph, faults);
    ends(graph, is_endless, faults);
    limits(graph, faults);
}

/// Finds deciders whose choices have no targets.
fn undecided<S: State>(graph: &Inner<S>, faults: &mut Vec<BuildFault>) {
    for (name, declared) in graph.names.iter().zip(&graph.nodes) {
        let is_decider = matches!(declared.erased.0, NodeKind::Decider(_) | NodeKind::ItemDecider(_));
        if is_decider && declared.extras.decision.is_none() {
            faults.push(BuildFault::Undecided { node: name.to_string() });
        }
    }
}

fn names<S: State>(graph: &Inner<S>, faults: &mut Vec<BuildFault>) {
    let mut seen = HashSet::new();
    let mut reported = HashSet::new();
    for (index, name) in graph.names.iter().enumerate() {
        if name.is_empty() {
            faults.push(BuildFault::EmptyName { number: index + 1 });
        } else if is_item(name) {
            faults.push(BuildFault::NamedLikeAnItem { name: name.to_string() });
        } else if is_reserved(name) {
            faults.push(BuildFault::ReservedName { name: name.to_string() });
        } else if !seen.insert(name) && reported.insert(name) {
            faults.push(BuildFault::DuplicateName { name: name.to_string() });
        }
    }
}

/// Finds dead ends and, unless `is_endless`, loops without a way out. It searches backwards from the end.
fn ends<S: State>(graph: &Inner<S>, is_endless: bool, faults: &mut Vec<BuildFault>) {
    let count = graph.nodes.len();
    let dead = |node: usize| exits(graph, node).next().is_none();
    let mut ends: Vec<bool> = (0..count).map(dead).collect();
    let mut before: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut open: Vec<usize> = (0..count).filter(|node| ends[*node]).collect();
    for (node, ends) in ends.iter_mut().enumerate() {
        // A guard may send the run from any node to its `otherwise`.
        let guards = graph.guards.iter().flat_map(|guard| by_limits(graph, guard.otherwise));
        for exit in exits(graph, node).chain(guards) {
            if exit != END {
                before[exit as usize].push(node);
            } else if !std::mem::replace(ends, true) {
                open.push(node);
            }
        }
    }
    while let Some(node) = open.pop() {
        for &earlier in &before[node] {
            if !std::mem::replace(&mut ends[earlier], true) {
                open.push(earlier);
            }
        }
    }
    for (node, name) in graph.names.iter().enumerate() {
        if dead(node) {
            faults.push(BuildFault::DeadEnd { node: name.to_string() });
        } else if !ends[node] && !is_endless {
            faults.push(BuildFault::NeverEnds { node: name.to_string() });
        }
    }
}

fn limits<S: State>(graph: &Inner<S>, faults: &mut Vec<BuildFault>) {
    for (start, name) in graph.names.iter().enumerate() {
        let mut node = start;
        for _ in 0..graph.nodes.len() {
            match graph.nodes[node].limit {
                Some(limit) if limit.otherwise != END => node = limit.otherwise as usize,
                _ => break,
            }
            if node == start {
                faults.push(BuildFault::LimitLeadsBack { node: name.to_string() });
                break;
            }
        }
    }
}
