//! Breakpoints: the nodes before and after which a run waits for a human.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The breakpoints of a graph and of its subgraphs. Nodes are given by their numbers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Breakpoints {
    /// Whether the run waits before every superstep of the graph.
    pub(crate) always: bool,
    /// Whether `always` is set in all subgraphs too.
    pub(crate) everywhere: bool,
    before: BTreeSet<u32>,
    after: BTreeSet<u32>,
    /// The breakpoints inside subgraphs, by the nodes that run the subgraphs.
    inside: BTreeMap<u32, Arc<Self>>,
}

/// On which side of a node a breakpoint is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Side {
    Before,
    After,
}

impl Breakpoints {
    pub(crate) fn add(&mut self, side: Side, node: u32) {
        match side {
            Side::Before => self.before.insert(node),
            Side::After => self.after.insert(node),
        };
    }

    pub(crate) fn has(&self, side: Side, node: u32) -> bool {
        match side {
            Side::Before => self.always || self.before.contains(&node),
            Side::After => self.after.contains(&node),
        }
    }

    /// The breakpoints inside the subgraph that this node runs.
    pub(crate) fn inside(&self, node: u32) -> Option<Arc<Self>> {
        let inside = self.inside.get(&node);
        if self.everywhere {
            let inside = inside.map(|inside| Self::clone(inside)).unwrap_or_default();
            return Some(Arc::new(Self { always: true, everywhere: true, ..inside }));
        }
        inside.map(Arc::clone)
    }

    pub(crate) fn inside_mut(&mut self, node: u32) -> &mut Self {
        Arc::make_mut(self.inside.entry(node).or_default())
    }
}
