//! Drawing a graph: as data, as JSON, as Mermaid.

use std::fmt::Write as _;

use serde::Serialize;

use super::{END, Graph};
use crate::State;

/// A graph as a picture: what stands in it and what leads where. Exact, because routes know their targets.
///
/// Any serde format writes it; as JSON it is `{"name","nodes":[{"id","label"}],"edges":[{"source","target","kind","label"?}]}`:
///
/// ```
/// # use council_core::{NodeResult, State, StateGraph};
/// # #[derive(State)]
/// # struct Draft { text: String }
/// # async fn write(_: &Draft) -> NodeResult<Draft> { Ok(Draft::update()) }
/// # let mut graph = StateGraph::<Draft>::new("draft");
/// # let write = graph.node("write", write);
/// # graph.start(write).end(write);
/// # let graph = graph.compile()?;
/// let json = serde_json::to_value(graph.drawing())?;
/// assert_eq!(json["edges"][0], serde_json::json!({ "source": "__start__", "target": "write", "kind": "edge" }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Drawing {
    /// The name of the graph.
    pub name: String,
    /// The nodes in the order of declaration, with the start before and the end after them.
    pub nodes: Vec<Shape>,
    /// What leads where, in the order of the nodes.
    pub edges: Vec<Link>,
}

/// A node in a [`Drawing`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shape {
    /// What edges call it: the node's name, `__start__` or `__end__`.
    pub id: String,
    /// What a person reads.
    pub label: String,
}

/// An edge in a [`Drawing`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Link {
    /// Where it leaves.
    pub source: String,
    /// Where it leads.
    pub target: String,
    /// Why the run takes it.
    pub kind: EdgeKind,
    /// What a person reads on it: the choice of a route, or the limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// Why a run takes an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EdgeKind {
    /// Always.
    Edge,
    /// A function of the state chose it.
    Route,
    /// A function of the state makes items, each of which is a task of the target.
    FanOut,
    /// The source itself chose it.
    Decision,
    /// The source failed, and its error handler sent the run there.
    Error,
    /// It and the other sources of a join have run.
    Join,
    /// The source had its visits; the run goes to the target instead.
    VisitLimit,
    /// The source is a guard, and what it guards against has come.
    Guard,
}

impl<S: State> Graph<S> {
    /// The graph as data, to be serialised or drawn.
    #[must_use]
    pub fn drawing(&self) -> Drawing {
        let graph = &*self.inner;
        let name = |node: u32| {
            if node == END { END_ID.to_owned() } else { graph.names[node as usize].to_string() }
        };
        let mut nodes = vec![Shape { id: START_ID.to_owned(), label: "start".to_owned() }];
        nodes.extend(graph.names.iter().map(|name| Shape { id: name.to_string(), label: name.to_string() }));
        nodes.push(Shape { id: END_ID.to_owned(), label: "end".to_owned() });
        let mut edges = Vec::new();
        let mut link = |source: String, target: u32, kind, label: Option<String>| {
            edges.push(Link { source, target: name(target), kind, label });
        };
        for &start in &graph.starts {
            link(START_ID.to_owned(), start, EdgeKind::Edge, None);
        }
        for (source, declared) in graph.names.iter().zip(&graph.nodes) {
            let source = source.to_string();
            for &target in &declared.edges {
                link(source.clone(), target, EdgeKind::Edge, None);
            }
            for route in &declared.routes {
                for (place, &target) in route.targets.iter().enumerate() {
                    link(source.clone(), target, route.kind, route.labels.get(place).cloned());
                }
            }
            if let Some(decision) = &declared.rest.decision {
                for (place, &target) in decision.targets.iter().enumerate() {
                    link(source.clone(), target, EdgeKind::Decision, decision.labels.get(place).cloned());
                }
            }
            for &target in declared.rest.handler.iter().flat_map(|handler| &handler.targets) {
                link(source.clone(), target, EdgeKind::Error, Some("on error".to_owned()));
            }
            for &(join, _) in &declared.feeds {
                link(source.clone(), graph.joins[join as usize].target, EdgeKind::Join, None);
            }
            if let Some(limit) = declared.limit {
                let label = format!("after {} visits", limit.visits);
                link(source, limit.otherwise, EdgeKind::VisitLimit, Some(label));
            }
        }
        Drawing { name: graph.name.clone(), nodes, edges }
    }

    /// The graph as a Mermaid flowchart: edges solid, routes dotted, joins thick, visit limits with a cross.
    #[must_use]
    pub fn mermaid(&self) -> String {
        self.drawing().mermaid()
    }
}

impl Drawing {
    /// The drawing as a Mermaid flowchart.
    #[must_use]
    pub fn mermaid(&self) -> String {
        let place = |id: &str| self.nodes.iter().position(|shape| shape.id == id).unwrap_or_default();
        let mut text = String::from("flowchart TD\n");
        for (number, shape) in self.nodes.iter().enumerate() {
            let label = escape(&shape.label);
            let _ = if number == 0 || number + 1 == self.nodes.len() {
                writeln!(text, "  n{number}([\"{label}\"])")
            } else {
                writeln!(text, "  n{number}[\"{label}\"]")
            };
        }
        for edge in &self.edges {
            let arrow = match edge.kind {
                EdgeKind::Edge => "-->",
                EdgeKind::Route | EdgeKind::Decision | EdgeKind::FanOut | EdgeKind::Guard => "-.->",
                EdgeKind::Join => "==>",
                EdgeKind::VisitLimit | EdgeKind::Error => "--x",
            };
            let label = edge.label.as_deref().map(|label| format!("|\"{}\"|", escape(label))).unwrap_or_default();
            let _ = writeln!(text, "  n{} {arrow}{label} n{}", place(&edge.source), place(&edge.target));
        }
        text
    }
}

/// Mermaid's own escapes, so that a name cannot break out of its quotes.
fn escape(label: &str) -> String {
    let mut escaped = String::with_capacity(label.len());
    for character in label.chars() {
        match character {
            '"' => escaped.push_str("#quot;"),
            '#' => escaped.push_str("#35;"),
            '<' => escaped.push_str("#lt;"),
            '>' => escaped.push_str("#gt;"),
            '\n' | '\r' => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

pub(super) const START_ID: &str = "__start__";
pub(super) const END_ID: &str = "__end__";
