//! Properties of random graphs: the counts of a path are true.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use council_core::{Goto, Limits, LinkKind, NodeId, RunPath, State, StateGraph, node};
use proptest::prelude::*;

use super::Doc;

/// A graph by numbers.
#[derive(Clone, Debug)]
struct Plan {
    nodes: usize,
    edges: Vec<(usize, usize)>,
    /// A source, its targets (the end may be one), and the chosen targets in each round as bits, at least one.
    routes: Vec<(usize, [usize; 2], Vec<u8>)>,
    joins: Vec<Vec<usize>>,
    deferred: Vec<usize>,
    limit: Option<(usize, u32)>,
    guard: u32,
}

fn plans() -> impl Strategy<Value = Plan> {
    (3..7_usize).prop_flat_map(|nodes| {
        let node = 0..nodes;
        (
            proptest::collection::vec((node.clone(), node.clone()), 0..6),
            proptest::collection::vec(
                (node.clone(), [0..=nodes, 0..=nodes], proptest::collection::vec(1..4_u8, 1..5)),
                1..4,
            ),
            proptest::collection::vec(proptest::collection::vec(node.clone(), 2..4), 0..3),
            proptest::collection::vec(node.clone(), 0..2),
            proptest::option::of((node, 1..4_u32)),
            3..40_u32,
        )
            .prop_map(move |(edges, routes, joins, deferred, limit, guard)| Plan {
                nodes,
                edges,
                routes,
                joins,
                deferred,
                limit,
                guard,
            })
    })
}

/// The true counts, from the nodes and the routes: visits by node, choices by route and target.
type Truth = Arc<Mutex<HashMap<String, u64>>>;

fn count(truth: &Truth, what: String) {
    *truth.lock().unwrap().entry(what).or_default() += 1;
}

fn build(plan: &Plan, truth: &Truth) -> StateGraph<Doc> {
    let mut graph = StateGraph::<Doc>::new("random");
    let nodes: Vec<NodeId<Doc>> = (0..plan.nodes)
        .map(|number| {
            let truth = Arc::clone(truth);
            node!(graph, number.to_string(), async move |_| {
                count(&truth, number.to_string());
                Ok(Doc::update().round(1))
            })
        })
        .collect();
    graph.start(nodes[0]);
    // Each node is reachable, and has a successor.
    for pair in nodes.windows(2) {
        graph.edge(pair[0], pair[1]);
    }
    for &(from, to) in &plan.edges {
        graph.edge(nodes[from], nodes[to]);
    }
    for (number, (from, targets, choices)) in plan.routes.iter().enumerate() {
        let (truth, choices) = (Arc::clone(truth), choices.clone());
        graph
            .route(
                nodes[*from],
                targets.map(|target| nodes.get(target).copied().unwrap_or(NodeId::END)),
                move |doc: &Doc, targets| {
                    let choice = choices[doc.round as usize % choices.len()];
                    let mut chosen: Goto<Doc> = Goto::nowhere();
                    for place in (0..2).filter(|place| choice & (1 << place) != 0) {
                        count(&truth, format!("{number}.{place}"));
                        chosen = chosen.and(targets[place]);
                    }
                    chosen
                },
            )
            .labels([format!("{number}.0"), format!("{number}.1")]);
    }
    for sources in &plan.joins {
        graph.join(sources.iter().map(|source| nodes[*source]), nodes[(sources[0] + sources[1]) % plan.nodes]);
    }
    plan.deferred.iter().for_each(|node| _ = graph.defer(nodes[*node]));
    if let Some((node, visits)) = plan.limit {
        graph.visit_limit(nodes[node], visits, nodes[(node + 1) % plan.nodes]);
    }
    let guard = plan.guard;
    graph.guard("enough", move |doc| doc.round > guard, NodeId::END);
    graph.end(nodes[plan.nodes - 1]);
    graph
}

proptest! {
    #[test]
    fn what_a_path_counts_is_true(plan in plans()) {
        let truth = Truth::default();
        let Ok(graph) = build(&plan, &truth).compile() else { return Ok(()) };
        let path = RunPath::new(graph.drawing());
        let limits = Limits { supersteps: 60, ..Limits::default() };
        let run = graph.run(Doc::default()).limits(limits).observe(path.observer());
        // The run may stop, or fail at a join that waits for ever. The counts until then are true too.
        let _ = tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async { run.await });
        let truth = truth.lock().unwrap();
        let drawing = path.drawing();
        let visits: HashMap<_, _> = drawing.nodes.iter().map(|shape| (&*shape.id, shape.visits.unwrap_or(0))).collect();
        for node in graph.nodes() {
            prop_assert_eq!(visits[node], truth.get(node).copied().unwrap_or(0), "visits of {}", node);
        }
        for link in &drawing.edges {
            let taken = link.taken.unwrap();
            if let Some(chosen) = link.label.as_ref().and_then(|label| label.contains('.').then(|| truth.get(label))) {
                prop_assert!(taken <= chosen.copied().unwrap_or(0), "{:?}", link);
            }
            // A valve opens for each edge that leads to a node without visits left.
            let is_left = !matches!(link.kind, LinkKind::VisitLimit) && !link.source.starts_with("__");
            prop_assert!(!is_left || taken <= visits[&*link.source], "{:?}", link);
        }
    }
}
