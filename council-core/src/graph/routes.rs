//! Routes, fan-outs and decisions: targets that are chosen at run time.

use std::any::TypeId;
use std::panic::Location;

use super::builder::StateGraph;
use super::compiled::{DecisionTargets, Route};
use super::fault::BuildFault;
use super::labels::{Labelled, RouteLabels};
use crate::drawing::LinkKind;
use crate::drawing::ids::START_ID;
use crate::node::decider::Chooses;
use crate::node::goto::{Choice, Goto};
use crate::node::targets::Targets;
use crate::node::worker::{TakesItems, Worker};
use crate::state::State;
use crate::types::node_id::{END, Handle, NodeId, START};

impl<S: State> StateGraph<S> {
    /// After `from`, `pick` chooses the next nodes among the targets. It gets the state with all updates of the superstep.
    ///
    /// The function gets the targets by position, in the shape in which they were given: an array of nodes, a worker, or a tuple
    /// of both. It must choose among these targets: any other node ends the run with an error. Name the choices for the drawing
    /// with [`labels`](RouteLabels::labels):
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
    ///
    /// The function may return several targets, or items for a worker: see [`Goto`]. If one arm of the
    /// function returns a node and another arm items, write `.into()` after the node. A route from [`NodeId::START`] is called
    /// with the input, before the first superstep.
    #[doc(alias("add_conditional_edges", "set_conditional_entry_point"))]
    #[track_caller]
    pub fn route<T: Targets<S>, G: Into<Goto<S>> + 'static>(
        &mut self,
        from: impl Handle<S>,
        targets: T,
        pick: impl Fn(&S, T) -> G + Send + Sync + 'static,
    ) -> RouteLabels<'_, S, T> {
        self.add_route(from.id(), targets, LinkKind::Route, "route", pick)
    }

    /// After `from`, one task of `worker` runs for each item that `items` makes from the state: the map of map-reduce.
    ///
    /// The tasks run concurrently, and their updates are applied in the order of the items. An edge from the worker is followed
    /// once all its tasks have ended. Without items, it is followed at once.
    ///
    /// ```
    /// use council_core::{NodeResult, State, StateGraph};
    ///
    /// #[derive(State, Default)]
    /// struct Jokes {
    ///     subjects: Vec<String>,
    ///     #[state(append)]
    ///     jokes: Vec<String>,
    ///     best: String,
    /// }
    ///
    /// async fn read(_: &Jokes) -> NodeResult<Jokes> {
    ///     Ok(Jokes::update().subjects(["cats".into(), "crabs".into()]))
    /// }
    ///
    /// async fn joke(_: &Jokes, subject: &String) -> NodeResult<Jokes> {
    ///     Ok(Jokes::update().jokes(format!("a joke about {subject}")))
    /// }
    ///
    /// async fn judge(jokes: &Jokes) -> NodeResult<Jokes> {
    ///     Ok(Jokes::update().best(jokes.jokes.last().cloned().unwrap_or_default()))
    /// }
    ///
    /// let mut graph = StateGraph::<Jokes>::new("jokes");
    /// let read = graph.node("read", read);
    /// let joke = graph.worker("joke", joke);
    /// let judge = graph.node("judge", judge);
    /// graph.start(read);
    /// graph.fan_out(read, joke, |jokes| jokes.subjects.clone());
    /// graph.edge(joke, judge).end(judge);
    /// let graph = graph.compile()?;
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let outcome = graph.run(Jokes::default()).await?;
    /// assert_eq!(outcome.state().jokes, ["a joke about cats", "a joke about crabs"]);
    /// assert_eq!(outcome.state().best, "a joke about crabs");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias("Send", "map_reduce"))]
    #[track_caller]
    pub fn fan_out<W: TakesItems<S>, I: IntoIterator<Item = W::Item>>(
        &mut self,
        from: impl Handle<S>,
        worker: W,
        items: impl Fn(&S) -> I + Send + Sync + 'static,
    ) -> &mut Self {
        let send = move |state: &S, worker: Worker<S, W::Item>| worker.send(items(state));
        self.add_route(from.id(), worker.worker(), LinkKind::FanOut, "fan_out", send);
        self
    }

    /// Maps the choices of a decider to targets. `pick` gets the choice, and the targets by position.
    ///
    /// The targets are followed beside the edges, routes and joins of the decider. For an item decider, `pick` is called for each
    /// item: [`ItemDecider`](crate::ItemDecider#where-the-run-goes) says where the choices of all items lead.
    ///
    /// ```
    /// use council_core::{DeciderResult, NodeId, NodeResult, State, StateGraph};
    ///
    /// #[derive(State, Default)]
    /// struct Ticket {
    ///     amount: u32,
    ///     note: String,
    /// }
    ///
    /// enum Next {
    ///     Refund,
    ///     Ask,
    /// }
    ///
    /// async fn triage(ticket: &Ticket) -> DeciderResult<Ticket, Next> {
    ///     let next = if ticket.amount < 100 { Next::Refund } else { Next::Ask };
    ///     Ok((Ticket::update().note("seen"), next))
    /// }
    ///
    /// # async fn refund(_: &Ticket) -> NodeResult<Ticket> { Ok(Ticket::update().note("refunded")) }
    /// let mut graph = StateGraph::<Ticket>::new("tickets");
    /// let triage = graph.decider("triage", triage);
    /// let refund = graph.node("refund", refund);
    /// graph.start(triage).end(refund);
    /// graph.decide(triage, [refund, NodeId::END], |next, [refund, ask]| match next {
    ///     Next::Refund => refund,
    ///     Next::Ask => ask,
    /// });
    /// let graph = graph.compile()?;
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// assert_eq!(graph.run(Ticket { amount: 20, ..Ticket::default() }).await?.state().note, "refunded");
    /// assert_eq!(graph.run(Ticket { amount: 200, ..Ticket::default() }).await?.state().note, "seen");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias("Command", "goto"))]
    #[track_caller]
    pub fn decide<D: Chooses<S>, T: Targets<S>, G: Into<Goto<S>> + 'static>(
        &mut self,
        decider: D,
        targets: T,
        pick: impl Fn(D::Choice, T) -> G + Send + Sync + 'static,
    ) -> RouteLabels<'_, S, T> {
        let (Some(node), declared) = (self.known(decider, "decide"), self.targets(targets.clone(), "decide")) else {
            return RouteLabels::new(self, None);
        };
        if declared.is_empty() {
            self.faults.push(BuildFault::RouteWithoutTargets { node: self.names[node as usize].clone() });
        }
        let choices = self.choices(targets.clone());
        let pick = move |choice: Box<dyn std::any::Any + Send>| {
            let goto = pick(*choice.downcast().ok()?, targets.clone()).into();
            goto.is_among(&choices).then_some(goto)
        };
        let picks_one = picks_one::<S, G>();
        let decision = DecisionTargets { targets: declared, picks_one, labels: Vec::new(), pick: Box::new(pick) };
        if self.nodes[node as usize].extras.decision.replace(decision).is_some() {
            self.faults.push(BuildFault::SetTwice { node: self.names[node as usize].clone(), setting: "choices" });
        }
        RouteLabels::new(self, Some((node, Labelled::Decision)))
    }

    #[track_caller]
    fn add_route<T: Targets<S>, G: Into<Goto<S>> + 'static>(
        &mut self,
        from: NodeId<S>,
        targets: T,
        kind: LinkKind,
        call: &'static str,
        pick: impl Fn(&S, T) -> G + Send + Sync + 'static,
    ) -> RouteLabels<'_, S, T> {
        let source = if from == NodeId::START { Some(START) } else { self.known(from, call) };
        let (Some(source), declared) = (source, self.targets(targets.clone(), call)) else {
            return RouteLabels::new(self, None);
        };
        if declared.is_empty() {
            let node = self.names.get(source as usize).map_or(START_ID, String::as_str).to_owned();
            self.faults.push(BuildFault::RouteWithoutTargets { node });
        }
        let choices = self.choices(targets.clone());
        let pick = move |state: &S| {
            let goto = pick(state, targets.clone()).into();
            goto.is_among(&choices).then_some(goto)
        };
        let route =
            Route { targets: declared, picks_one: picks_one::<S, G>(), labels: Vec::new(), kind, pick: Box::new(pick) };
        let routes = match self.nodes.get_mut(source as usize) {
            Some(node) => &mut node.routes,
            None => &mut self.start_routes,
        };
        routes.push(route);
        let place = routes.len() - 1;
        RouteLabels::new(self, Some((source, Labelled::Route(place))))
    }

    /// The numbers of the targets, which may include the end. The start and handles of other graphs become faults.
    #[track_caller]
    pub(super) fn targets(&mut self, targets: impl Targets<S>, call: &'static str) -> Vec<u32> {
        let at = Location::caller();
        let mut numbers = Vec::new();
        for target in targets.list() {
            if target == NodeId::END {
                numbers.push(END);
            } else if target.graph == self.id {
                numbers.push(target.index);
            } else if target == NodeId::START {
                self.faults.push(BuildFault::StartIsNoNode { call, at });
            } else {
                self.faults.push(BuildFault::ForeignNode { call, at });
            }
        }
        numbers
    }

    /// The targets, and whether each takes items.
    pub(super) fn choices(&self, targets: impl Targets<S>) -> Vec<Choice<S>> {
        let takes_items =
            |node: NodeId<S>| self.nodes.get(node.index as usize).is_some_and(|declared| declared.erased.takes_items());
        targets.list().into_iter().map(|node| Choice { node, takes_items: takes_items(node) }).collect()
    }
}

/// Whether a function with this return type always chooses one target.
fn picks_one<S: State, G: 'static>() -> bool {
    TypeId::of::<G>() == TypeId::of::<NodeId<S>>()
}
