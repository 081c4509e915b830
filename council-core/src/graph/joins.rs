//! Check for joins that can never fire.

use super::compiled::{Declared, Guard, Inner, Route};
use super::fault::BuildFault;
use super::reach;
use super::reach::{Chooser, Chosen, exits};
use crate::drawing::ids::START_ID;
use crate::state::State;
use crate::types::node_id::END;

/// Finds joins that wait for nodes that cannot run before them.
pub(super) fn check<S: State>(graph: &Inner<S>, faults: &mut Vec<BuildFault>) {
    if graph.joins.is_empty() {
        return;
    }
    let name = |node: u32| graph.names[node as usize].to_string();
    let runs = reach::all_sources(graph);
    for join in &graph.joins {
        let missing = join.sources.iter().filter(|source| !runs[**source as usize]);
        let waits_for: Vec<_> = missing.map(|source| name(*source)).collect();
        if !waits_for.is_empty() {
            faults.push(BuildFault::JoinNeverFires { target: name(join.target), waits_for });
        }
    }
    // A choice can only block a join of two sources or more.
    if graph.joins.iter().all(|join| join.sources.len() < 2) {
        return;
    }
    // The routes from the start are called once.
    for (place, Route { targets, picks_one, .. }) in graph.start_routes.iter().enumerate() {
        if *picks_one {
            alternatives(graph, START_ID, Chooser::StartRoute(place), targets, faults);
        }
    }
    for (node, declared) in (0..).zip(&graph.nodes) {
        let routes = declared.routes.iter().enumerate();
        let routes = routes.map(|(place, route)| (Chooser::Route(node, place), route.picks_one, &route.targets));
        let decision = declared.extras.decision.iter();
        let decision = decision.map(|decision| (Chooser::Decision(node), decision.picks_one, &decision.targets));
        for (by, picks_one, targets) in routes.chain(decision) {
            if picks_one && targets.len() > 1 && runs_once(graph, node) {
                alternatives(graph, &graph.names[node as usize], by, targets, faults);
            }
        }
    }
}

/// Finds joins of two nodes that no single choice leads to.
fn alternatives<S: State>(graph: &Inner<S>, chooser: &str, by: Chooser, targets: &[u32], faults: &mut Vec<BuildFault>) {
    // The nodes that each choice may lead to.
    let reached = targets.iter().map(|&target| reach::if_chosen(graph, Chosen { by, target })).collect::<Vec<_>>();
    let some = |source: u32| reached.iter().any(|nodes| nodes[source as usize]);
    let all = |source: u32| reached.iter().all(|nodes| nodes[source as usize]);
    let both = |one: u32, other: u32| reached.iter().any(|nodes| nodes[one as usize] && nodes[other as usize]);
    for join in &graph.joins {
        // Only sources that depend on the choice form pairs. A wide join has too many pairs to check them all for every choice.
        let depend: Vec<u32> = join.sources.iter().copied().filter(|&source| some(source) && !all(source)).collect();
        let mut pairs = depend
            .iter()
            .enumerate()
            .flat_map(|(place, &one)| depend[place + 1..].iter().map(move |&other| (one, other)));
        let exclusive = |&(one, other): &(u32, u32)| !both(one, other);
        if let Some((first, second)) = pairs.find(exclusive) {
            let name = |node: u32| graph.names[node as usize].to_string();
            faults.push(BuildFault::JoinOfAlternatives {
                target: name(join.target),
                route: chooser.to_owned(),
                first: name(first),
                second: name(second),
            });
        }
    }
}

/// Whether a run certainly visits the node at most once. That holds if the node lies neither in a loop nor behind one, all paths
/// to it have the same length, no deferred node delays a path, and no guard leads back.
fn runs_once<S: State>(graph: &Inner<S>, node: u32) -> bool {
    let leads_here = reach::before(graph, node);
    let is_deferred = |(declared, leads_here): (&Declared<S>, &bool)| *leads_here && declared.deferred;
    let leads_back = |guard: &Guard<S>| guard.otherwise != END && leads_here[guard.otherwise as usize];
    if graph.nodes.iter().zip(&leads_here).any(is_deferred) || graph.guards.iter().any(leads_back) {
        return false;
    }
    let mut lengths: Vec<Option<usize>> = vec![None; graph.nodes.len()];
    let mut open: Vec<(u32, usize)> = graph.start_nodes().map(|first| (first, 0)).collect();
    while let Some((from, length)) = open.pop() {
        if from == END || !leads_here[from as usize] {
            continue;
        }
        match lengths[from as usize].replace(length) {
            None => open.extend(exits(graph, from as usize).map(|to| (to, length + 1))),
            // A node before the given one is visited once, unless paths to it differ in length, as they do in a loop.
            Some(earlier) if earlier != length => return false,
            Some(_) => {}
        }
    }
    true
}
