//! From a graph that is being built to one that can run.

use std::sync::Arc;

use super::check::{self, BuildError};
use super::{Declared, END, Graph, Inner, StateGraph};
use crate::State;

impl<S: State> StateGraph<S> {
    /// Checks the graph and makes it runnable.
    ///
    /// # Errors
    ///
    /// All faults of the graph at once, each with the names of the nodes: see [`BuildFault`](crate::BuildFault).
    pub fn compile(mut self) -> Result<Graph<S>, BuildError> {
        for (join, declared) in self.joins.iter().enumerate() {
            for (slot, source) in declared.sources.iter().enumerate() {
                self.nodes[*source as usize].feeds.push((number(join), number(slot)));
            }
        }
        for end in std::mem::take(&mut self.ends) {
            self.nodes[end as usize].edges.push(END);
        }
        for node in &mut self.nodes {
            node.edges.sort_unstable();
            node.edges.dedup();
        }
        for node in 0..self.nodes.len() {
            self.nodes[node].straight = self.straight(node);
        }
        self.starts.sort_unstable();
        self.starts.dedup();
        let has_limits = self.nodes.iter().any(|node| node.limit.is_some());
        let inner = Inner {
            name: self.name,
            names: self.names.into_iter().map(Arc::from).collect(),
            nodes: self.nodes,
            joins: self.joins,
            starts: self.starts,
            has_limits,
        };
        let mut faults = self.faults;
        check::check(&inner, &mut faults);
        if faults.is_empty() {
            Ok(Graph { inner: Arc::new(inner) })
        } else {
            Err(BuildError { graph: inner.name, faults })
        }
    }

    fn straight(&self, node: usize) -> Option<u32> {
        let Declared { edges, routes, feeds, .. } = &self.nodes[node];
        match edges.as_slice() {
            [next] if *next != END && routes.is_empty() && feeds.is_empty() => {
                self.nodes[*next as usize].limit.is_none().then_some(*next)
            }
            _ => None,
        }
    }
}

fn number(index: usize) -> u32 {
    u32::try_from(index).expect("a graph has fewer than four thousand million joins and sources")
}
