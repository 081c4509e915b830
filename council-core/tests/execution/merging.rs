//! Updates of one superstep: the state that their nodes read, and their merge.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use council_core::{EventKind, Failure, Graph, State, StateGraph, error_chain, node};
use expect_test::expect;
use tokio::time::sleep;

use crate::support::check;
use crate::{Doc, council, diamond, note};

#[tokio::test(start_paused = true)]
async fn siblings_read_the_same_state_and_their_updates_are_applied_in_declared_order() {
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
async fn a_route_reads_the_merged_state() {
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
async fn two_writes_of_a_plain_field_are_an_error_that_names_field_and_nodes() {
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
    .assert_eq(&error_chain(&error));
    // The state contains no part of the two writes.
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
async fn a_route_cannot_choose_a_node_outside_its_targets() {
    let mut graph = StateGraph::<Doc>::new("astray");
    let node = graph.node("node", note);
    let other = graph.node("other", note);
    graph.start(node);
    graph.route(node, [other], move |_, _| node);
    graph.end(other);
    let error = graph.compile().unwrap().run(Doc::default()).id("r").await.unwrap_err();
    expect!["run `r`: the route, decision or error handler of `node` chose a node that is not among its targets, or a worker without items, in superstep 1"]
        .assert_eq(&error_chain(&error));
}

/// A field with a merge function, and a plain field.
#[derive(State, Clone, Debug, Default, PartialEq)]
struct Texts {
    #[state(concurrent(beside))]
    text: String,
    #[state(add)]
    round: u32,
    plain: u32,
}

#[allow(clippy::needless_pass_by_value, reason = "a reducer takes the write")]
fn beside(text: &mut String, other: String) {
    assert_ne!(other, "boom", "the text `boom` cannot be merged");
    *text = format!("{text} | {other}");
}

/// `first`, then `a`, `b` and `c` in one superstep, then `last`. Each node writes its own text.
fn side_by_side(texts: [&'static str; 5]) -> Graph<Texts> {
    let mut graph = StateGraph::<Texts>::new("side by side");
    let write = |graph: &mut StateGraph<Texts>, name: &str, text: &'static str, delay: u64| {
        node!(graph, name, async move |_| {
            sleep(Duration::from_millis(delay)).await;
            Ok(Texts::update().text(text).round(1))
        })
    };
    let first = write(&mut graph, "first", texts[0], 0);
    let fork =
        [("a", 1, 3), ("b", 2, 2), ("c", 3, 1)].map(|(name, text, delay)| write(&mut graph, name, texts[text], delay));
    let last = write(&mut graph, "last", texts[4], 0);
    graph.start(first).end(last);
    for node in fork {
        graph.edge(first, node);
    }
    graph.join(fork, last);
    graph.compile().unwrap()
}

#[tokio::test(start_paused = true)]
async fn concurrent_writes_of_a_field_are_merged_in_the_order_of_the_nodes() {
    let graph = side_by_side(["first", "a", "b", "c", "last"]);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let run = graph.run(Texts { text: "before".into(), ..Texts::default() }).values();
    let run = run.observe(move |event| {
        if let EventKind::Values { state, .. } = &event.kind {
            log.lock().unwrap().push(state.text.clone());
        }
    });
    assert_eq!(run.await.unwrap().state().round, 5);
    assert_eq!(*seen.lock().unwrap(), ["first", "a | b | c", "last"], "a single write replaces the field");
}

#[tokio::test(start_paused = true)]
async fn a_panic_of_the_merge_function_names_the_node_of_the_write() {
    let error = side_by_side(["first", "a", "boom", "c", "last"]).run(Texts::default()).id("r").await.unwrap_err();
    let text = error_chain(&error);
    assert!(text.starts_with("run `r`: a reducer panicked on the update of node `b` in superstep 2: "), "{text}");
    // The function is not called for a single write.
    side_by_side(["boom", "a", "b", "c", "boom"]).run(Texts::default()).await.unwrap();
}

#[tokio::test]
async fn a_plain_field_beside_a_concurrent_field_still_conflicts() {
    let mut graph = StateGraph::<Texts>::new("conflict");
    let fork = node!(graph, "fork", async move |_| Ok(Texts::update()));
    let left = node!(graph, "left", async move |_| Ok(Texts::update().text("left").plain(1)));
    let right = node!(graph, "right", async move |_| Ok(Texts::update().text("right").plain(2)));
    graph.start(fork).edge(fork, left).edge(fork, right).end(left).end(right);
    let error = graph.compile().unwrap().run(Texts::default()).await.unwrap_err();
    assert!(matches!(error.failure(), Failure::Conflict { field: "plain", .. }), "{error}");
    assert_eq!(error.state(), &Texts::default(), "the state has neither write, not even in part");
}
