//! The drawing of a compiled graph.

use std::collections::BTreeMap;

use super::compiled::{Declared, Graph, Inner, Route};
use crate::drawing::ids::{END_ID, START_ID, guard_id, join_id};
use crate::drawing::words::counted;
use crate::drawing::{Drawing, Link, LinkKind, Shape, ShapeKind};
use crate::node::erased::NodeKind;
use crate::node::policy::Policy;
use crate::state::State;
use crate::types::node_id::END;

impl<S: State> Graph<S> {
    /// The graph as data, for serialisation or drawing. It includes the graphs of its subgraphs.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// assert_eq!(graph.drawing().nodes[1].label, "write");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn drawing(&self) -> Drawing {
        let graph = &*self.inner;
        Drawing { name: graph.name.clone(), nodes: shapes(graph), edges: links(graph) }
    }

    /// The graph as a Mermaid flowchart: see [`Drawing::mermaid`].
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// assert!(graph.mermaid().starts_with("flowchart TD"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    #[doc(alias = "draw_mermaid")]
    pub fn mermaid(&self) -> String {
        self.drawing().mermaid()
    }

    /// The graph in DOT, the language of Graphviz: see [`Drawing::dot`].
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// assert!(graph.dot().starts_with("digraph"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn dot(&self) -> String {
        self.drawing().dot()
    }
}

fn shapes<S: State>(graph: &Inner<S>) -> Vec<Shape> {
    let mut shapes = vec![shape(START_ID, "start", ShapeKind::Start)];
    shapes.extend(graph.names.iter().zip(&graph.nodes).map(|(name, declared)| {
        let (kind, inner) = match &declared.erased.0 {
            NodeKind::Node(_) => (ShapeKind::Node, None),
            NodeKind::Worker(_) => (ShapeKind::Worker, None),
            NodeKind::Decider(_) | NodeKind::ItemDecider(_) => (ShapeKind::Decider, None),
            NodeKind::Subgraph(subgraph) => (ShapeKind::Subgraph, Some(Box::new(subgraph.drawing()))),
        };
        let per_item = declared.erased.takes_items();
        let notes = notes(declared);
        let metadata = declared.extras.metadata.clone();
        Shape { per_item, deferred: declared.deferred, notes, metadata, inner, ..shape(name, name, kind) }
    }));
    let joins = graph.joins.iter().enumerate().filter(|(_, join)| join.sources.len() > 1);
    shapes.extend(joins.map(|(join, _)| shape(&join_id(join), "all", ShapeKind::Join)));
    shapes.extend(graph.guards.iter().map(|guard| shape(&guard_id(&guard.name), &guard.name, ShapeKind::Guard)));
    shapes.push(shape(END_ID, "end", ShapeKind::End));
    shapes
}

fn shape(id: &str, label: &str, kind: ShapeKind) -> Shape {
    Shape {
        id: id.to_owned(),
        label: label.to_owned(),
        kind,
        per_item: false,
        deferred: false,
        notes: Vec::new(),
        metadata: BTreeMap::new(),
        inner: None,
        visits: None,
        tasks: None,
    }
}

/// Notes on how the node is run.
fn notes<S: State>(declared: &Declared<S>) -> Vec<String> {
    let policy = &declared.extras.policy;
    // The shape of a worker says so by itself.
    let is_worker = matches!(declared.erased.0, NodeKind::Worker(_));
    let notes = [
        (declared.erased.takes_items() && !is_worker).then(|| "once for each item".to_owned()),
        most_attempts(policy).map(|attempts| format!("up to {}", counted(attempts, "attempt"))),
        match declared.extras.item_timeout {
            Some(_) => Some("a timeout for each item".to_owned()),
            None => policy.timeout.map(|timeout| format!("timeout {timeout:?}")),
        },
        policy.concurrency.map(|bound| format!("{bound} at once")),
        declared.extras.cache.as_ref().map(|_| "cached".to_owned()),
    ];
    notes.into_iter().flatten().collect()
}

/// The maximum number of attempts at a task, if it is retried. Attempts without a limit need no note.
fn most_attempts(policy: &Policy) -> Option<u64> {
    let has_limits = !policy.retries.is_empty() && policy.retries.iter().all(|rule| rule.attempts < u32::MAX);
    has_limits.then(|| policy.retries.iter().map(|rule| u64::from(rule.attempts) - 1).sum::<u64>() + 1)
}

fn links<S: State>(graph: &Inner<S>) -> Vec<Link> {
    let mut links = Vec::new();
    let name = |node: u32| if node == END { END_ID } else { &graph.names[node as usize] };
    let link = |source: &str, target: &str, kind, label| Link {
        source: source.to_owned(),
        target: target.to_owned(),
        kind,
        label,
        visit_limit: None,
        taken: None,
    };
    for &start in &graph.starts {
        links.push(link(START_ID, name(start), LinkKind::Edge, None));
    }
    for route in &graph.start_routes {
        for (target, label) in labelled(route) {
            links.push(link(START_ID, name(target), route.kind, label));
        }
    }
    for (source, declared) in graph.names.iter().zip(&graph.nodes) {
        for &target in &declared.edges {
            links.push(link(source, name(target), LinkKind::Edge, None));
        }
        for route in &declared.routes {
            for (target, label) in labelled(route) {
                links.push(link(source, name(target), route.kind, label));
            }
        }
        if let Some(decision) = &declared.extras.decision {
            for (place, &target) in decision.targets.iter().enumerate() {
                links.push(link(source, name(target), LinkKind::Decision, decision.labels.get(place).cloned()));
            }
        }
        for &target in declared.extras.handler.iter().flat_map(|handler| &handler.targets) {
            links.push(link(source, name(target), LinkKind::Error, Some("on error".to_owned())));
        }
        for &(join, _) in &declared.join_inputs {
            let declared = &graph.joins[join as usize];
            match declared.sources.as_slice() {
                [_] => links.push(link(source, name(declared.target), LinkKind::Join, None)),
                _ => links.push(link(source, &join_id(join as usize), LinkKind::Join, None)),
            }
        }
        if let Some(limit) = declared.limit {
            let label = format!("after {}", counted(limit.visits.into(), "visit"));
            let edge = link(source, name(limit.otherwise), LinkKind::VisitLimit, Some(label));
            links.push(Link { visit_limit: Some(limit.visits), ..edge });
        }
    }
    for (place, join) in graph.joins.iter().enumerate().filter(|(_, join)| join.sources.len() > 1) {
        links.push(link(&join_id(place), name(join.target), LinkKind::Join, None));
    }
    for guard in &graph.guards {
        links.push(link(&guard_id(&guard.name), name(guard.otherwise), LinkKind::Guard, None));
    }
    links
}

/// The targets of a route, each with the label of its edge.
fn labelled<S: State>(route: &Route<S>) -> impl Iterator<Item = (u32, Option<String>)> {
    route.targets.iter().enumerate().map(|(place, &target)| {
        let each_item = || (route.kind == LinkKind::FanOut).then(|| "each item".to_owned());
        (target, route.labels.get(place).cloned().or_else(each_item))
    })
}
