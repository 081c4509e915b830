//! Building a graph: nodes first, then what connects them.

use std::panic::Location;
use std::sync::atomic::{AtomicU32, Ordering};

use smallvec::SmallVec;

use super::check::BuildFault;
use super::{Declared, END, Join, NodeId, Route, VisitLimit};
use crate::node::{Call, Erased};
use crate::{IntoNode, Node, NodeResult, State};

/// A graph that is being built: nodes over one state type, and the edges, routes, joins and limits between them.
///
/// [`node`](Self::node) gives a handle, and everything else takes handles, so a misspelt node does not compile. What the
/// compiler cannot see, [`compile`](Self::compile) refuses, all faults at once.
///
/// ```
/// use council_core::{NodeId, NodeResult, State, StateGraph};
///
/// #[derive(State, Default)]
/// struct Guess {
///     low: u32,
///     high: u32,
///     #[state(add)]
///     tries: u32,
/// }
///
/// async fn halve(guess: &Guess) -> NodeResult<Guess> {
///     let middle = guess.low.midpoint(guess.high);
///     let update = if middle * middle <= 1_000 { Guess::update().low(middle) } else { Guess::update().high(middle) };
///     Ok(update.tries(1))
/// }
///
/// let mut graph = StateGraph::<Guess>::new("root of 1000");
/// let halve = graph.node("halve", halve);
/// graph.start(halve);
/// graph.route(halve, [halve, NodeId::END], |guess, [again, done]| {
///     if guess.high - guess.low > 1 { again } else { done }
/// });
/// let graph = graph.compile()?;
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let outcome = graph.run(Guess { low: 0, high: 1_000, ..Guess::default() }).await?;
/// assert_eq!(outcome.state().low, 31);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct StateGraph<S: State> {
    pub(super) name: String,
    /// Tells the handles of this graph from those of another over the same state.
    id: u32,
    pub(super) names: Vec<String>,
    pub(super) nodes: Vec<Declared<S>>,
    pub(super) joins: Vec<Join>,
    pub(super) starts: SmallVec<[u32; 4]>,
    pub(super) ends: Vec<u32>,
    pub(super) faults: Vec<BuildFault>,
}

impl<S: State> StateGraph<S> {
    /// An empty graph.
    pub fn new(name: impl Into<String>) -> Self {
        static GRAPHS: AtomicU32 = AtomicU32::new(1);
        Self {
            name: name.into(),
            id: GRAPHS.fetch_add(1, Ordering::Relaxed),
            names: Vec::new(),
            nodes: Vec::new(),
            joins: Vec::new(),
            starts: SmallVec::new(),
            ends: Vec::new(),
            faults: Vec::new(),
        }
    }

    /// Adds a node: an `async fn` of the state, or of the state and the context, or a struct that implements [`Node`].
    /// A closure that captures goes through [`node!`](crate::node!).
    ///
    /// The order in which nodes are declared is the order in which the updates of a superstep are applied.
    pub fn node<Kind>(&mut self, name: impl Into<String>, node: impl IntoNode<S, Kind>) -> NodeId<S> {
        self.add(name.into(), node.into_node())
    }

    /// What [`node!`](crate::node!) calls for a closure of the state.
    #[doc(hidden)]
    pub fn __add<F>(&mut self, name: impl Into<String>, function: F, call: Call<S, F>) -> NodeId<S>
    where
        F: AsyncFn(&S) -> NodeResult<S> + Send + Sync + 'static,
    {
        self.add(name.into(), Box::new(Erased { function, call }))
    }

    /// What [`node!`](crate::node!) calls for a closure of the state and the context.
    #[doc(hidden)]
    pub fn __add_with_context<F>(&mut self, name: impl Into<String>, function: F, call: Call<S, F>) -> NodeId<S>
    where
        F: AsyncFn(&S, &crate::Context) -> NodeResult<S> + Send + Sync + 'static,
    {
        self.add(name.into(), Box::new(Erased { function, call }))
    }

    fn add(&mut self, name: String, node: Box<dyn Node<S>>) -> NodeId<S> {
        let index = u32::try_from(self.nodes.len()).expect("a graph has fewer than four thousand million nodes");
        self.names.push(name);
        self.nodes.push(Declared {
            node,
            edges: SmallVec::new(),
            routes: SmallVec::new(),
            feeds: SmallVec::new(),
            limit: None,
            straight: None,
        });
        NodeId::new(index, self.id)
    }

    /// The run begins with this node. Several starts run side by side.
    #[track_caller]
    pub fn start(&mut self, node: NodeId<S>) -> &mut Self {
        if let Some(node) = self.known(node, "start") {
            self.starts.push(node);
        }
        self
    }

    /// The run ends after this node, once nothing else is on its way.
    #[track_caller]
    pub fn end(&mut self, node: NodeId<S>) -> &mut Self {
        if let Some(node) = self.known(node, "end") {
            self.ends.push(node);
        }
        self
    }

