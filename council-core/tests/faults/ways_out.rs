//! Exits of loops, and joins that can fire.

use council_core::{BuildFault, Command, Graph, NodeId, StateGraph};
use expect_test::expect;

use super::{Doc, built, decide, decide_item, pass, refused, work};

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

/// The text of each fault of a graph in which a join waits for `a`, `b` and `c`.
fn joined_three(choose: impl FnOnce(&mut StateGraph<Doc>, [NodeId<Doc>; 3])) -> String {
    let built = built(|graph| {
        let all = ["a", "b", "c"].map(|name| graph.node(name, pass));
        let joined = graph.node("joined", pass);
        graph.join(all, joined).end(joined);
        choose(graph, all);
    });
    built.map_or_else(|error| error.to_string(), |_| "built".to_owned())
}

#[test]
fn a_join_of_three_of_which_each_choice_leads_to_two_is_refused() {
    let refused = joined_three(|graph, [a, b, c]| {
        let [ab, bc, ca] = ["ab", "bc", "ca"].map(|name| graph.node(name, pass));
        graph.edge(ab, a).edge(ab, b).edge(bc, b).edge(bc, c).edge(ca, c).edge(ca, a);
        graph.route(NodeId::START, [ab, bc, ca], |_, [ab, ..]| ab);
    });
    expect!["graph `g` cannot run: the join into `joined` can never fire: no choice of `__start__` leads to all of `a`, `b`, `c`; use edges if one of these nodes is enough"]
        .assert_eq(&refused);
    // Two choices of the same run lead to all three.
    let built = joined_three(|graph, [a, b, c]| {
        let fork = graph.node("fork", pass);
        graph.start(fork).edge(fork, b);
        graph.route(fork, [a, NodeId::END], |_, [a, _]| a).route(fork, [c, NodeId::END], |_, [c, _]| c);
    });
    assert_eq!(built, "built");
}

#[test]
fn a_join_behind_a_join_of_one_alternative_is_refused() {
    // `left` runs only after `way` and `other`, and `way` is the alternative of `right`.
    let faults = joined(|graph, [left, right]| {
        let (way, other) = (graph.node("way", pass), graph.node("other", pass));
        graph.start(other).join([way, other], left);
        graph.route(NodeId::START, [way, right], |_, [way, _]| way);
    });
    assert_eq!(faults, of_alternatives("__start__", "left", "right"));
}

#[test]
fn a_join_of_a_node_and_the_target_of_its_visit_limit_is_refused_without_a_loop() {
    let limited = |again: bool| {
        joined(|graph, [left, right]| {
            let fork = graph.node("fork", pass);
            graph.start(fork).route(fork, [left, right], |_, [left, _]| left);
            graph.visit_limit(left, 1, right);
            if again {
                graph.edge(left, fork);
            }
        })
    };
    assert_eq!(limited(false), of_alternatives("fork", "left", "right"));
    assert!(limited(true).is_empty());
    let faults = joined(|graph, [left, right]| {
        graph.start(left).visit_limit(left, 3, right);
    });
    let waits_for = vec!["right".to_owned()];
    assert_eq!(faults, [BuildFault::JoinNeverFires { target: "joined".into(), waits_for }]);
}

#[test]
fn a_join_of_a_node_and_the_target_of_its_error_handler_is_refused() {
    let handled = |from: usize, again: bool| {
        joined(|graph, both| {
            let first = graph.node("first", pass);
            graph.start(first).edge(first, both[0]);
            // The handler of `first` or of `left` itself.
            let fails = [first, both[0]][from];
            graph.on_error(fails, [both[1]], |_, _, [right]| Some(Command::goto(right)));
            if again {
                graph.edge(both[1], first).visit_limit(first, 2, NodeId::END);
            }
        })
    };
    let text = |faults: Vec<BuildFault>| faults.iter().map(BuildFault::to_string).collect::<Vec<_>>().join("; ");
    expect!["the join into `joined` can never fire: `right` runs only if `first` fails, and the join has `left` only if it does not; use edges if one of these nodes is enough"]
        .assert_eq(&text(handled(0, false)));
    expect!["the join into `joined` can never fire: `right` runs only if `left` fails, and the join has `left` only if it does not; use edges if one of these nodes is enough"]
        .assert_eq(&text(handled(1, false)));
    assert!(handled(0, true).is_empty() && handled(1, true).is_empty());
    // Another edge leads to the target too.
    let with_an_edge = joined(|graph, [left, right]| {
        graph.start(left).start(right).on_error(left, [right], |_, _, [right]| Some(Command::goto(right)));
    });
    assert!(with_an_edge.is_empty(), "{with_an_edge:?}");
}

