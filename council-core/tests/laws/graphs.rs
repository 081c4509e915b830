//! The graphs of the plans.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use council_core::{
    Command, Context, Decider, Failure, Goto, Graph, ItemDecider, NodeError, NodeId, Policy, Retry, StateGraph,
    Subgraph, TakesItems, Worker, decider, item_decider, node, worker,
};

use crate::lab::Lab;
use crate::plans::{Doc, Document, Plan};

/// A graph of a plan, and the handles by which its choices are made by hand.
pub(crate) struct Built<S: Document = Doc> {
    pub(crate) graph: Graph<S>,
    pub(crate) ids: Vec<NodeId<S>>,
    pub(crate) work: Worker<S, u64>,
}

/// The number of the node that the next version of a program has.
const ADDED: usize = 99;

/// A declared node: a plain node, a decider, a worker or an item decider.
enum Declared<S: Document> {
    Node(NodeId<S>),
    Decider(Decider<S, u64>),
    Worker(Worker<S, u64>),
    ItemDecider(ItemDecider<S, u64, u64>),
}

impl<S: Document> Declared<S> {
    fn id(&self) -> NodeId<S> {
        match self {
            Self::Node(node) => *node,
            Self::Decider(decider) => decider.id(),
            Self::Worker(worker) => worker.id(),
            Self::ItemDecider(decider) => decider.id(),
        }
    }
}

/// What an item chooses: nothing, items that are smaller, so that there is an end, or no items, and the join's target.
pub(crate) fn choice_of_item<S: Document>(item: u64, work: Worker<S, u64>, joined: NodeId<S>) -> Goto<S> {
    match item {
        0 => Goto::nowhere(),
        1 => work.send([]).and(joined),
        2 => work.send([1, 0]),
        _ => work.send([item - 1]).and(joined).and(work.send([0])),
    }
}

impl Plan {
    /// Runs a node as its plan says: for a while, after some failures, with an entry in the journal at its end.
    async fn run<S: Document>(
        &self,
        doc: &S,
        context: &Context<S>,
        lab: &Lab,
        delay: u64,
    ) -> Result<S::Update, NodeError> {
        let number = Self::number(context.node());
        let _at_work = lab.begin(number);
        let mut seen = format!("{} after {} and {}", context.node(), doc.trail().len(), doc.sum());
        if self.once == Some(number) {
            seen += &context.once("note", async { Ok(lab.note(context)) }).await?;
        }
        tokio::time::sleep(Duration::from_millis(delay)).await;
        if self.asks == Some(number) {
            let answer: u64 = context.ask(doc.sum()).await?;
            seen = format!("{seen} and {answer}");
        }
        lab.break_down(number)?;
        if self.hopeless.is_some_and(|(node, _)| node == number) {
            return Err("hopeless".into());
        }
        let of_plan = self.shaky.iter().find(|(node, _)| *node == number);
        if of_plan.is_some_and(|(_, failures)| lab.fails_again(context, *failures)) {
            return Err("shaky".into());
        }
        lab.ended(context);
        Ok(S::update_of(self, number, context.item(), seen))
    }

    /// The graph. Its nodes have these delays, and fail as often as the list of the lab contains them.
    pub(crate) fn build(&self, delays: &[u64], lab: &Arc<Lab>) -> Built {
        self.build_of(delays, lab)
    }

    /// The graph with this state.
    pub(crate) fn build_of<S: Document>(&self, delays: &[u64], lab: &Arc<Lab>) -> Built<S> {
        let mut graph = StateGraph::<S>::new("random");
        S::set_version(&mut graph);
        let delay = |number: usize| delays.get(number).copied().unwrap_or_default();
        let mut order: Vec<usize> = (0..=self.worker()).collect();
        // The keys of the plan are random, so this is a random order.
        order.sort_by_key(|number| self.order.get(*number));
        let declared: BTreeMap<usize, Declared<S>> = order
            .into_iter()
            .map(|number| {
                let (plan, lab, delay, name) = (self.clone(), Arc::clone(lab), delay(number), self.name_of(number));
                if number == self.worker() && self.items_decide {
                    let work = item_decider!(graph, name, async move |doc, item: &u64, context| {
                        Ok((plan.run(doc, context, &lab, delay * item).await?, *item))
                    });
                    return (number, Declared::ItemDecider(work));
                }
                if number == self.worker() {
                    let work = worker!(graph, name, async move |doc, item: &u64, context| {
                        plan.run(doc, context, &lab, delay * item).await
                    });
                    return (number, Declared::Worker(work));
                }
                if self.decides == Some(number) {
                    let decider = decider!(graph, name, async move |doc, context| {
                        let update = plan.run(doc, context, &lab, delay).await?;
                        Ok((update, doc.sum()))
                    });
                    return (number, Declared::Decider(decider));
                }
                let node = match self.nested {
                    Some((nested, steps)) if nested == number => {
                        graph.node(name, plan.subgraph(number, steps, delay, &lab))
                    }
                    _ => node!(graph, name, async move |doc, context| plan.run(doc, context, &lab, delay).await),
                };
                (number, Declared::Node(node))
            })
            .collect();
        let ids: Vec<NodeId<S>> = declared.values().map(Declared::id).collect();
        for declared in declared.values() {
            if let Declared::Decider(decider) = declared {
                self.decide(&mut graph, *decider, &ids);
            }
        }
        let work = match declared[&self.worker()] {
            Declared::Worker(work) => work,
            Declared::ItemDecider(work) => {
                graph.decide(work, (work, ids[self.nodes]), |item, (work, joined)| {
                    choice_of_item(item, work.worker(), joined)
                });
                work.worker()
            }
            _ => panic!("the worker takes items"),
        };
        self.connect(&mut graph, &ids, work);
        self.add(&mut graph, &ids, lab);
        self.set_up(&mut graph, &ids);
        self.handle(&mut graph, &ids, lab);
        graph.store_items(work);
        Built { graph: graph.compile().unwrap(), ids, work }
    }

