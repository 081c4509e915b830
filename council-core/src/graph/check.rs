//! What `compile()` refuses.

use std::collections::HashSet;
use std::fmt;
use std::panic::Location;

use super::draw::{END_ID, START_ID};
use super::{END, Inner, joins, reach};
use crate::State;

/// A graph that cannot run, with everything that is wrong with it.
#[derive(Clone, PartialEq, Eq)]
pub struct BuildError {
    /// The name of the graph.
    pub graph: String,
    /// The faults, in the order in which they were found.
    pub faults: Vec<BuildFault>,
}

impl fmt::Display for BuildError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.faults.as_slice() {
            [fault] => write!(formatter, "graph `{}` cannot run: {fault}", self.graph),
            faults => {
                write!(formatter, "graph `{}` cannot run, {} faults:", self.graph, faults.len())?;
                faults.iter().try_for_each(|fault| write!(formatter, "\n  - {fault}"))
            }
        }
    }
}

/// The same words as `Display`: it is what a `main` that returns the error prints.
impl fmt::Debug for BuildError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl std::error::Error for BuildError {}

/// One thing that is wrong with a graph.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildFault {
    /// No node was given to `start`.
    #[error("it has no start: call `start` with the node that runs first")]
    NoStart,
    /// A node has no name.
    #[error("node number {number} has an empty name")]
    EmptyName {
        /// Which node, from 1, in the order of declaration.
        number: usize,
    },
    /// A node is named like the start or the end of a drawing.
    #[error("`{name}` is a name of the graph's own; give the node another")]
    ReservedName {
        /// The name.
        name: String,
    },
    /// Two nodes have the same name.
    #[error("two nodes are named `{name}`")]
    DuplicateName {
        /// The name.
        name: String,
    },
    /// Nothing leads to a node.
    #[error("node `{node}` cannot be reached from the start")]
    Unreachable {
        /// The node.
        node: String,
    },
    /// Nothing leads away from a node.
    #[error("node `{node}` is a dead end: give it an edge, a route or a join, or call `end` with it")]
    DeadEnd {
        /// The node.
        node: String,
    },
    /// A node lies in a loop that has no way out.
    #[error("no path leads from node `{node}` to the end")]
    NeverEnds {
        /// The node.
        node: String,
    },
    /// A route was given no targets.
    #[error("the route from `{node}` has no targets")]
    RouteWithoutTargets {
        /// The node that the route leaves.
        node: String,
    },
    /// A join was given no sources.
    #[error("the join into `{target}` has no sources")]
    JoinWithoutSources {
        /// The node that the join leads to.
        target: String,
    },
    /// A join waits for nodes that cannot all have run before it.
    #[error("the join into `{target}` can never fire: {} cannot run before it", list(.waits_for))]
    JoinNeverFires {
        /// The node that the join leads to.
        target: String,
        /// The sources that never come.
        waits_for: Vec<String>,
    },
    /// A join waits for nodes of which a run comes to one or the other.
    #[error(
        "the join into `{target}` can never fire: the route from `{route}` leads to `{first}` or to `{second}`, never to both; \
         use edges where one of them is enough"
    )]
    JoinOfAlternatives {
        /// The node that the join leads to.
        target: String,
        /// The node that the route leaves.
        route: String,
        /// One source.
        first: String,
        /// Another one.
        second: String,
    },
    /// A visit limit allows no visit.
    #[error("the visit limit of `{node}` is 0: a node needs at least one visit")]
    NoVisits {
        /// The node.
        node: String,
    },
    /// A node has two visit limits.
    #[error("node `{node}` has two visit limits")]
    SecondVisitLimit {
        /// The node.
        node: String,
    },
    /// Visit limits lead to each other in a circle.
    #[error("the visit limit of `{node}` leads back to `{node}`")]
    LimitLeadsBack {
        /// The node.
        node: String,
    },
    /// A handle belongs to another graph.
    #[error("`{call}` at {at} was given a node of another graph")]
    ForeignNode {
        /// The method that was called.
        call: &'static str,
        /// Where.
        at: &'static Location<'static>,
    },
    /// The end was given where a node is needed.
    #[error("`{call}` at {at} was given the end where it needs a node")]
    EndIsNoNode {
        /// The method that was called.
        call: &'static str,
        /// Where.
        at: &'static Location<'static>,
    },
}

/// Finds all faults that show only in the whole graph.
pub(super) fn check<S: State>(graph: &Inner<S>, faults: &mut Vec<BuildFault>) {
    names(graph, faults);
    if graph.starts.is_empty() {
        faults.push(BuildFault::NoStart);
    }
    let reached = reach::any_source(graph);
    if !graph.starts.is_empty() {
        for (node, _) in reached.iter().enumerate().filter(|(_, reached)| !**reached) {
            faults.push(BuildFault::Unreachable { node: graph.names[node].to_string() });
        }
        joins::check(graph, faults);
    }
    ends(graph, faults);
    limits(graph, faults);
}

fn names<S: State>(graph: &Inner<S>, faults: &mut Vec<BuildFault>) {
    let mut seen = HashSet::new();
    let mut reported = HashSet::new();
    for (index, name) in graph.names.iter().enumerate() {
        if name.is_empty() {
            faults.push(BuildFault::EmptyName { number: index + 1 });
        } else if [START_ID, END_ID].contains(&&**name) {
            faults.push(BuildFault::ReservedName { name: name.to_string() });
        } else if !seen.insert(name) && reported.insert(name) {
            faults.push(BuildFault::DuplicateName { name: name.to_string() });
        }
    }
}

/// Dead ends, and loops without a way out: what cannot reach the end, counted backwards from it.
fn ends<S: State>(graph: &Inner<S>, faults: &mut Vec<BuildFault>) {
    let count = graph.nodes.len();
    let dead = |node: usize| exits(graph, node).next().is_none();
    let mut ends: Vec<bool> = (0..count).map(dead).collect();
    let mut before: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut open: Vec<usize> = (0..count).filter(|node| ends[*node]).collect();
    for (node, ends) in ends.iter_mut().enumerate() {
        for exit in exits(graph, node) {
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
        } else if !ends[node] {
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

/// Where a run may go from a node. A visit limit is a way out of the node that it guards, for whoever wanted to go there.
pub(super) fn exits<S: State>(graph: &Inner<S>, node: usize) -> impl Iterator<Item = u32> {
    let declared = &graph.nodes[node];
    let direct = declared.edges.iter().chain(declared.routes.iter().flat_map(|route| &route.targets)).copied();
    let joined = declared.feeds.iter().map(|(join, _)| graph.joins[*join as usize].target);
    direct.chain(joined).flat_map(|target| {
        let limit = if target == END { None } else { graph.nodes[target as usize].limit };
        std::iter::once(target).chain(limit.map(|limit| limit.otherwise))
    })
}

fn list(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