/// `choose` builds a choice between `left` and `right`, and a join waits for both.
fn joined(choose: impl FnOnce(&mut StateGraph<Doc>, [NodeId<Doc>; 2])) -> Vec<BuildFault> {
    let built = built(|graph| {
        let (left, right) = (graph.node("left", pass), graph.node("right", pass));
        let joined = graph.node("joined", pass);
        graph.join([left, right], joined).end(joined);
        choose(graph, [left, right]);
    });
    built.map_or_else(|error| error.faults, |_| Vec::new())
}

fn of_alternatives(chooser: &str, first: &str, second: &str) -> Vec<BuildFault> {
    let sources = [first, second].map(String::from).to_vec();
    vec![BuildFault::JoinOfAlternatives { target: "joined".into(), route: chooser.into(), sources }]
}

#[test]
fn a_join_of_alternatives_of_a_route_from_the_start_is_refused() {
    let faults = joined(|graph, both| {
        graph.route(NodeId::START, both, |doc, [left, right]| if doc.round > 0 { left } else { right });
    });
    assert_eq!(faults, of_alternatives("__start__", "left", "right"));
    // Nodes behind the choice are alternatives too, and so are the choices of a route behind it.
    let faults = joined(|graph, [left, right]| {
        let (way, fork) = (graph.node("way", pass), graph.node("fork", pass));
        graph.route(NodeId::START, [way, fork], |_, [way, _]| way);
        graph.edge(way, left).route(fork, [right, NodeId::END], |_, [right, _]| right);
    });
    assert_eq!(faults, of_alternatives("__start__", "left", "right"));
    let faults = joined(|graph, both| {
        let (other, fork) = (graph.node("other", pass), graph.node("fork", pass));
        graph.route(NodeId::START, [other, fork], |_, [_, fork]| fork);
        graph.end(other).route(fork, both, |_, [left, _]| left);
    });
    assert_eq!(faults, of_alternatives("fork", "left", "right"));
    // One that may choose both, an edge to one of the two, and a guard that leads to one make it possible.
    assert!(joined(|graph, both| _ = graph.route(NodeId::START, both, |_, both| both)).is_empty());
    let with_an_edge = joined(|graph, [left, right]| {
        graph.start(left).route(NodeId::START, [left, right], |_, [left, _]| left);
    });
    assert!(with_an_edge.is_empty());
    let with_a_guard = joined(|graph, both| {
        graph.route(NodeId::START, both, |_, [left, _]| left);
        graph.guard("late", |doc| doc.round > 9, both[1]);
    });
    assert!(with_a_guard.is_empty());
}

#[test]
fn a_join_of_alternatives_of_a_decider_is_refused() {
    let decided = |again: bool| {
        joined(|graph, both| {
            let choose = graph.decider("choose", decide);
            graph.start(choose).decide(choose, both, |first, [left, right]| if first { left } else { right });
            if again {
                graph.edge(both[0], choose).visit_limit(choose, 2, NodeId::END);
            }
        })
    };
    assert_eq!(decided(false), of_alternatives("choose", "left", "right"));
    assert!(decided(true).is_empty());
    let both = joined(|graph, both| {
        let choose = graph.decider("choose", decide);
        graph.start(choose).decide(choose, both, |_, both| both);
    });
    assert!(both.is_empty());
}

#[test]
fn a_join_of_the_targets_of_an_item_decider_is_accepted() {
    let faults = joined(|graph, both| {
        let choose = graph.item_decider("choose", decide_item);
        graph.fan_out(NodeId::START, choose, |_| [1, 2]);
        graph.decide(choose, both, |first, [left, right]| if first { left } else { right });
    });
    assert!(faults.is_empty(), "one item may choose `left` and another `right`");
}
