//! Labels for the choices of routes and decisions.

use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

use super::builder::StateGraph;
use crate::node::targets::Targets;
use crate::state::State;
use crate::types::node_id::START;

/// The graph after a route or a decision was added: [`labels`](Self::labels) names the choices in the drawing, and every method of
/// [`StateGraph`] continues the chain.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # async fn judge(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().notes("too short")) }
/// # let mut graph = StateGraph::<Essay>::new("essay");
/// # let (write, judge) = (graph.node("write", write), graph.node("judge", judge));
/// graph
///     .start(write)
///     .route(write, [judge, NodeId::END], |_, [judge, _]| judge)
///     .labels(["to the judge", "nothing to judge"])
///     .end(judge);
/// ```
pub struct RouteLabels<'a, S: State, T> {
    graph: &'a mut StateGraph<S>,
    labelled: Option<(u32, Labelled)>,
    targets: PhantomData<T>,
}

/// The choices that get labels.
pub(super) enum Labelled {
    Route(usize),
    Decision,
}

impl<'a, S: State, T> RouteLabels<'a, S, T> {
    pub(super) fn new(graph: &'a mut StateGraph<S>, labelled: Option<(u32, Labelled)>) -> Self {
        Self { graph, labelled, targets: PhantomData }
    }
}

impl<'a, S: State, T: Targets<S>> RouteLabels<'a, S, T> {
    /// Sets one label for each target, in the same order, and returns the graph.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # async fn judge(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().notes("too short")) }
    /// # let mut graph = StateGraph::<Essay>::new("essay");
    /// # let (write, judge) = (graph.node("write", write), graph.node("judge", judge));
    /// graph.route(write, [judge, NodeId::END], |_, [judge, _]| judge).labels(["to the judge", "nothing to judge"]);
    /// ```
    pub fn labels<L: Into<String>>(self, labels: T::Labels<L>) -> &'a mut StateGraph<S> {
        let labels = labels.into_iter().map(Into::into).collect();
        match self.labelled {
            Some((START, Labelled::Route(route))) => self.graph.start_routes[route].labels = labels,
            Some((node, Labelled::Route(route))) => self.graph.nodes[node as usize].routes[route].labels = labels,
            Some((node, Labelled::Decision)) => {
                if let Some(decision) = &mut self.graph.nodes[node as usize].extras.decision {
                    decision.labels = labels;
                }
            }
            None => {}
        }
        self.graph
    }
}

impl<S: State, T> Deref for RouteLabels<'_, S, T> {
    type Target = StateGraph<S>;

    fn deref(&self) -> &StateGraph<S> {
        self.graph
    }
}

impl<S: State, T> DerefMut for RouteLabels<'_, S, T> {
    fn deref_mut(&mut self) -> &mut StateGraph<S> {
        self.graph
    }
}

impl<S: State, T> std::fmt::Debug for RouteLabels<'_, S, T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("RouteLabels")
    }
}
