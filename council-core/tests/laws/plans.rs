//! Random graphs: forward edges, a join, a loop with a valve, and a node of each kind.

use std::collections::BTreeSet;
use std::fmt::Debug;

use council_core::{Durable, State, StateGraph};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(State, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Doc {
    #[state(append)]
    pub(crate) trail: Vec<String>,
    #[state(add)]
    pub(crate) sum: u64,
    #[state(max)]
    pub(crate) peak: u64,
    /// All its digits count.
    #[state(max)]
    pub(crate) level: f64,
    #[state(max)]
    pub(crate) ballast: String,
    pub(crate) plain: u64,
    /// The tasks of the last superstep that wrote.
    #[state(concurrent(together))]
    pub(crate) writers: Vec<String>,
}

/// A state that the nodes of a plan read and write.
pub(crate) trait Document: Durable + State<Deps = ()> + Clone + Debug + Default {
    /// The state of a subgraph.
    type Part: Document;

    fn trail(&self) -> &[String];

    fn sum(&self) -> u64;

    /// The input of a subgraph.
    fn part(&self) -> Self::Part {
        Self::Part::with_sum(self.sum())
    }

    fn with_sum(sum: u64) -> Self;

    /// What a task writes that has seen this.
    fn update_of(plan: &Plan, number: usize, item: Option<u32>, seen: String) -> Self::Update;

    /// Sets the version of the graph.
    fn set_version(_graph: &mut StateGraph<Self>) {}
}

impl Document for Doc {
    type Part = Self;

    fn trail(&self) -> &[String] {
        &self.trail
    }

    fn sum(&self) -> u64 {
        self.sum
    }

    fn with_sum(sum: u64) -> Self {
        Self { sum, ..Self::default() }
    }

    fn update_of(plan: &Plan, number: usize, item: Option<u32>, seen: String) -> DocUpdate {
        plan.update(&Plan::name(number), item).trail(seen)
    }
}

pub(crate) fn together(writers: &mut Vec<String>, others: Vec<String>) {
    writers.extend(others);
}

#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// How many nodes there are beside the join's target, which comes after them, and the worker, which comes last.
    pub(crate) nodes: usize,
    /// Edges from a node to later ones.
    pub(crate) edges: Vec<(usize, usize)>,
    /// Nodes that the join waits for, perhaps the worker among them.
    pub(crate) join_sources: Vec<usize>,
    /// A node that leads back to an earlier node until the visits of that node are used up.
    pub(crate) back: Option<(usize, usize, u32)>,
    /// Nodes, and perhaps the worker, that write the plain field: two of their tasks in one superstep are a conflict.
    pub(crate) plain: Vec<usize>,
    /// Nodes that send items to the worker, and how many.
    pub(crate) sends: Vec<(usize, u64)>,
    /// A node that chooses among later ones by the state that it sees.
    pub(crate) decides: Option<usize>,
    /// Whether each item of the worker chooses: smaller items for the worker, and the join's target.
    pub(crate) items_decide: bool,
    /// A node that is a subgraph, and its number of supersteps.
    pub(crate) nested: Option<(usize, u64)>,
    /// A node, or the worker, that waits until nothing else is to run.
    pub(crate) deferred: Option<usize>,
    /// The threshold of the sum at which a guard redirects the run, with its target.
    pub(crate) guard: Option<(u64, usize)>,
    /// Nodes that are retried, with the number of failed attempts before they succeed.
    pub(crate) shaky: Vec<(usize, u32)>,
    /// A node that never goes well, and whether its error handler leads elsewhere or stands for it.
    pub(crate) hopeless: Option<(usize, bool)>,
    pub(crate) spawned: Vec<usize>,
    /// The concurrency limit of a node.
    pub(crate) bound: Option<(usize, usize)>,
    /// Milliseconds, by node.
    pub(crate) delays: Vec<u64>,
    /// A node, or the worker, that asks the chair.
    pub(crate) asks: Option<usize>,
    /// A node, or the worker, that does something once.
    pub(crate) once: Option<usize>,
    /// How much more each update weighs.
    pub(crate) ballast: usize,
    /// The nodes are declared in the order of these keys, by node; without keys in the order of their numbers.
    pub(crate) order: Vec<u8>,
    /// Whether there is one more node, after the first.
    pub(crate) has_added: bool,
    /// A node that has another name.
    pub(crate) renamed: Option<usize>,
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
            prop::option::of((0..nodes, any::<bool>())),
            any::<bool>(),
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

/// Plans of stored runs: nodes may ask the chair and have `once` blocks, and a state may be large enough for snapshots.
pub(crate) fn stored_plans() -> impl Strategy<Value = Plan> {
    let chair = (prop::option::of(0..MOST_NODES + 2), prop::option::of(0..MOST_NODES + 2), any::<bool>());
    (plans(), chair).prop_map(|(plan, (asks, once, is_heavy))| Plan {
        asks,
        once,
        ballast: if is_heavy { 3_000 } else { 0 },
        ..plan
    })
}

type Shape = (Vec<(usize, usize)>, BTreeSet<usize>, Option<(usize, usize, u32)>, Vec<usize>, Vec<(usize, u64)>);
type Kinds = (Option<usize>, Option<(usize, u64)>, Option<usize>, Option<(u64, usize)>, Option<(usize, bool)>, bool);
type Runs = (Vec<(usize, u32)>, Vec<usize>, Option<(usize, usize)>, Vec<u64>);

fn plan((nodes, shape, kinds, runs): (usize, Shape, Kinds, Runs)) -> Plan {
    let (pairs, joined, back, plain, sends) = shape;
    let (decides, nested, deferred, guard, hopeless, items_decide) = kinds;
    let (shaky, spawned, bound, delays) = runs;
    // Every node but the first has an edge from an earlier one, so that all can be reached.
    let mut edges: Vec<(usize, usize)> = (1..nodes).map(|to| (pairs.len() % to, to)).collect();
    edges.extend(pairs.into_iter().filter(|(from, to)| from < to));
    // The number behind the nodes is the join's own target; as a source it stands for the worker.
    let join_sources = joined.into_iter().map(|source| if source == nodes { nodes + 1 } else { source }).collect();
    let back = back.filter(|(from, to, _)| to < from);
    let nested = nested.filter(|(node, _)| decides != Some(*node));
    let hopeless = hopeless.filter(|(node, _)| nested.is_none_or(|(nested, _)| nested != *node));
    Plan {
        nodes,
        edges,
        join_sources,
        back,
        plain,
        sends,
        decides,
        items_decide,
        nested,
        deferred,
        guard,
        shaky,
        hopeless,
        spawned,
        bound,
        delays,
        asks: None,
        once: None,
        ballast: 0,
        order: Vec::new(),
        has_added: false,
        renamed: None,
    }
}

impl Plan {
    pub(crate) fn name(node: usize) -> String {
        format!("n{node}")
    }

    /// The name under which the node is declared.
    pub(crate) fn name_of(&self, node: usize) -> String {
        if self.renamed == Some(node) { format!("m{node}") } else { Self::name(node) }
    }

    /// A task, by its node and the item that it is for.
    pub(crate) fn task(node: usize, item: Option<u32>) -> String {
        match item {
            Some(item) => format!("{}[{item}]", Self::name(node)),
            None => Self::name(node),
        }
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
        let (written, level) = (number as u64, f64::from(u32::try_from(number).unwrap()).sqrt() / 7.0);
        let update = Doc::update().trail(format!("{node}{item:?}")).sum(written).peak(written);
        let update = update.level(level).ballast("x".repeat(self.ballast)).writers([Self::task(number, item)]);
        if self.plain.contains(&number) { update.plain(written) } else { update }
    }

    /// Whether a node is left by its edges, routes and joins.
    pub(crate) fn takes_usual_exits(&self, node: usize) -> bool {
        self.hopeless != Some((node, true))
    }
}
