//! Compiles a `StateGraph` into a `Graph`.

use std::sync::Arc;

use super::builder::StateGraph;
use super::check;
use super::compiled::{Declared, Graph, Inner, NodeExtras};
use super::fault::BuildError;
use crate::journal::format::program::StoredProgram;
use crate::node::erased::NodeKind;
use crate::state::State;
use crate::types::node_id::END;
use crate::types::node_names::NodeNames;
use crate::types::permits::Permits;

impl<S: State> StateGraph<S> {
    /// Checks the graph and makes it runnable.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// let error = graph.compile().unwrap_err();
    /// assert_eq!(error.faults.len(), 2, "{error}");
    /// ```
    ///
    /// # Errors
    ///
    /// All faults of the graph at once, each with the names of the nodes: see [`BuildFault`](crate::BuildFault).
    pub fn compile(mut self) -> Result<Graph<S>, BuildError> {
        for (join, declared) in self.joins.iter().enumerate() {
            for (slot, source) in declared.sources.iter().enumerate() {
                self.nodes[*source as usize].join_inputs.push((number(join), number(slot)));
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
            self.nodes[node].sole_successor = self.sole_successor(node);
        }
        for node in &mut self.nodes {
            let extras = &mut *node.extras;
            extras.policy = std::mem::take(&mut extras.policy).or(&self.policy);
            extras.permits = extras.policy.concurrency.map(Permits::new);
            node.plain = is_plain(node);
        }
        self.starts.sort_unstable();
        self.starts.dedup();
        let mut program = StoredProgram::new(self.version, S::SCHEMA);
        for (name, node) in self.names.iter().zip(&self.nodes) {
            if let NodeKind::Subgraph(subgraph) = &node.erased.0 {
                program.subgraphs.insert(name.clone(), subgraph.program().clone());
            }
        }
        let inner = Inner {
            program,
            migrate: self.migrate,
            name: self.name,
            id: self.id,
            names: Arc::new(NodeNames::new(self.names)),
            has_limits: self.nodes.iter().any(|node| node.limit.is_some()),
            has_deferred: self.nodes.iter().any(|node| node.deferred),
            depth: 1 + self.nodes.iter().map(depth).max().unwrap_or_default(),
            has_spawned: self.nodes.iter().any(is_spawned),
            needs_timer: self.nodes.iter().any(waits_for_a_time),
            nodes: self.nodes,
            joins: self.joins,
            guards: self.guards,
            starts: self.starts,
            start_routes: self.start_routes,
        };
        let mut faults = self.faults;
        check::check(&inner, self.is_endless, &mut faults);
        if faults.is_empty() {
            Ok(Graph { inner: Arc::new(inner) })
        } else {
            Err(BuildError { graph: inner.name, faults })
        }
    }

    fn sole_successor(&self, node: usize) -> Option<u32> {
        let Declared { edges, routes, join_inputs, extras, .. } = &self.nodes[node];
        let one_way =
            routes.is_empty() && join_inputs.is_empty() && extras.decision.is_none() && extras.handler.is_none();
        match edges.as_slice() {
            [next] if *next != END && one_way && self.guards.is_empty() => {
                let next_declared = &self.nodes[*next as usize];
                (next_declared.limit.is_none() && !next_declared.deferred).then_some(*next)
            }
            _ => None,
        }
    }
}

/// Whether the driver only has to run the node, without any special setting.
fn is_plain<S: State>(node: &Declared<S>) -> bool {
    let NodeExtras { policy, permits, cache, handler, .. } = &*node.extras;
    let is_run_once = !waits_for_a_time(node) && policy.spawned != Some(true);
    let is_simple = matches!(node.erased.0, NodeKind::Node(_) | NodeKind::Worker(_));
    is_simple && is_run_once && permits.is_none() && cache.is_none() && handler.is_none()
}

fn is_spawned<S: State>(node: &Declared<S>) -> bool {
    match &node.erased.0 {
        NodeKind::Subgraph(subgraph) => subgraph.has_spawned(),
        _ => node.extras.policy.spawned == Some(true),
    }
}

/// The nesting depth of the subgraph in this node; 0 without a subgraph.
fn depth<S: State>(node: &Declared<S>) -> u32 {
    match &node.erased.0 {
        NodeKind::Subgraph(subgraph) => subgraph.depth(),
        _ => 0,
    }
}

/// Whether the node has a timeout or retries, which need a timer.
fn waits_for_a_time<S: State>(node: &Declared<S>) -> bool {
    let NodeExtras { policy, item_timeout, .. } = &*node.extras;
    policy.timeout.is_some() || item_timeout.is_some() || !policy.retries.is_empty()
}

fn number(index: usize) -> u32 {
    u32::try_from(index).expect("a graph has fewer than four thousand million joins and sources")
}
