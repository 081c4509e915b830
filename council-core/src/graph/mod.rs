//! Graphs: how they are built, checked and drawn.

pub(crate) mod builder;
pub(crate) mod check;
pub(crate) mod closures;
pub(crate) mod compile;
pub(crate) mod draw;
pub(crate) mod fault;
pub(crate) mod handle;
pub(crate) mod joins;
pub(crate) mod labels;
pub(crate) mod reach;
pub(crate) mod routes;
pub(crate) mod settings;
pub(crate) mod valves;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use smallvec::SmallVec;
use tokio::sync::Semaphore;

pub use draw::EdgeKind;
pub use handle::{Handle, Target};

use crate::body::{AnyChoice, Body, Kind};
use crate::cache::Recall;
use crate::command::Command;
use crate::failure::Failure;
use crate::goto::{Goto, Item};
use crate::node::codec::ItemCodec;
use crate::plan;
use crate::policy::Policy;
use crate::position::Position;
use crate::run::builder::RunBuilder;
use crate::state::State;
use handle::NodeList;

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
    ///
    /// It is for graphs whose nodes are given nothing; where the state has a [`Context`](crate::State::Context), it is
    /// [`run_with`](Self::run_with).
    pub fn run(&self, input: S) -> RunBuilder<S>
    where
        S: State<Context = ()>,
    {
        self.run_with(input, ())
    }

    /// A run from the start, given what its nodes find in [`Context::given`](crate::Context::given).
    pub fn run_with(&self, input: S, given: impl Into<Arc<S::Context>>) -> RunBuilder<S> {
        RunBuilder::new(self.clone(), plan::begin(self, input), given.into())
    }

    /// A run that goes on from where an earlier one was stopped or failed, with whatever limits are set now.
    ///
    /// Tasks that had ended are not run again.
    pub fn resume(&self, position: Position<S>) -> RunBuilder<S>
    where
        S: State<Context = ()>,
    {
        self.resume_with(position, ())
    }

    /// A run that goes on, given what its nodes find in [`Context::given`](crate::Context::given).
    pub fn resume_with(&self, position: Position<S>, given: impl Into<Arc<S::Context>>) -> RunBuilder<S> {
        RunBuilder::new(self.clone(), position, given.into())
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
#[expect(clippy::struct_excessive_bools, reason = "each says what most graphs need not look for")]
pub(crate) struct Inner<S: State> {
    pub(crate) name: String,
    pub(crate) names: Arc<[Arc<str>]>,
    /// The nodes by their names.
    pub(crate) numbers: HashMap<Arc<str>, u32>,
    pub(crate) nodes: Vec<Declared<S>>,
    pub(crate) joins: Vec<Join>,
    pub(crate) guards: Vec<Guard<S>>,
    pub(crate) starts: NodeList,
    /// The routes from the start, asked on the input.
    pub(crate) entries: SmallVec<[Route<S>; 1]>,
    /// Whether any node has a visit limit; most graphs need not look.
    pub(crate) has_limits: bool,
    pub(crate) has_deferred: bool,
    /// Whether any node is spread, in subgraphs too.
    pub(crate) has_spread: bool,
    /// Whether any node waits for a time: then the runtime has to have a timer.
    pub(crate) needs_timer: bool,
}

impl<S: State> Inner<S> {
    /// Where a run may begin.
    pub(crate) fn firsts(&self) -> impl Iterator<Item = u32> {
        self.starts.iter().chain(self.entries.iter().flat_map(|route| &route.targets)).copied()
    }

    /// What a journal cannot store, each with what to call so that it can.
    pub(crate) fn unstorable(&self, all: &mut Vec<String>) {
        for (node, name) in self.nodes.iter().zip(&*self.names) {
            if let Kind::Nested(nested) = &node.body.0 {
                nested.unstorable(name, all);
            }
            if node.body.takes_items() && node.rest.items.is_none() {
                all.push(format!("the items of `{name}` (`StateGraph::store_items`)"));
            }
        }
    }
}

/// A node, how it is run, and what leaves it.
pub(crate) struct Declared<S: State> {
    pub(crate) body: Body<S>,
    pub(crate) edges: SmallVec<[u32; 2]>,
    pub(crate) routes: SmallVec<[Route<S>; 1]>,
    /// The joins that this node is a source of: which join, and which of its sources.
    pub(crate) feeds: SmallVec<[(u32, u32); 1]>,
    pub(crate) limit: Option<VisitLimit>,
    /// The node that always comes next, where nothing else can: most steps of most runs.
    pub(crate) straight: Option<u32>,
    /// Whether it waits until nothing else is to run.
    pub(crate) deferred: bool,
    /// Whether the driver has nothing to do but to run it: most nodes of most graphs.
    pub(crate) plain: bool,
    /// What few nodes have.
    pub(crate) rest: Box<Rest<S>>,
}

/// How a node is run, where that is anything special.
pub(crate) struct Rest<S: State> {
    pub(crate) policy: Policy,
    /// One for each task that may run at the same time.
    pub(crate) permits: Option<Semaphore>,
    pub(crate) cache: Option<Box<dyn Recall<S>>>,
    pub(crate) decision: Option<Decision<S>>,
    pub(crate) handler: Option<Handler<S>>,
    /// How the items of a worker are stored, if they are.
    pub(crate) items: Option<ItemCodec>,
}

impl<S: State> Default for Rest<S> {
    fn default() -> Self {
        Self { policy: Policy::default(), permits: None, cache: None, decision: None, handler: None, items: None }
    }
}

/// Targets chosen by a function of the state.
pub(crate) struct Route<S: State> {
    pub(crate) targets: Vec<u32>,
    /// Whether it leads to one of them at a time, by the type of what it returns.
    pub(crate) picks_one: bool,
    pub(crate) labels: Vec<String>,
    pub(crate) kind: EdgeKind,
    pub(crate) pick: Pick<S>,
}

/// Gives where the run goes, or `None` if that is none of the targets.
pub(crate) type Pick<S> = Box<dyn Fn(&S) -> Option<Goto<S>> + Send + Sync>;

/// Targets chosen by the node itself.
pub(crate) struct Decision<S: State> {
    pub(crate) targets: Vec<u32>,
    pub(crate) labels: Vec<String>,
    /// Gives where a choice leads, or `None` if that is none of the targets.
    pub(crate) pick: Box<dyn Fn(AnyChoice) -> Option<Goto<S>> + Send + Sync>,
}

/// What is done when a node has failed.
pub(crate) struct Handler<S: State> {
    pub(crate) targets: Vec<u32>,
    pub(crate) recover: Recover<S>,
}

/// Gives what to do, if it knows; `Err` where it chose none of its targets.
pub(crate) type Recover<S> =
    Box<dyn Fn(&S, Option<&Item>, &Failure) -> Result<Option<Command<S>>, Undeclared> + Send + Sync>;

/// A target was chosen that is not declared.
pub(crate) struct Undeclared;

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

/// Once a rule holds on the state, the run goes elsewhere.
pub(crate) struct Guard<S> {
    pub(crate) name: String,
    pub(crate) when: Box<dyn Fn(&S) -> bool + Send + Sync>,
    pub(crate) otherwise: u32,
}
