//! Deferred nodes: they run when nothing else is left to run.

use council_core::{NodeId, StateGraph};
use expect_test::expect;

use crate::support::check;
use crate::{Doc, note, pack};

#[tokio::test]
async fn a_deferred_node_waits_for_branches_of_any_length_and_runs_once() {
    let mut graph = StateGraph::<Doc>::new("branches");
    let fork = graph.node("fork", note);
    let sum = graph.node("sum", note);
    let short = graph.node("short", note);
    let (long, longer) = (graph.node("long", note), graph.node("longer", note));
    graph.start(fork).edge(fork, sum).edge(fork, short).edge(fork, long);
    graph.edge(short, sum).edge(long, longer).edge(longer, sum).defer(sum).end(sum);
    check(
        graph.compile().unwrap().run(Doc::default()),
        expect![[r#"
            superstep 1: fork #1 started
            superstep 1: fork #1 completed with DocUpdate(notes)
            superstep 2: short #1 started
            superstep 2: short #1 completed with DocUpdate(notes)
            superstep 2: long #1 started
            superstep 2: long #1 completed with DocUpdate(notes)
            superstep 3: longer #1 started
            superstep 3: longer #1 completed with DocUpdate(notes)
            superstep 4: sum #1 started
            superstep 4: sum #1 completed with DocUpdate(notes)
            finished after 4 supersteps
        "#]],
    )
    .await
    .unwrap();
}

#[tokio::test]
async fn a_deferred_start_runs_after_the_other_starts_or_at_once() {
    for beside in [true, false] {
        let mut graph = StateGraph::<Doc>::new("start");
        let late = graph.node("late", note);
        let (first, second) = (graph.node("first", note), graph.node("second", note));
        graph.start(late).defer(late).edge(late, second).end(second).end(first);
        graph.edge(first, second);
        if beside {
            graph.start(first);
        } else {
            graph.route(late, [first], |_, _| council_core::Goto::nowhere());
        }
        let outcome = graph.compile().unwrap().run(Doc::default()).await.unwrap();
        let expected: &[_] = if beside { &["first", "second", "late", "second"] } else { &["late", "second"] };
        assert_eq!(outcome.state().notes, expected);
    }
}

#[tokio::test]
async fn a_deferred_worker_collects_items_until_it_runs() {
    let mut graph = StateGraph::<Doc>::new("worker");
    let first = graph.node("first", note);
    let second = graph.node("second", note);
    let third = graph.node("third", note);
    let pack = graph.worker("pack", pack);
    graph.start(first).edge(first, second).edge(second, third).end(third).end(pack).defer(pack);
    graph.fan_out(first, pack, |_| [1, 2]).fan_out(second, pack, |_| []).fan_out(third, pack, |_| [3]);
    check(
        graph.compile().unwrap().run(Doc::default()),
        expect![[r#"
            superstep 1: first #1 started
            superstep 1: first #1 completed with DocUpdate(notes)
            superstep 2: second #1 started
            superstep 2: second #1 completed with DocUpdate(notes)
            superstep 3: third #1 started
            superstep 3: third #1 completed with DocUpdate(notes)
            superstep 4: pack[0] #1 started
            superstep 4: pack[0] #1 completed with DocUpdate(notes)
            superstep 4: pack[1] #1 started
            superstep 4: pack[1] #1 completed with DocUpdate(notes)
            superstep 4: pack[2] #1 started
            superstep 4: pack[2] #1 completed with DocUpdate(notes)
            finished after 4 supersteps
        "#]],
    )
    .await
    .unwrap();
}

#[tokio::test]
async fn a_deferred_node_in_a_loop_runs_in_every_round() {
    let mut graph = StateGraph::<Doc>::new("rounds");
    let fork = council_core::node!(graph, "fork", async move |_| Ok(<Doc as council_core::State>::update().round(1)));
    let judge = graph.node("judge", note);
    let quick = graph.node("quick", note);
    let (slow, slower) = (graph.node("slow", note), graph.node("slower", note));
    graph.start(fork).edge(fork, quick).edge(fork, slow).edge(slow, slower);
    graph.edge(quick, judge).edge(slower, judge).defer(judge);
    graph.route(judge, [fork, NodeId::END], |doc, [again, done]| if doc.round < 3 { again } else { done });
    let outcome = graph.compile().unwrap().run(Doc::default()).await.unwrap();
    assert_eq!(outcome.state().notes, ["quick", "slow", "slower", "judge"].repeat(3));
}

#[tokio::test]
async fn deferred_nodes_run_in_one_superstep_after_a_path_has_reached_the_end() {
    let mut graph = StateGraph::<Doc>::new("together");
    let fork = graph.node("fork", note);
    let (one, other) = (graph.node("one", note), graph.node("other", note));
    let (way, last) = (graph.node("way", note), graph.node("last", note));
    graph.start(fork).edge(fork, one).edge(fork, way).edge(way, other).end(way);
    graph.defer(one).defer(other).join([one, other], last).end(last);
    let outcome = graph.compile().unwrap().run(Doc::default()).await.unwrap();
    assert_eq!(outcome.state().notes, ["fork", "way", "one", "other", "last"]);
}
