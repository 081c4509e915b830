//! Graphs: how they are built, checked and drawn.

mod builder;
mod check;
mod compile;
mod draw;
mod joins;
mod reach;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use smallvec::SmallVec;

pub use builder::{RouteLabels, StateGraph};
pub use check::{BuildError, BuildFault};
pub use draw::{Drawing, EdgeKind, Link, Shape};

use crate::{Node, Position, RunBuilder, State, plan};

/// A handle to a node of a graph over the state `S`, given by [`StateGraph::node`]; or [`END`](Self::END).
pub struct NodeId<S> {
    pub(crate) index: u32,
    /// Which graph it belongs to; `0` for `END`, which belongs to all.
    graph: u32,
    state: PhantomData<fn() -> S>,
}

impl<S> NodeId<S> {
    /// The end of the graph, as a target of edges, routes and visit limits.
    pub const END: Self = Self { index: END, graph: 0, state: PhantomData };

    fn new(index: u32, graph: u32) -> Self {
        Self { index, graph, state: PhantomData }
    }
}

impl<S> Clone for NodeId<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for NodeId<S> {}

impl<S> PartialEq for NodeId<S> {
    fn eq(&self, other: &Self) -> bool {
        (self.index, self.graph) == (other.index, other.graph)
    }
}

impl<S> Eq for NodeId<S> {}

impl<S> fmt::Debug for NodeId<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.index {
            END => formatter.write_str("NodeId(END)"),
            index => write!(formatter, "NodeId({index})"),
        }
    }
}

/// A graph that can run: checked, unchanging, cheap to clone.
pub struct Graph<S: State> {
    pub(crate) inner: Arc<Inner<S>>,
}

impl<S: State> Graph<S> {
    /// The name of the graph.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.inner.name
    }

    /// The names of the nodes, in the order in which they were declared.
    pub fn nodes(&self) -> impl Iterator<Item = &str> {
        self.inner.names.iter().map(|name| &**name)
    }

    /// A run from the start. Await it for the outcome, or set it up further and [`start`](RunBuilder::start) it.
    ///
    /// ```
    /// # use council_core::{State, StateGraph, node};
    /// # #[derive(State, Default)]
    /// # struct Text { text: String }
    /// # let mut graph = StateGraph::<Text>::new("shout");
    /// # let shout = node!(graph, "shout", async move |text| Ok(Text::update().text(text.text.to_uppercase())));
    /// # graph.start(shout);
    /// # graph.end(shout);
    /// # let graph = graph.compile()?;
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let outcome = graph.run(Text { text: "hello".into() }).await?;
    /// assert_eq!(outcome.state().text, "HELLO");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn run(&self, input: S) -> RunBuilder<S> {
        RunBuilder::new(self.clone(), plan::begin(self, input))
    }

    /// A run that goes on from where an earlier one was stopped or failed, with whatever limits are set now.
    ///
    /// Tasks that had ended are not run again.
    pub fn resume(&self, position: Position<S>) -> RunBuilder<S> {
        RunBuilder::new(self.clone(), position)
    }
}

impl<S: State> Clone for Graph<S> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

impl<S: State> fmt::Debug for Graph<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Graph").field("name", &self.name()).field("nodes", &self.inner.names).finish()
    }
}

/// What a compiled graph is made of. Nodes are numbers from here on.
pub(crate) struct Inner<S: State> {
    pub(crate) name: String,
    pub(crate) names: Arc<[Arc<str>]>,
    pub(crate) nodes: Vec<Declared<S>>,
    pub(crate) joins: Vec<Join>,
    pub(crate) starts: SmallVec<[u32; 4]>,
    /// Whether any node has a visit limit; most graphs need not look.
    pub(crate) has_limits: bool,
}

/// A node and what leaves it.
pub(crate) struct Declared<S: State> {
    pub(crate) node: Box<dyn Node<S>>,
    pub(crate) edges: SmallVec<[u32; 2]>,
    pub(crate) routes: SmallVec<[Route<S>; 1]>,
    /// The joins that this node is a source of: which join, and which of its sources.
    pub(crate) feeds: SmallVec<[(u32, u32); 1]>,
    pub(crate) limit: Option<VisitLimit>,
    /// The node that always comes next, where nothing else can: most steps of most runs.
    pub(crate) straight: Option<u32>,
}

/// Targets chosen by a function of the state.
pub(crate) struct Route<S: State> {
    pub(crate) targets: Vec<u32>,
    pub(crate) labels: Vec<String>,
    pub(crate) pick: Pick<S>,
}

/// Gives the number of the chosen node, or `None` if it is none of the targets.
pub(crate) type Pick<S> = Box<dyn Fn(&S) -> Option<u32> + Send + Sync>;

/// An edge that fires once all its sources have run.
pub(crate) struct Join {
    pub(crate) sources: Vec<u32>,
    pub(crate) target: u32,
}

/// After so many visits, the run goes elsewhere.
#[derive(Clone, Copy)]
pub(crate) struct VisitLimit {
    pub(crate) visits: u32,
    pub(crate) otherwise: u32,
}

/// The number of the end.
pub(crate) const END: u32 = u32::MAX;
