//! Random graphs: edges forward, a join, a loop with a valve, and one node of each kind that the engine has.

use std::collections::BTreeSet;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use council_core::{
    Context, Decider, Failure, Graph, NodeError, NodeId, Policy, Retry, State, StateGraph, Subgraph, Worker, decider,
    node, worker,
};
use proptest::prelude::*;

use crate::lab::Lab;

#[derive(State, Clone, Debug, Default, PartialEq)]
pub(crate) struct Doc {
    #[state(append)]
    trail: Vec<String>,
    #[state(add)]
    sum: u64,
    #[state(max)]
    peak: u64,
    plain: u64,
}

#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// How many nodes there are beside the join's target, which comes after them, and the worker, which comes last.
    pub(crate) nodes: usize,
    /// Edges from a node to later ones.
    edges: Vec<(usize, usize)>,
    /// Nodes that the join waits for, perhaps the worker among them.
    pub(crate) join_sources: Vec<usize>,
    /// A node that goes back to an earlier one until that has had its visits.
    back: Option<(usize, usize, u32)>,
    /// Nodes, and perhaps the worker, that write the plain field: two of their tasks in one superstep are a conflict.
    pub(crate) plain: Vec<usize>,
    /// Nodes that send so many items to the worker.
    pub(crate) sends: Vec<(usize, u64)>,
    /// A node that chooses among later ones by the state that it sees.
    decides: Option<usize>,
    /// A node that is a graph of so many supersteps.
    nested: Option<(usize, u64)>,
    /// A node, or the worker, that waits until nothing else is to run.
    pub(crate) deferred: Option<usize>,
    /// Where the run goes once the sum is greater than this.
    pub(crate) guard: Option<(u64, usize)>,
    /// Nodes that fail so often before they go well, and are tried again.
    shaky: Vec<(usize, u32)>,
    spread: Vec<usize>,
    /// How many tasks of a node may be at work at once.
    pub(crate) bound: Option<(usize, usize)>,
    /// Milliseconds, by node.
    pub(crate) delays: Vec<u64>,
}

pub(crate) const MOST_NODES: usize = 7;

pub(crate) fn plans() -> impl Strategy<Value = Plan> {
    (2..=MOST_NODES).prop_flat_map(|nodes| {
        let shape = (
            prop::collection::vec((0..nodes, 0..nodes), 0..12),
            prop::collection::btree_set(0..=nodes, 1..=nodes.min(3)),
            prop::option::of((0..nodes, 0..nodes, 1_u32..4)),
            prop::collection::vec(0..nodes + 2, 0..3),
            prop::collection::vec((0..nodes, 0_u64..4), 1..3),
        );
        let kinds = (
            prop::option::of(0..nodes),
            prop::option::of((0..nodes, 1_u64..4)),
            prop::option::of(0..nodes + 2),
            prop::option::of((0_u64..30, 0..nodes)),
        );
        let runs = (
            prop::collection::vec((0..nodes + 2, 1_u32..3), 0..3),
            prop::collection::vec(0..nodes + 2, 0..3),
            prop::option::of((0..nodes + 2, 1_usize..3)),
            prop::collection::vec(0_u64..20, nodes + 2),
        );
        (Just(nodes), shape, kinds, runs).prop_map(plan)
    })
}

type Shape = (Vec<(usize, usize)>, BTreeSet<usize>, Option<(usize, usize, u32)>, Vec<usize>, Vec<(usize, u64)>);
type Kinds = (Option<usize>, Option<(usize, u64)>, Option<usize>, Option<(u64, usize)>);
type Runs = (Vec<(usize, u32)>, Vec<usize>, Option<(usize, usize)>, Vec<u64>);

fn plan((nodes, shape, kinds, runs): (usize, Shape, Kinds, Runs)) -> Plan {
    let (pairs, joined, back, plain, sends) = shape;
    let (decides, nested, deferred, guard) = kinds;
    let (shaky, spread, bound, delays) = runs;
    // Every node but the first has an edge from an earlier one, so that all can be reached.
    let mut edges: Vec<(usize, usize)> = (1..nodes).map(|to| (pairs.len() % to, to)).collect();
    edges.extend(pairs.into_iter().filter(|(from, to)| from < to));
    // The number behind the nodes is the join's own target; as a source it stands for the worker.
    let join_sources = joined.into_iter().map(|source| if source == nodes { nodes + 1 } else { source }).collect();
    let back = back.filter(|(from, to, _)| to < from);
    let nested = nested.filter(|(node, _)| decides != Some(*node));
    Plan {
        nodes,
        edges,
        join_sources,
        back,
        plain,
        sends,
        decides,
        nested,
        deferred,
        guard,
        shaky,
        spread,
        bound,
        delays,
    }
}

/// A graph of a plan, and the handles by which its choices are made by hand.
pub(crate) struct Built {
    pub(crate) graph: Graph<Doc>,
    pub(crate) ids: Vec<NodeId<Doc>>,
    pub(crate) work: Worker<Doc, u64>,
}

/// A node of one of the three kinds that are declared among each other.
enum Declared {
    Node(NodeId<Doc>),
    Decider(Decider<Doc, u64>),
}

impl Plan {
    pub(crate) fn name(node: usize) -> String {
        format!("n{node}")
    }

    /// The number in the name of a node.
    pub(crate) fn number(name: &str) -> usize {
        name[1..].parse().unwrap()
    }

    /// The number of the worker.
    pub(crate) fn worker(&self) -> usize {
        self.nodes + 1
    }

    pub(crate) fn decides(&self, node: &str) -> bool {
        self.decides.is_some_and(|decider| Self::name(decider) == node)
    }

