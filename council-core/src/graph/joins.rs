//! Check for joins that can never fire.

use super::compiled::{Declared, Guard, Inner, Join, Route};
use super::fault::BuildFault;
use super::reach;
use super::reach::{Chooser, Happens, exits};
use crate::drawing::ids::START_ID;
use crate::state::State;
use crate::types::node_id::END;

/// Finds joins that wait for nodes that cannot run before them, or that cannot all run in one run.
pub(super) fn check<S: State>(graph: &Inner<S>, faults: &mut Vec<BuildFault>) {
    if graph.joins.is_empty() {
        return;
    }
    let has_idle_limit = |(node, declared): (u32, &Declared<S>)| declared.limit.is_some() && runs_once(graph, node);
    let unlimited: Vec<bool> = (0..).zip(&graph.nodes).map(has_idle_limit).collect();
    let name = |node: u32| graph.names[node as usize].to_string();
    let runs = reach::all_sources(graph, &unlimited);
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
            choice(graph, &unlimited, START_ID, Chooser::StartRoute(place), targets, faults);
        }
    }
    for (node, declared) in (0..).zip(&graph.nodes) {
        let routes = declared.routes.iter().enumerate();
        let routes = routes.map(|(place, route)| (Chooser::Route(node, place), route.picks_one, &route.targets));
        // The items of a worker may choose different targets.
        let decision = declared.extras.decision.iter().filter(|_| !declared.erased.takes_items());
        let decision = decision.map(|decision| (Chooser::Decision(node), decision.picks_one, &decision.targets));
        for (by, picks_one, targets) in routes.chain(decision) {
            if picks_one && targets.len() > 1 && runs_once(graph, node) {
                choice(graph, &unlimited, &graph.names[node as usize], by, targets, faults);
            }
        }
        // Some items of a worker may fail while others do not.
        if declared.extras.handler.is_some() && !declared.erased.takes_items() && runs_once(graph, node) {
            failure(graph, &unlimited, node, faults);
        }
    }
}

/// Finds joins of nodes that no target of a choice leads to together.
fn choice<S: State>(
    graph: &Inner<S>,
    unlimited: &[bool],
    chooser: &str,
    by: Chooser,
    targets: &[u32],
    faults: &mut Vec<BuildFault>,
) {
    let if_chosen = |target: &u32| reach::if_it_happens(graph, unlimited, Happens::Chosen(by, *target));
    let reached: Vec<_> = targets.iter().map(if_chosen).collect();
    for join in &graph.joins {
        if let Some(sources) = never_together(join, &reached) {
            let name = |node: &u32| graph.names[*node as usize].to_string();
            faults.push(BuildFault::JoinOfAlternatives {
                target: name(&join.target),
                route: chooser.to_owned(),
                sources: sources.iter().map(name).collect(),
            });
        }
    }
}

/// Finds joins that wait for one node that runs only if this node fails, and for another that runs only if it does not.
fn failure<S: State>(graph: &Inner<S>, unlimited: &[bool], node: u32, faults: &mut Vec<BuildFault>) {
    let outcomes = [Happens::Succeeds(node), Happens::Fails(node)];
    let reached = outcomes.map(|event| reach::if_it_happens(graph, unlimited, event));
    for join in &graph.joins {
        if let Some(sources) = never_together(join, &reached) {
            let name = |node: u32| graph.names[node as usize].to_string();
            let only = |outcome: usize| sources.iter().find(|source| reached[outcome][**source as usize]);
            if let (Some(&success), Some(&failure)) = (only(0), only(1)) {
                let (target, node) = (name(join.target), name(node));
                faults.push(BuildFault::JoinOfFailure { target, node, success: name(success), failure: name(failure) });
            }
        }
    }
}

/// The sources of the join that depend on an event, if no outcome leads to all of them. Each outcome has the nodes that it leads to. A
/// pair of sources is enough if no outcome leads to both.
fn never_together(join: &Join, outcomes: &[Vec<bool>]) -> Option<Vec<u32>> {
    let some = |source: u32| outcomes.iter().any(|nodes| nodes[source as usize]);
    let all = |source: u32| outcomes.iter().all(|nodes| nodes[source as usize]);
    // Only these are compared. A wide join has too many pairs to check them all for every choice.
    let depend: Vec<u32> = join.sources.iter().copied().filter(|&source| some(source) && !all(source)).collect();
    let together = |sources: &[u32]| outcomes.iter().any(|nodes| sources.iter().all(|source| nodes[*source as usize]));
    if together(&depend) {
        return None;
    }
    let pairs =
        depend.iter().enumerate().flat_map(|(place, &one)| depend[place + 1..].iter().map(move |&other| [one, other]));
    match pairs.into_iter().find(|pair| !together(pair)) {
        Some(pair) => Some(pair.to_vec()),
        None => Some(depend),
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
