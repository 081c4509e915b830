//! Random graphs: edges forward, one join, one loop back with a valve, and nodes that write fields of every kind.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use council_core::{Graph, NodeId, State, StateGraph, node};
use proptest::prelude::*;

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

/// Which task ran: the node and its superstep.
pub(crate) type Journal = Arc<Mutex<Vec<(String, u64)>>>;

#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// How many nodes there are beside the join's target, which comes last.
    pub(crate) nodes: usize,
    /// Edges from a node to later ones.
    edges: Vec<(usize, usize)>,
    pub(crate) join_sources: Vec<usize>,
    /// A node that goes back to an earlier one until that has had its visits.
    back: Option<(usize, usize, u32)>,
    /// Nodes that write the plain field: two of them in one superstep are a conflict.
    plain: Vec<usize>,
    /// Milliseconds, by node.
    pub(crate) delays: Vec<u64>,
}

pub(crate) const MOST_NODES: usize = 7;

pub(crate) fn plans() -> impl Strategy<Value = Plan> {
    (2..=MOST_NODES).prop_flat_map(|nodes| {
        (
            prop::collection::vec((0..nodes, 0..nodes), 0..12),
            prop::collection::btree_set(0..nodes, 1..=nodes.min(3)),
            prop::option::of((0..nodes, 0..nodes, 1_u32..4)),
            prop::collection::vec(0..nodes, 0..3),
            prop::collection::vec(0_u64..20, nodes + 1),
        )
            .prop_map(move |(pairs, joined, back, plain, delays)| {
                // Every node but the first has an edge from an earlier one, so that all can be reached.
                let mut edges: Vec<(usize, usize)> = (1..nodes).map(|to| (pairs.len() % to, to)).collect();
                edges.extend(pairs.into_iter().filter(|(from, to)| from < to));
                let back = back.filter(|(from, to, _)| to < from);
                Plan { nodes, edges, join_sources: joined.into_iter().collect(), back, plain, delays }
            })
    })
}

impl Plan {
    pub(crate) fn name(node: usize) -> String {
        format!("n{node}")
    }

    /// What a node writes when it is run by hand.
    pub(crate) fn update(&self, node: &str) -> DocUpdate {
        let number: usize = node[1..].parse().unwrap();
        let written = number as u64;
        let update = Doc::update().trail(node).sum(written).peak(written);
        if self.plain.contains(&number) { update.plain(written) } else { update }
    }

    pub(crate) fn graph(&self, delays: &[u64], journal: &Journal) -> Graph<Doc> {
        self.failing_graph(delays, journal, &Arc::default())
    }

    /// The graph, in which each node fails as often as it stands in `broken`.
    pub(crate) fn failing_graph(
        &self,
        delays: &[u64],
        journal: &Journal,
        broken: &Arc<Mutex<Vec<usize>>>,
    ) -> Graph<Doc> {
        let mut graph = StateGraph::<Doc>::new("random");
        let ids: Vec<NodeId<Doc>> = (0..=self.nodes)
            .map(|number| {
                let (journal, broken, plan) = (Arc::clone(journal), Arc::clone(broken), self.clone());
                let delay = Duration::from_millis(delays.get(number).copied().unwrap_or_default());
                node!(graph, Self::name(number), async move |doc, context| {
                    tokio::time::sleep(delay).await;
                    let mended = broken.lock().unwrap().iter().position(|node| *node == number);
                    if let Some(place) = mended {
                        broken.lock().unwrap().remove(place);
                        return Err("not yet".into());
                    }
                    journal.lock().unwrap().push((context.node().to_owned(), context.superstep()));
                    let seen = format!("{} after {}", context.node(), doc.trail.len());
                    Ok(plan.update(context.node()).trail(seen))
                })
            })
            .collect();
        graph.start(ids[0]);
        for &(from, to) in &self.edges {
            graph.edge(ids[from], ids[to]);
        }
        graph.join(self.join_sources.iter().map(|source| ids[*source]), ids[self.nodes]);
        for &id in &ids {
            graph.end(id);
        }
        if let Some((from, to, visits)) = self.back {
            graph.route(ids[from], [ids[to]], |_, [again]| again);
            graph.visit_limit(ids[to], visits, NodeId::END);
        }
        graph.compile().unwrap()
    }
}
