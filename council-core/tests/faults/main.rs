//! Workers, deciders, subgraphs, guards and settings: the ones that `compile()` refuses, with its messages, and the ones that it accepts.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod calls;
mod ways_out;

use std::time::Duration;

use council_core::{
    BuildFault, Cache, DeciderResult, Graph, NodeId, NodeResult, Policy, Retry, State, StateGraph, Subgraph,
};
use expect_test::{Expect, expect};

#[derive(State, Clone, Default)]
struct Doc {
    round: u32,
}

/// A state whose nodes have dependencies.
#[derive(State, Clone, Default)]
#[state(deps = Dictionary)]
struct Word {
    text: String,
}

#[derive(Default)]
struct Dictionary;

async fn pass(_: &Doc) -> NodeResult<Doc> {
    Ok(Doc::update())
}

async fn work(_: &Doc, _: &u32) -> NodeResult<Doc> {
    Ok(Doc::update())
}

async fn decide(_: &Doc) -> DeciderResult<Doc, bool> {
    Ok((Doc::update(), true))
}

async fn decide_item(_: &Doc, _: &u32) -> DeciderResult<Doc, bool> {
    Ok((Doc::update(), true))
}

fn built(build: impl FnOnce(&mut StateGraph<Doc>)) -> Result<Graph<Doc>, council_core::BuildError> {
    let mut graph = StateGraph::new("g");
    build(&mut graph);
    graph.compile()
}

fn refused(build: impl FnOnce(&mut StateGraph<Doc>), picture: &Expect) -> Vec<BuildFault> {
    let error = built(build).unwrap_err();
    picture.assert_eq(&error.to_string());
    error.faults
}

#[test]
fn a_plain_edge_to_a_worker_is_refused() {
    let faults = built(|graph| {
        let node = graph.node("node", pass);
        let pack = graph.worker("pack", work);
        graph.start(pack.id()).start(node).edge(node, pack.id()).join([node], pack.id());
        graph.visit_limit(node, 1, pack.id()).guard("late", |doc| doc.round > 9, pack.id());
        graph.fan_out(node, pack, |_| [1]).end(pack);
    })
    .unwrap_err()
    .faults;
    let calls = faults.iter().map(|fault| match fault {
        BuildFault::WorkerWithoutItems { node, call, at } if at.file().ends_with("main.rs") => {
            assert_eq!(node, "pack");
            *call
        }
        other => panic!("{other}"),
    });
    assert_eq!(calls.collect::<Vec<_>>(), ["start", "edge", "join", "visit_limit", "guard"]);
}

#[test]
fn a_subgraph_for_items_is_a_worker() {
    let inner = built(|graph| {
        let node = graph.node("node", pass);
        graph.start(node).end(node);
    });
    let nested = Subgraph::per_item(inner.unwrap(), |doc: &Doc, _: &u32| doc.clone(), |_| Doc::update());
    let faults = built(|graph| {
        let node = graph.node("node", pass);
        let nested = graph.worker("nested", nested);
        graph.start(node).edge(node, nested.id()).fan_out(node, nested, |_| [1]).end(nested);
    })
    .unwrap_err()
    .faults;
    assert!(matches!(faults.as_slice(), [BuildFault::WorkerWithoutItems { call: "edge", .. }]), "{faults:?}");
}

#[test]
fn a_worker_without_a_fan_out_is_unreachable() {
    refused(
        |graph| {
            let node = graph.node("node", pass);
            let pack = graph.worker("pack", work);
            graph.start(node).end(node).end(pack);
        },
        &expect!["graph `g` cannot run: node `pack` cannot be reached from the start"],
    );
}