    /// What a node writes when it is run by hand.
    pub(crate) fn update(&self, node: &str, item: Option<u32>) -> DocUpdate {
        let number = Self::number(node);
        let written = number as u64;
        let update = Doc::update().trail(format!("{node}{item:?}")).sum(written).peak(written);
        if self.plain.contains(&number) { update.plain(written) } else { update }
    }

    /// Runs a node as its plan says: for a while, after some failures, with an entry in the journal at its end.
    async fn run(&self, doc: &Doc, context: &Context<Doc>, lab: &Lab, delay: u64) -> Result<DocUpdate, NodeError> {
        let number = Self::number(context.node());
        let _at_work = lab.begin(number);
        tokio::time::sleep(Duration::from_millis(delay)).await;
        lab.break_down(number)?;
        let of_plan = self.shaky.iter().find(|(node, _)| *node == number);
        if of_plan.is_some_and(|(_, failures)| lab.fails_again(context, *failures)) {
            return Err("shaky".into());
        }
        lab.ended(context);
        let seen = format!("{} after {} and {}", context.node(), doc.trail.len(), doc.sum);
        Ok(self.update(context.node(), context.item()).trail(seen))
    }

    /// The graph, whose nodes take so long and fail as often as they stand in the lab's list.
    pub(crate) fn build(&self, delays: &[u64], lab: &Arc<Lab>) -> Built {
        let mut graph = StateGraph::<Doc>::new("random");
        let delay = |number: usize| delays.get(number).copied().unwrap_or_default();
        let declared: Vec<Declared> = (0..=self.nodes)
            .map(|number| {
                let (plan, lab, delay, name) = (self.clone(), Arc::clone(lab), delay(number), Self::name(number));
                if self.decides == Some(number) {
                    return Declared::Decider(decider!(graph, name, async move |doc, context| {
                        let update = plan.run(doc, context, &lab, delay).await?;
                        Ok((update, doc.sum))
                    }));
                }
                Declared::Node(match self.nested {
                    Some((nested, steps)) if nested == number => {
                        graph.node(name, plan.subgraph(number, steps, delay, &lab))
                    }
                    _ => node!(graph, name, async move |doc, context| plan.run(doc, context, &lab, delay).await),
                })
            })
            .collect();
        let (plan, own_lab, own_delay) = (self.clone(), Arc::clone(lab), delay(self.worker()));
        let work = worker!(graph, Self::name(self.worker()), async move |doc, item: &u64, context| {
            plan.run(doc, context, &own_lab, own_delay * item).await
        });
        let of_node = |declared: &Declared| match declared {
            Declared::Node(node) => *node,
            Declared::Decider(decider) => decider.id(),
        };
        let mut ids: Vec<NodeId<Doc>> = declared.iter().map(of_node).collect();
        ids.push(work.id());
        for declared in &declared {
            if let Declared::Decider(decider) = declared {
                self.decide(&mut graph, *decider, &ids);
            }
        }
        self.connect(&mut graph, &ids, work);
        self.set_up(&mut graph, &ids);
        Built { graph: graph.compile().unwrap(), ids, work }
    }

    /// Its choice leads to one of the nodes behind it, or to the end.
    fn decide(&self, graph: &mut StateGraph<Doc>, decider: Decider<Doc, u64>, ids: &[NodeId<Doc>]) {
        let own = self.decides.unwrap_or_default();
        let later = |step: usize| if own + step < self.nodes { ids[own + step] } else { NodeId::END };
        graph.decide(decider, [later(1), later(2), NodeId::END], |sum, targets| {
            [vec![targets[0]], vec![targets[1], targets[0]], vec![targets[2]]][usize::try_from(sum % 3).unwrap_or(0)]
                .clone()
        });
    }

    /// A graph of so many supersteps of the node's kind; its parts together are what the node would be.
    fn subgraph(&self, number: usize, steps: u64, delay: u64, lab: &Arc<Lab>) -> Subgraph<Doc, Doc> {
        let mut inner = StateGraph::<Doc>::new("inner");
        let (plan, lab) = (self.clone(), Arc::clone(lab));
        let step =
            node!(inner, Self::name(number), async move |doc, context| plan.run(doc, context, &lab, delay).await);
        inner.start(step).edge(step, step).visit_limit(step, u32::try_from(steps).unwrap(), NodeId::END);
        inner.default_policy(self.policy(number));
        let plan = self.clone();
        Subgraph::new(
            inner.compile().unwrap(),
            |doc: &Doc| Doc { sum: doc.sum, ..Doc::default() },
            move |doc| plan.update(&Self::name(number), None).trail(doc.trail.join("; ")),
        )
    }

    fn connect(&self, graph: &mut StateGraph<Doc>, ids: &[NodeId<Doc>], work: Worker<Doc, u64>) {
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
            graph.guard("guard", move |doc| doc.sum > sum, ids[to]);
        }
        if let Some(node) = self.deferred {
            graph.defer(ids[node]);
        }
    }

    fn set_up(&self, graph: &mut StateGraph<Doc>, ids: &[NodeId<Doc>]) {
        for (number, id) in ids.iter().enumerate() {
            let concurrency = self.bound.and_then(|(node, bound)| (node == number).then_some(bound));
            graph.policy(*id, Policy { concurrency, ..self.policy(number) });
        }
    }

    fn policy(&self, number: usize) -> Policy {
        let is_shaky = self.shaky.iter().any(|(node, _)| *node == number);
        let retry =
            Retry { pause: Duration::from_millis(3), jitter: false, when: is_shaky_failure, ..Retry::default() };
        Policy { retry: is_shaky.then_some(retry), spread: self.spread.contains(&number), ..Policy::default() }
    }
}

/// What broke down is not tried again within the run.
fn is_shaky_failure(failure: &Failure) -> bool {
    failure.source().is_some_and(|source| source.to_string() == "shaky")
}
