//! Valves, which end loops: visit limits and guards. Also the permission for endless loops.

use super::builder::StateGraph;
use super::compiled::{Guard, VisitLimit};
use super::fault::BuildFault;
use crate::state::State;
use crate::types::node_id::{END, Handle, NodeId, Target};

impl<S: State> StateGraph<S> {
    /// A valve: after `visits` visits of `node`, every way to it leads to `otherwise` instead.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # async fn judge(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().notes("too short")) }
    /// # let mut graph = StateGraph::<Essay>::new("essay");
    /// # let (write, judge) = (graph.node("write", write), graph.node("judge", judge));
    /// graph.start(write).edge(write, write).visit_limit(write, 3, judge).end(judge);
    /// assert!(graph.compile().is_ok());
    /// ```
    #[track_caller]
    pub fn visit_limit(&mut self, node: impl Handle<S>, visits: u32, otherwise: impl Target<S>) -> &mut Self {
        let (Some(node), Some(otherwise)) = (self.known(node, "visit_limit"), self.way_out(otherwise, "visit_limit"))
        else {
            return self;
        };
        let name = || self.names[node as usize].clone();
        if visits == 0 {
            self.faults.push(BuildFault::NoVisits { node: name() });
        }
        if self.nodes[node as usize].limit.replace(VisitLimit { visits, otherwise }).is_some() {
            self.faults.push(BuildFault::SecondVisitLimit { node: name() });
        }
        self
    }

    /// A valve: once `when` holds for the state at a barrier, the run goes to `otherwise` instead of all other targets, deferred
    /// nodes included. A guard opens once in a run. It does not open if the run goes to `otherwise` anyway. If several guards
    /// hold, the guard that was declared first opens.
    ///
    /// ```
    /// # use council_core::{NodeId, State, StateGraph, node};
    /// #[derive(State, Default)]
    /// struct Draft {
    ///     #[state(add)]
    ///     tokens: u64,
    /// }
    ///
    /// let mut graph = StateGraph::<Draft>::new("draft");
    /// let write = node!(graph, "write", async move |_| Ok(Draft::update().tokens(40_000)));
    /// graph.start(write).edge(write, write);
    /// graph.guard("budget", |draft| draft.tokens > 100_000, NodeId::END);
    /// let graph = graph.compile()?;
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// assert_eq!(graph.run(Draft::default()).await?.state().tokens, 120_000);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[track_caller]
    pub fn guard(
        &mut self,
        name: impl Into<String>,
        when: impl Fn(&S) -> bool + Send + Sync + 'static,
        otherwise: impl Target<S>,
    ) -> &mut Self {
        let name = name.into();
        if name.is_empty() || self.guards.iter().any(|guard| guard.name == name) {
            self.faults.push(BuildFault::GuardName { name: name.clone() });
        }
        if let Some(otherwise) = self.way_out(otherwise, "guard") {
            self.guards.push(Guard { name, when: Box::new(when), otherwise });
        }
        self
    }

    /// Allows loops without a way out, which [`compile`](Self::compile) refuses otherwise. A run in such a loop ends by a limit or
    /// a cancellation.
    ///
    /// ```
    /// use council_core::{Limits, NodeResult, Outcome, State, StateGraph};
    ///
    /// #[derive(State, Default)]
    /// struct Clock {
    ///     #[state(add)]
    ///     ticks: u32,
    /// }
    ///
    /// async fn tick(_: &Clock) -> NodeResult<Clock> {
    ///     Ok(Clock::update().ticks(1))
    /// }
    ///
    /// let mut graph = StateGraph::<Clock>::new("clock");
    /// let tick = graph.node("tick", tick);
    /// graph.start(tick).edge(tick, tick).endless();
    /// let graph = graph.compile()?;
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let outcome = graph.run(Clock::default()).limits(Limits { supersteps: 12, ..Limits::default() }).await?;
    /// assert!(matches!(outcome, Outcome::Stopped { .. }));
    /// assert_eq!(outcome.state().ticks, 12);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn endless(&mut self) -> &mut Self {
        self.is_endless = true;
        self
    }

    /// The target of a valve: a node, or the end.
    #[track_caller]
    fn way_out(&mut self, otherwise: impl Target<S>, call: &'static str) -> Option<u32> {
        if otherwise.id() == NodeId::END { Some(END) } else { self.reached(otherwise, call) }
    }
}
