//! Drawings of a graph: as data, JSON, Mermaid or DOT, with the path of a run.

pub(crate) mod dot;
pub(crate) mod ids;
pub(crate) mod mermaid;
pub(crate) mod words;

use std::collections::BTreeMap;
use std::ops::Not;

use serde::Serialize;

use crate::types::raw_json::RawJson;

/// A graph as a picture: its nodes and edges. It is exact, because routes declare their targets.
///
/// [`mermaid`](Self::mermaid) and [`dot`](Self::dot) draw it. Any serde format writes it; as JSON it is
/// `{"name","nodes":[{"id","label","kind",..}],"edges":[{"source","target","kind","label"?}]}`:
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
/// assert_eq!(json["nodes"][1], serde_json::json!({ "id": "write", "label": "write", "kind": "node" }));
/// assert_eq!(json["edges"][0], serde_json::json!({ "source": "__start__", "target": "write", "kind": "edge" }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "get_graph")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Drawing {
    /// The name of the graph.
    pub name: String,
    /// The start, the nodes in the order of declaration, the joins, the guards, and the end.
    pub nodes: Vec<Shape>,
    /// The edges, in the order of the nodes.
    pub edges: Vec<Link>,
}

impl Drawing {
    /// The same drawing with closed subgraphs: each is one node, without its inside.
    ///
    /// ```
    /// use council_core::{NodeResult, State, StateGraph, Subgraph};
    ///
    /// #[derive(State, Clone, Default)]
    /// struct Text {
    ///     text: String,
    /// }
    ///
    /// # async fn polish(_: &Text) -> NodeResult<Text> { Ok(Text::update()) }
    /// let mut inner = StateGraph::<Text>::new("inner");
    /// let polish = inner.node("polish", polish);
    /// inner.start(polish).end(polish);
    ///
    /// let mut outer = StateGraph::<Text>::new("outer");
    /// let finish = Subgraph::new(inner.compile()?, Text::clone, |text| Text::update().text(text.text));
    /// let finish = outer.node("finish", finish);
    /// outer.start(finish).end(finish);
    ///
    /// let drawing = outer.compile()?.drawing();
    /// assert!(drawing.mermaid().contains("polish"));
    /// assert!(!drawing.closed().mermaid().contains("polish"));
    /// # Ok::<(), council_core::BuildError>(())
    /// ```
    #[must_use]
    pub fn closed(mut self) -> Self {
        self.nodes.iter_mut().for_each(|shape| shape.inner = None);
        self
    }
}

/// A node in a [`Drawing`].
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// # graph.start(write).end(write); let graph = graph.compile()?;
/// let labels: Vec<_> = graph.drawing().nodes.iter().map(|shape| shape.label.clone()).collect();
/// assert_eq!(labels, ["start", "write", "end"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Shape {
    /// The id that edges use: the node's name, `__start__`, `__end__`, `__join__:` with a number, or `__guard__:` with the guard's
    /// name.
    pub id: String,
    /// The text in the drawing.
    pub label: String,
    /// The kind of the node.
    pub kind: ShapeKind,
    /// Whether it runs once for each item: a worker, or a subgraph that is a worker.
    #[serde(skip_serializing_if = "Not::not")]
    pub per_item: bool,
    /// Whether it is deferred: it waits until no other task is left.
    #[serde(skip_serializing_if = "Not::not")]
    pub deferred: bool,
    /// Notes on its policy, a few words each: `up to 3 attempts`. Empty for the default policy.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Data of the program about the node: see [`StateGraph::metadata`](crate::StateGraph::metadata).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, RawJson<'static>>,
    /// The inner drawing of a subgraph.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inner: Option<Box<Drawing>>,
    /// The number of visits of a run, if the drawing has the path of a run: see [`RunPath`](crate::RunPath). For a guard, the number of
    /// times that it opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visits: Option<u64>,
    /// The number of its tasks that succeeded, if it runs once for each item and the drawing has the path of a run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tasks: Option<u64>,
}

/// The kind of a node in a [`Drawing`].
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// # graph.start(write).end(write); let graph = graph.compile()?;
/// let kinds: Vec<_> = graph.drawing().nodes.iter().map(|shape| shape.kind).collect();
/// assert_eq!(kinds, [ShapeKind::Start, ShapeKind::Node, ShapeKind::End]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ShapeKind {
    /// The start of a run.
    Start,
    /// A node.
    Node,
    /// A node that runs once for each item.
    Worker,
    /// A node that chooses the next node.
    Decider,
    /// Another graph.
    Subgraph,
    /// A join of several nodes. A join of one source is an edge and has no shape.
    Join,
    /// A guard: when its condition holds, the run goes to its target and to no other node.
    Guard,
    /// The end of a run.
    End,
}

/// An edge in a [`Drawing`].
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// # graph.start(write).end(write); let graph = graph.compile()?;
/// let Drawing { edges, .. } = graph.drawing();
/// assert_eq!((edges[0].source.as_str(), edges[0].target.as_str()), ("__start__", "write"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Link {
    /// The id of its source.
    pub source: String,
    /// The id of its target.
    pub target: String,
    /// The reason why a run takes it.
    pub kind: LinkKind,
    /// The text on the edge: the choice of a route, or the limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The number of visits of its source after which it is taken, if it is the edge of a visit limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visit_limit: Option<u32>,
    /// The number of times that a run certainly took it, if the drawing has the path of a run: see [`RunPath`](crate::RunPath).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken: Option<u64>,
}

/// The reason why a run takes an edge.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// # graph.start(write).end(write); let graph = graph.compile()?;
/// assert_eq!(graph.drawing().edges[0].kind, LinkKind::Edge);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LinkKind {
    /// Always.
    Edge,
    /// A function of the state chooses it.
    Route,
    /// A function of the state makes items, each of which is a task of the target.
    FanOut,
    /// The source chooses it.
    Decision,
    /// The source fails, and its error handler chooses it.
    Error,
    /// It leads into a join or out of one. The run continues once all sources of the join have run.
    Join,
    /// The source has reached its visit limit; the run goes to the target instead.
    VisitLimit,
    /// The source is a guard, and its condition holds.
    Guard,
}
