//! Updates of one superstep: what they see, how they go together.

use council_core::{Failure, State, StateGraph, node};
use expect_test::expect;

use crate::support::{chain, check};
use crate::{Doc, council, diamond, note};

#[tokio::test(start_paused = true)]
async fn siblings_see_the_same_state_and_are_applied_as_declared() {
    let outcome = check(
        diamond().run(Doc::default()),
        expect![[r#"
            superstep 1: first #1 started
            superstep 1: first #1 completed with DocUpdate(notes)
            superstep 2: slow #1 started
            superstep 2: quick #1 started
            superstep 2: quick #1 completed with DocUpdate(notes)
            superstep 2: slow #1 completed with DocUpdate(notes)
            superstep 3: last #1 started
            superstep 3: last #1 completed with DocUpdate(notes)
            finished after 3 supersteps
        "#]],
    )
    .await
    .unwrap();
    expect![[r#"
        [
            "first",
            "slow saw [\"first\"]",
            "quick saw [\"first\"]",
            "last",
        ]
    "#]]
    .assert_debug_eq(&outcome.state().notes);
}

#[tokio::test]
async fn a_route_is_asked_on_the_merged_state() {
    let outcome = check(
        council(2).run(Doc::default()),
        expect![[r#"
            superstep 1: master #1 started
            superstep 1: master #1 completed with DocUpdate(round)
            superstep 2: critic #1 started
            superstep 2: critic #1 completed with DocUpdate(notes)
            superstep 3: master #2 started
            superstep 3: master #2 completed with DocUpdate(round)
            superstep 4: critic #2 started
            superstep 4: critic #2 completed with DocUpdate(notes)
            superstep 5: writer #1 started
            superstep 5: writer #1 completed with DocUpdate(notes)
            finished after 5 supersteps
        "#]],
    )
    .await
    .unwrap();
    assert_eq!(outcome.state().round, 2);
}

#[tokio::test]
async fn two_writers_of_a_plain_field_are_an_error_that_names_all() {
    let mut graph = StateGraph::<Doc>::new("conflict");
    let fork = graph.node("fork", note);
    let zoe = node!(graph, "zoe", async move |_| Ok(Doc::update().text("from zoe").round(1)));
    let adam = node!(graph, "adam", async move |_| Ok(Doc::update().text("from adam")));
    graph.start(fork);
    graph.edge(fork, zoe).edge(fork, adam);
    graph.end(zoe).end(adam);
    let error = graph.compile().unwrap().run(Doc::default()).id("r-7").await.unwrap_err();
    expect![[r#"
        run `r-7`: node `adam` replaces `text`, which node `zoe` replaced in the same superstep, 2; give the field a reducer, or let the nodes run one after the other"#]]
    .assert_eq(&chain(&error));
    // Neither write, and no half of one, is in the state.
    assert_eq!(error.state(), &Doc { notes: vec!["fork".into()], ..Doc::default() });
}

#[tokio::test]
async fn an_overwrite_wins_over_the_other_writes_of_its_superstep() {
    let mut graph = StateGraph::<Doc>::new("overwrite");
    let fork = graph.node("fork", note);
    let early = graph.node("early", note);
    let reset = node!(graph, "reset", async move |_| Ok(Doc::update().overwrite_notes(["reset".to_owned()])));
    let late = node!(graph, "late", async move |_| Ok(Doc::update().notes("late").round(7)));
    graph.start(fork);
    for branch in [early, reset, late] {
        graph.edge(fork, branch);
        graph.end(branch);
    }
    let outcome = graph.compile().unwrap().run(Doc::default()).await.unwrap();
    assert_eq!(outcome.state().notes, ["reset"]);
    assert_eq!(outcome.state().round, 7, "other fields of the same update are kept");
}

#[tokio::test]
async fn two_overwrites_of_one_field_are_an_error() {
    let mut graph = StateGraph::<Doc>::new("overwrites");
    let fork = graph.node("fork", note);
    let left = node!(graph, "left", async move |_| Ok(Doc::update().overwrite_round(1)));
    let right = node!(graph, "right", async move |_| Ok(Doc::update().overwrite_round(1)));
    graph.start(fork);
    graph.edge(fork, left).edge(fork, right).end(left).end(right);
    let error = graph.compile().unwrap().run(Doc::default()).await.unwrap_err();
    assert!(
        matches!(error.failure(), Failure::Conflict { field: "round", first, second, superstep: 2 }
            if first == "left" && second == "right"),
        "{error}"
    );
}

#[tokio::test]
async fn a_node_reached_by_several_edges_runs_once_and_a_join_waits_for_paths_of_different_length() {
    let mut graph = StateGraph::<Doc>::new("paths");
    let fork = graph.node("fork", note);
    let short = graph.node("short", note);
    let long = graph.node("long", note);
    let longer = graph.node("longer", note);
    let both = graph.node("both", note);
    let joined = graph.node("joined", note);
    graph.start(fork);
    graph.edge(fork, short).edge(fork, long);
    graph.edge(short, both).edge(long, both);
    graph.edge(long, longer);
    graph.join([short, longer], joined);
    graph.end(both).end(joined);
    let outcome = graph.compile().unwrap().run(Doc::default()).await.unwrap();
    assert_eq!(outcome.state().notes, ["fork", "short", "long", "longer", "both", "joined"]);
}

#[tokio::test]
async fn a_route_cannot_leave_its_targets() {
    let mut graph = StateGraph::<Doc>::new("astray");
    let node = graph.node("node", note);
    let other = graph.node("other", note);
    graph.start(node);
    graph.route(node, [other], move |_, _| node);
    graph.end(other);
    let error = graph.compile().unwrap().run(Doc::default()).id("r").await.unwrap_err();
    expect!["run `r`: what leaves `node` chose a node that it does not declare as a target, or a worker without items, in superstep 1"]
        .assert_eq(&chain(&error));
}
