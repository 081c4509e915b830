//! Exits of loops, and joins that can fire.

use council_core::{BuildFault, Command, Graph, NodeId, StateGraph};
use expect_test::expect;

use super::{Doc, built, decide, pass, refused, work};

#[test]
fn a_guard_is_an_exit_of_every_loop_and_reaches_its_target() {
    built(|graph| {
        let write = graph.node("write", pass);
        let rescue = graph.node("rescue", pass);
        graph.start(write).edge(write, write).guard("budget", |doc| doc.round > 9, rescue).end(rescue);
    })
    .unwrap();
    refused(
        |graph| {
            let write = graph.node("write", pass);
            let rescue = graph.node("rescue", pass);
            graph.start(write).edge(write, rescue).edge(rescue, write);
            graph.guard("budget", |doc| doc.round > 9, rescue);
        },
        &expect![[r#"
            graph `g` cannot run, 2 faults:
              - no path leads from node `write` to the end
              - no path leads from node `rescue` to the end"#]],
    );
}

#[test]
fn a_visit_limit_on_the_target_of_a_visit_limit_is_an_exit() {
    built(|graph| {
        let (turn, rescue) = (graph.node("turn", pass), graph.node("rescue", pass));
        graph.start(turn).edge(turn, turn).edge(rescue, turn);
        graph.visit_limit(turn, 2, rescue).visit_limit(rescue, 1, NodeId::END);
    })
    .unwrap();
    built(|graph| {
        let (turn, rescue) = (graph.node("turn", pass), graph.node("rescue", pass));
        graph.start(turn).edge(turn, turn).edge(rescue, rescue);
        graph.guard("late", |doc| doc.round > 9, rescue).visit_limit(rescue, 1, NodeId::END);
    })
    .unwrap();
}

#[test]
fn targets_of_error_handlers_and_deciders_are_reachable() {
    built(|graph| {
        let (node, mend) = (graph.node("node", pass), graph.node("mend", pass));
        graph.start(node).edge(node, node).end(mend);
        graph.on_error(node, [mend], |_, _, [mend]| Some(Command::goto(mend)));
    })
    .unwrap();
    built(|graph| {
        let choose = graph.decider("choose", decide);
        let again = graph.node("again", pass);
        let pack = graph.worker("pack", work);
        graph.start(choose).edge(again, choose).edge(pack, again);
        graph.decide(choose, (again, pack, NodeId::END), |_, (_, pack, _)| pack.send([1]));
    })
    .unwrap();
}

/// `fork` chooses `left` or `right`, and a join waits for both. The join fires only if `fork` runs again.
fn alternatives(build: impl FnOnce(&mut StateGraph<Doc>, NodeId<Doc>)) -> Result<Graph<Doc>, council_core::BuildError> {
    built(|graph| {
        let fork = graph.node("fork", pass);
        let (left, right) = (graph.node("left", pass), graph.node("right", pass));
        let joined = graph.node("joined", pass);
        graph.route(fork, [left, right], |_, [left, _]| left);
        graph.join([left, right], joined).end(joined);
        build(graph, fork);
    })
}

#[test]
fn a_join_of_alternatives_can_fire_if_a_guard_leads_back() {
    let error = alternatives(|graph, fork| {
        graph.start(fork).guard("elsewhere", |doc| doc.round > 9, NodeId::END);
    });
    assert!(matches!(error.unwrap_err().faults.as_slice(), [BuildFault::JoinOfAlternatives { .. }]));
    alternatives(|graph, fork| {
        graph.start(fork).guard("again", |doc| doc.round > 9, fork);
    })
    .unwrap();
}

#[test]
fn a_join_of_alternatives_can_fire_if_a_deferred_node_delays_a_path() {
    let two_ways = |deferred: bool| {
        alternatives(|graph, fork| {
            let first = graph.node("first", pass);
            let (quick, late) = (graph.node("quick", pass), graph.node("late", pass));
            graph.start(first).edge(first, quick).edge(first, late).edge(quick, fork).edge(late, fork);
            if deferred {
                graph.defer(late);
            }
        })
    };
    assert!(matches!(two_ways(false).unwrap_err().faults.as_slice(), [BuildFault::JoinOfAlternatives { .. }]));
    two_ways(true).unwrap();
}