    /// After `from` comes `to`. Several edges from one node run side by side.
    #[track_caller]
    pub fn edge(&mut self, from: NodeId<S>, to: NodeId<S>) -> &mut Self {
        let to_end = to == NodeId::END;
        let Some(from) = self.known(from, "edge") else {
            return self;
        };
        if to_end {
            self.ends.push(from);
        } else if let Some(to) = self.known(to, "edge") {
            self.nodes[from as usize].edges.push(to);
        }
        self
    }

    /// After `from` comes the target that `pick` chooses, on the state with all updates of the superstep in it.
    ///
    /// The targets come back to the function by position. It can only return one of them: anything else ends the run with an
    /// error. Name the choices for the drawing with [`labels`](RouteLabels::labels):
    ///
    /// ```
    /// # use council_core::{NodeResult, State, StateGraph};
    /// # #[derive(State, Default)]
    /// # struct Draft { score: f64 }
    /// # async fn pass(_: &Draft) -> NodeResult<Draft> { Ok(Draft::update()) }
    /// # let mut graph = StateGraph::<Draft>::new("draft");
    /// # let (write, judge, print) = (graph.node("write", pass), graph.node("judge", pass), graph.node("print", pass));
    /// graph
    ///     .route(judge, [write, print], |draft, [again, done]| if draft.score < 8.0 { again } else { done })
    ///     .labels(["score < 8", "score >= 8"]);
    /// ```
    #[track_caller]
    pub fn route<const N: usize>(
        &mut self,
        from: NodeId<S>,
        targets: [NodeId<S>; N],
        pick: impl Fn(&S, [NodeId<S>; N]) -> NodeId<S> + Send + Sync + 'static,
    ) -> RouteLabels<'_, S, N> {
        let Some(source) = self.known(from, "route") else {
            return RouteLabels { graph: self, route: None };
        };
        let mut numbers = Vec::with_capacity(N);
        for target in targets {
            if target == NodeId::END {
                numbers.push(END);
            } else if let Some(number) = self.known(target, "route") {
                numbers.push(number);
            }
        }
        if N == 0 {
            self.faults.push(BuildFault::RouteWithoutTargets { node: self.names[source as usize].clone() });
        }
        let routes = &mut self.nodes[source as usize].routes;
        routes.push(Route {
            targets: numbers,
            labels: Vec::new(),
            pick: Box::new(move |state| {
                let chosen = pick(state, targets);
                targets.contains(&chosen).then_some(chosen.index)
            }),
        });
        let place = routes.len() - 1;
        RouteLabels { graph: self, route: Some((source, place)) }
    }

    /// `to` runs once all `sources` have run since it last did.
    ///
    /// The sources may end in different supersteps. After it has fired, the join waits for all of them anew.
    #[track_caller]
    pub fn join(&mut self, sources: impl IntoIterator<Item = NodeId<S>>, to: NodeId<S>) -> &mut Self {
        let Some(target) = self.known(to, "join") else {
            return self;
        };
        let mut numbers: Vec<u32> = Vec::new();
        for source in sources {
            if let Some(source) = self.known(source, "join")
                && !numbers.contains(&source)
            {
                numbers.push(source);
            }
        }
        if numbers.is_empty() {
            self.faults.push(BuildFault::JoinWithoutSources { target: self.names[target as usize].clone() });
        }
        self.joins.push(Join { sources: numbers, target });
        self
    }

    /// A valve: once `node` has been visited `visits` times, whatever leads to it leads to `otherwise` instead.
    #[track_caller]
    pub fn visit_limit(&mut self, node: NodeId<S>, visits: u32, otherwise: NodeId<S>) -> &mut Self {
        let to_end = otherwise == NodeId::END;
        let Some(node) = self.known(node, "visit_limit") else {
            return self;
        };
        let name = self.names[node as usize].clone();
        let otherwise = if to_end {
            END
        } else {
            let Some(otherwise) = self.known(otherwise, "visit_limit") else {
                return self;
            };
            otherwise
        };
        if visits == 0 {
            self.faults.push(BuildFault::NoVisits { node: name.clone() });
        }
        if self.nodes[node as usize].limit.replace(VisitLimit { visits, otherwise }).is_some() {
            self.faults.push(BuildFault::SecondVisitLimit { node: name });
        }
        self
    }

    /// The number of a node of this graph; a handle of another graph, or the end, is noted as a fault.
    #[track_caller]
    fn known(&mut self, node: NodeId<S>, call: &'static str) -> Option<u32> {
        if node.graph == self.id {
            return Some(node.index);
        }
        let at = Location::caller();
        self.faults.push(if node == NodeId::END {
            BuildFault::EndIsNoNode { call, at }
        } else {
            BuildFault::ForeignNode { call, at }
        });
        None
    }
}

/// Names the choices of a route in the drawing.
pub struct RouteLabels<'a, S: State, const N: usize> {
    graph: &'a mut StateGraph<S>,
    route: Option<(u32, usize)>,
}

impl<S: State, const N: usize> RouteLabels<'_, S, N> {
    /// One label for each target, in the same order.
    pub fn labels<L: Into<String>>(self, labels: [L; N]) {
        if let Some((node, route)) = self.route {
            self.graph.nodes[node as usize].routes[route].labels = labels.map(Into::into).to_vec();
        }
    }
}