    /// Its choice leads to one of the nodes behind it, or to the end.
    fn decide<S: Document>(&self, graph: &mut StateGraph<S>, decider: Decider<S, u64>, ids: &[NodeId<S>]) {
        let own = self.decides.unwrap_or_default();
        let later = |step: usize| if own + step < self.nodes { ids[own + step] } else { NodeId::END };
        graph.decide(decider, [later(1), later(2), NodeId::END], |sum, targets| {
            [vec![targets[0]], vec![targets[1], targets[0]], vec![targets[2]]][usize::try_from(sum % 3).unwrap_or(0)]
                .clone()
        });
    }

    /// A graph that spreads the work of the node over this number of supersteps.
    fn subgraph<S: Document>(&self, number: usize, steps: u64, delay: u64, lab: &Arc<Lab>) -> Subgraph<S, S::Part> {
        let mut inner = StateGraph::<S::Part>::new("inner");
        S::Part::set_version(&mut inner);
        let (plan, lab) = (self.clone(), Arc::clone(lab));
        let step =
            node!(inner, Self::name(number), async move |doc, context| plan.run(doc, context, &lab, delay).await);
        inner.start(step).edge(step, step).visit_limit(step, u32::try_from(steps).unwrap(), NodeId::END);
        inner.default_policy(self.policy(number));
        let plan = self.clone();
        Subgraph::new(
            inner.compile().unwrap(),
            |doc: &S| doc.part(),
            move |doc| S::update_of(&plan, number, None, doc.trail().join("; ")),
        )
        .stored()
    }

    fn connect<S: Document>(&self, graph: &mut StateGraph<S>, ids: &[NodeId<S>], work: Worker<S, u64>) {
        graph.start(ids[0]);
        for &(from, to) in &self.edges {
            graph.edge(ids[from], ids[to]);
        }
        for &(from, items) in &self.sends {
            graph.fan_out(ids[from], work, move |_| 0..items);
        }
        graph.join(self.join_sources.iter().map(|source| ids[*source]), ids[self.nodes]);
        for &id in ids {
            graph.end(id);
        }
        if let Some((from, to, visits)) = self.back {
            graph.route(ids[from], [ids[to]], |_, [again]| again);
            graph.visit_limit(ids[to], visits, NodeId::END);
        }
        if let Some((sum, to)) = self.guard {
            graph.guard("guard", move |doc| doc.sum() > sum, ids[to]);
        }
        if let Some(node) = self.deferred {
            graph.defer(ids[node]);
        }
    }

    /// Adds the node that the next version of a program has.
    fn add<S: Document>(&self, graph: &mut StateGraph<S>, ids: &[NodeId<S>], lab: &Arc<Lab>) {
        if self.has_added {
            let (plan, lab) = (self.clone(), Arc::clone(lab));
            let added =
                node!(graph, Self::name(ADDED), async move |doc, context| plan.run(doc, context, &lab, 0).await);
            graph.edge(ids[0], added).end(added);
        }
    }

    fn set_up<S: Document>(&self, graph: &mut StateGraph<S>, ids: &[NodeId<S>]) {
        for (number, id) in ids.iter().enumerate() {
            let policy = self.policy(number);
            graph.policy(
                *id,
                match self.bound {
                    Some((node, bound)) if node == number => policy.concurrency(bound),
                    _ => policy,
                },
            );
        }
    }

    fn handle<S: Document>(&self, graph: &mut StateGraph<S>, ids: &[NodeId<S>], lab: &Arc<Lab>) {
        let Some((node, leads_elsewhere)) = self.hopeless else { return };
        let (plan, lab) = (self.clone(), Arc::clone(lab));
        let elsewhere = if node + 1 < self.nodes { ids[node + 1] } else { NodeId::END };
        graph.on_error(ids[node], [elsewhere], move |doc, failure, [elsewhere]| {
            if let Failure::Node { superstep, .. } = failure {
                lab.handled(*superstep, node);
            }
            let update = S::update_of(&plan, node, None, format!("instead, after {}", doc.trail().len()));
            Some(if leads_elsewhere { Command::goto(elsewhere).and_update(update) } else { Command::update(update) })
        });
    }

    fn policy(&self, number: usize) -> Policy {
        let is_shaky = self.shaky.iter().any(|(node, _)| *node == number);
        let policy = Policy::default().spawned(self.spawned.contains(&number));
        let retry = Retry::default().pause(Duration::from_millis(3)).jitter(false).when(is_shaky_failure);
        if is_shaky { policy.retry(retry) } else { policy }
    }
}

/// A node that fails because of the lab's list is not retried within the run.
fn is_shaky_failure(failure: &Failure) -> bool {
    failure.source().is_some_and(|source| source.to_string() == "shaky")
}