#[test]
fn deciders_without_targets_are_refused() {
    refused(
        |graph| {
            let choose = graph.decider("choose", decide);
            let other = graph.item_decider("other", decide_item);
            graph.start(choose).fan_out(choose, other, |_| [1]).end(other);
        },
        &expect![[r#"
            graph `g` cannot run, 2 faults:
              - node `choose` is a decider, and its choices have no targets: call `decide` with it
              - node `other` is a decider, and its choices have no targets: call `decide` with it"#]],
    );
    refused(
        |graph| {
            let choose = graph.decider("choose", decide);
            graph.start(choose);
        },
        &expect![[r#"
            graph `g` cannot run, 2 faults:
              - node `choose` is a decider, and its choices have no targets: call `decide` with it
              - node `choose` is a dead end: give it an edge, a route or a join, or call `end` with it"#]],
    );
}

#[test]
fn deciders_and_routes_with_no_possible_target_are_refused() {
    refused(
        |graph| {
            let node = graph.node("node", pass);
            let choose = graph.decider("choose", decide);
            graph.start(choose).edge(choose, node).end(node);
            graph.decide(choose, [] as [NodeId<Doc>; 0], |_, []| Vec::new());
            graph.route(node, [] as [NodeId<Doc>; 0], |_, []| Vec::new());
        },
        &expect![[r#"
            graph `g` cannot run, 2 faults:
              - the route from `choose` has no targets
              - the route from `node` has no targets"#]],
    );
}

#[test]
fn deciders_that_lead_into_a_loop_without_an_exit_are_refused() {
    refused(
        |graph| {
            let choose = graph.decider("choose", decide);
            let again = graph.node("again", pass);
            graph.start(choose).edge(again, choose);
            graph.decide(choose, [again, choose.id()], |yes, [again, choose]| if yes { again } else { choose });
        },
        &expect![[r#"
            graph `g` cannot run, 2 faults:
              - no path leads from node `choose` to the end
              - no path leads from node `again` to the end"#]],
    );
}

#[test]
fn settings_that_are_given_twice_are_refused() {
    refused(
        |graph| {
            let choose = graph.decider("choose", decide);
            let pack = graph.worker("pack", work);
            graph.start(choose).end(choose).end(pack).fan_out(choose, pack, |_| [1]);
            for _ in 0..2 {
                graph.decide(choose, [NodeId::END], |_, [end]| end);
                graph.on_error(choose, [NodeId::END], |_, _, _| None);
                graph.cache(choose, Cache::default(), |doc| doc.round);
                graph.cache_items(pack, Cache::default(), |_, item| *item);
                graph.item_timeout(pack, |_, _| Duration::MAX);
            }
        },
        &expect![[r#"
            graph `g` cannot run, 5 faults:
              - node `choose` was given its choices twice
              - node `choose` was given its error handler twice
              - node `choose` was given its cache twice
              - node `pack` was given its cache twice
              - node `pack` was given its item timeout twice"#]],
    );
}

#[test]
fn empty_settings_are_refused() {
    let nothing = Policy::default().timeout(Duration::ZERO).concurrency(0).retry(Retry::default().attempts(0));
    refused(
        |graph| {
            let node = graph.node("node", pass);
            graph.start(node).end(node);
            graph.policy(node, nothing.clone()).default_policy(nothing);
            graph.cache(node, Cache::default().entries(0), |doc| doc.round);
        },
        &expect![[r#"
            graph `g` cannot run, 7 faults:
              - the timeout of node `node` is 0
              - the concurrency of node `node` is 0
              - the number of attempts of node `node` is 0
              - the timeout of the default policy is 0
              - the concurrency of the default policy is 0
              - the number of attempts of the default policy is 0
              - the number of cache entries of node `node` is 0"#]],
    );
}

#[test]
fn guards_without_a_unique_name_are_refused() {
    refused(
        |graph| {
            let node = graph.node("node", pass);
            graph.start(node).end(node);
            for name in ["", "late", "late", "other"] {
                graph.guard(name, |doc| doc.round > 9, NodeId::END);
            }
        },
        &expect![[r#"
            graph `g` cannot run, 2 faults:
              - the name `` of a guard is empty or taken
              - the name `late` of a guard is empty or taken"#]],
    );
}

#[test]
fn a_subgraph_whose_nodes_lack_their_dependencies_is_refused() {
    let words = || {
        let mut words = StateGraph::<Word>::new("words");
        let node = council_core::node!(words, "node", async move |_| Ok(Word::update()));
        words.start(node).end(node);
        Subgraph::new(words.compile().unwrap(), |_: &Doc| Word::default(), |_| Doc::update())
    };
    refused(
        |graph| {
            let node = graph.node("nested", words());
            graph.start(node).end(node);
        },
        &expect![
            "graph `g` cannot run: the nodes inside `nested` need a `faults::Dictionary`: provide it with `Subgraph::deps`"
        ],
    );
    built(|graph| {
        let node = graph.node("nested", words().deps(|_| Dictionary.into()));
        graph.start(node).end(node);
    })
    .unwrap();
}

#[test]
fn a_name_that_ends_like_that_of_an_item_is_refused() {
    refused(
        |graph| {
            let names = ["pack[3]", "pack[]", "pack[a]", "pack[3] ", "[3]", "a/b", "a~b", "a:1.1", "ä b"];
            for node in names.map(|name| graph.node(name, pass)) {
                graph.start(node).end(node);
            }
        },
        &expect![[r#"
            graph `g` cannot run, 2 faults:
              - the name `pack[3]` ends with a number in brackets, as an item of a worker does; give the node another
              - the name `[3]` ends with a number in brackets, as an item of a worker does; give the node another"#]],
    );
}

#[test]
fn subgraphs_have_a_largest_depth() {
    let mut inner = built(|graph| {
        let node = graph.node("node", pass);
        graph.start(node).end(node);
    })
    .unwrap();
    for depth in 2..=200 {
        let outer = built(|graph| {
            let node = graph.node("inside", Subgraph::new(inner.clone(), Doc::clone, |_| Doc::update()));
            graph.start(node).end(node);
        });
        match outer {
            Ok(outer) => inner = outer,
            Err(error) => {
                assert_eq!(depth, 21);
                return expect!["graph `g` cannot run: with the subgraph in node `inside`, this graph is nested 21 levels deep; at most 20 are allowed"]
                    .assert_eq(&error.to_string());
            }
        }
    }
    panic!("a graph with a nesting depth of 200 was built");
}
