//! Workers: a task for each item, merged in the order of the items.

use std::time::Duration;

use council_core::{Limits, NodeId, Outcome, State, StateGraph, Worker, node, worker};
use expect_test::expect;
use tokio::time::sleep;

use crate::support::check;
use crate::{Doc, note, pack};

#[tokio::test(start_paused = true)]
async fn items_are_merged_in_their_order() {
    let mut graph = StateGraph::<Doc>::new("map");
    let read = node!(graph, "read", async move |_| Ok(Doc::update().round(3)));
    let count = worker!(graph, "count", async move |doc, item: &u32| {
        sleep(Duration::from_secs(u64::from(10 - item))).await;
        Ok(Doc::update().notes(format!("{item} of {}", doc.round)))
    });
    let last = graph.node("last", note);
    graph.start(read).edge(count, last).end(last);
    graph.fan_out(read, count, |doc| 1..=doc.round);
    let outcome = check(
        graph.compile().unwrap().run(Doc::default()),
        expect![[r#"
            superstep 1: read #1 started
            superstep 1: read #1 completed with DocUpdate(round)
            superstep 2: count[0] #1 started
            superstep 2: count[1] #1 started
            superstep 2: count[2] #1 started
            superstep 2: count[2] #1 completed with DocUpdate(notes)
            superstep 2: count[1] #1 completed with DocUpdate(notes)
            superstep 2: count[0] #1 completed with DocUpdate(notes)
            superstep 3: last #1 started
            superstep 3: last #1 completed with DocUpdate(notes)
            finished after 3 supersteps
        "#]],
    )
    .await
    .unwrap();
    assert_eq!(outcome.state().notes, ["1 of 3", "2 of 3", "3 of 3", "last"]);
}

#[tokio::test]
async fn thousands_of_items_keep_their_order() {
    let mut graph = StateGraph::<Doc>::new("many");
    let read = graph.node("read", note);
    let pack = worker!(graph, "pack", async move |_, item: &usize| {
        for _ in 0..item % 7 {
            tokio::task::yield_now().await;
        }
        Ok(Doc::update().notes(item.to_string()))
    });
    graph.start(read).fan_out(read, pack, |_| 0..3_000).end(pack);
    let outcome = graph.compile().unwrap().run(Doc::default()).await.unwrap();
    let expected: Vec<_> = (0..3_000).map(|item| item.to_string()).collect();
    assert_eq!(outcome.state().notes[1..], expected);
}

/// `{early, late} -> pack -> last`. `early` and `late` send these items. `pack` is declared between them.
fn two_senders(early: &'static [u32], late: &'static [u32]) -> council_core::Graph<Doc> {
    let mut graph = StateGraph::<Doc>::new("senders");
    let first = graph.node("early", note);
    let pack = graph.worker("pack", pack);
    let second = graph.node("late", note);
    let last = graph.node("last", note);
    graph.start(first).start(second).edge(pack, last).end(last);
    graph.fan_out(first, pack, move |_| early.to_vec()).fan_out(second, pack, move |_| late.to_vec());
    graph.compile().unwrap()
}

#[tokio::test]
async fn items_of_two_fan_outs_in_one_superstep_are_one_visit() {
    let outcome = check(
        two_senders(&[7, 8], &[9]).run(Doc::default()),
        expect![[r#"
            superstep 1: early #1 started
            superstep 1: early #1 completed with DocUpdate(notes)
            superstep 1: late #1 started
            superstep 1: late #1 completed with DocUpdate(notes)
            superstep 2: pack[0] #1 started
            superstep 2: pack[0] #1 completed with DocUpdate(notes)
            superstep 2: pack[1] #1 started
            superstep 2: pack[1] #1 completed with DocUpdate(notes)
            superstep 2: pack[2] #1 started
            superstep 2: pack[2] #1 completed with DocUpdate(notes)
            superstep 3: last #1 started
            superstep 3: last #1 completed with DocUpdate(notes)
            finished after 3 supersteps
        "#]],
    )
    .await
    .unwrap();
    assert_eq!(outcome.state().notes[2..], ["pack[0] got 7", "pack[1] got 8", "pack[2] got 9", "last"]);
}

#[tokio::test]
async fn a_fan_out_without_items_does_not_change_the_visit() {
    for senders in [two_senders(&[], &[7, 8]), two_senders(&[7, 8], &[])] {
        let limits = Limits { supersteps: 1, ..Limits::default() };
        let Outcome::Stopped { position, .. } = senders.run(Doc::default()).limits(limits).await.unwrap() else {
            panic!("the limit was not reached");
        };
        assert_eq!(
            position.open_tasks().map(|task| (task.place, task.item)).collect::<Vec<_>>(),
            [(0, Some(0)), (1, Some(1))]
        );
        let outcome = senders.resume(position).await.unwrap();
        assert_eq!(outcome.state().notes[2..], ["pack[0] got 7", "pack[1] got 8", "last"]);
    }
}

#[tokio::test]
async fn without_items_the_successors_of_the_worker_run_next() {
    check(
        two_senders(&[], &[]).run(Doc::default()),
        expect![[r#"
            superstep 1: early #1 started
            superstep 1: early #1 completed with DocUpdate(notes)
            superstep 1: late #1 started
            superstep 1: late #1 completed with DocUpdate(notes)
            superstep 3: last #1 started
            superstep 3: last #1 completed with DocUpdate(notes)
            finished after 3 supersteps
        "#]],
    )
    .await
    .unwrap();
}

#[tokio::test]
async fn without_items_a_worker_arrives_at_its_join() {
    let mut graph = StateGraph::<Doc>::new("join");
    let read = graph.node("read", note);
    let pack = graph.worker("pack", pack);
    let (beside, after) = (graph.node("beside", note), graph.node("after", note));
    let joined = graph.node("joined", note);
    graph.start(read).fan_out(read, pack, |_| Vec::new()).edge(read, beside).edge(beside, after);
    graph.join([pack.id(), after], joined).end(joined);
    let outcome = graph.compile().unwrap().run(Doc::default()).await.unwrap();
    assert_eq!(outcome.state().notes, ["read", "beside", "after", "joined"]);
}

#[tokio::test]
async fn without_items_a_last_worker_ends_the_run() {
    let mut graph = StateGraph::<Doc>::new("alone");
    let read = graph.node("read", note);
    let pack = graph.worker("pack", pack);
    graph.start(read).fan_out(read, pack, |_| Vec::new()).end(pack);
    let outcome = graph.compile().unwrap().run(Doc::default()).await.unwrap();
    assert!(outcome.is_finished());
    assert_eq!(outcome.state().notes, ["read"]);
}

#[tokio::test]
async fn a_worker_fans_out_once_all_its_tasks_have_ended() {
    let mut graph = StateGraph::<Doc>::new("onward");
    let read = graph.node("read", note);
    let pack = graph.worker("pack", pack);
    let ship = worker!(graph, "ship", async move |_, parcel: &String, context| {
        Ok(Doc::update().notes(format!("ship[{}]: {parcel}", context.item().unwrap())))
    });
    graph.start(read).fan_out(read, pack, |_| [5, 6]).end(ship);
    graph.fan_out(pack, ship, |doc| doc.notes[1..].to_vec());
    let outcome = graph.compile().unwrap().run(Doc::default()).await.unwrap();
    let notes = ["read", "pack[0] got 5", "pack[1] got 6", "ship[0]: pack[0] got 5", "ship[1]: pack[1] got 6"];
    assert_eq!(outcome.state().notes, notes);
}

#[tokio::test]
async fn a_route_may_send_items_and_go_to_nodes_at_once() {
    let mut graph = StateGraph::<Doc>::new("both");
    let read = graph.node("read", note);
    let alarm = graph.node("alarm", note);
    let pack = graph.worker("pack", pack);
    let log = graph.node("log", note);
    graph.start(read).end(alarm).end(pack).end(log);
    graph.route(read, (alarm, pack, log), |_, (alarm, pack, log)| {
        pack.send([1]).and([log, alarm]).and(pack.send([2, 3]))
    });
    check(
        graph.compile().unwrap().run(Doc::default()),
        expect![[r#"
            superstep 1: read #1 started
            superstep 1: read #1 completed with DocUpdate(notes)
            superstep 2: alarm #1 started
            superstep 2: alarm #1 completed with DocUpdate(notes)
            superstep 2: pack[0] #1 started
            superstep 2: pack[0] #1 completed with DocUpdate(notes)
            superstep 2: pack[1] #1 started
            superstep 2: pack[1] #1 completed with DocUpdate(notes)
            superstep 2: pack[2] #1 started
            superstep 2: pack[2] #1 completed with DocUpdate(notes)
            superstep 2: log #1 started
            superstep 2: log #1 completed with DocUpdate(notes)
            finished after 2 supersteps
        "#]],
    )
    .await
    .unwrap();
}

#[tokio::test]
async fn items_for_an_undeclared_worker_are_an_error() {
    let mut graph = StateGraph::<Doc>::new("astray");
    let read = graph.node("read", note);
    let pack = graph.worker("pack", pack);
    let other = graph.node("other", note);
    graph.start(read).fan_out(read, pack, |_| [1]).end(pack).end(other);
    graph.edge(pack, other);
    graph.route(read, [other], move |_, _| pack.send([2]));
    let error = graph.compile().unwrap().run(Doc::default()).id("r").await.unwrap_err();
    expect!["run `r`: the route, decision or error handler of `read` chose a node that is not among its targets, or a worker without items, in superstep 1"]
        .assert_eq(&error.to_string());
}

#[tokio::test]
async fn a_route_cannot_lead_to_a_worker_without_items() {
    let mut graph = StateGraph::<Doc>::new("itemless");
    let read = graph.node("read", note);
    let pack = graph.worker("pack", pack);
    graph.start(read).end(pack);
    graph.route(read, pack, |_, pack: Worker<Doc, u32>| -> NodeId<Doc> { pack.id() });
    let error = graph.compile().unwrap().run(Doc::default()).id("r").await.unwrap_err();
    expect!["run `r`: the route, decision or error handler of `read` chose a node that is not among its targets, or a worker without items, in superstep 1"].assert_eq(&error.to_string());
}

#[tokio::test]
async fn a_fan_out_is_one_visit_of_the_worker() {
    let mut graph = StateGraph::<Doc>::new("visits");
    let plan = node!(graph, "plan", async move |_| Ok(Doc::update().round(1)));
    let pack = graph.worker("pack", pack);
    let last = graph.node("last", note);
    graph.start(plan).fan_out(plan, pack, |doc| vec![doc.round; 2]).edge(pack, plan);
    graph.visit_limit(pack, 2, last).end(last);
    check(
        graph.compile().unwrap().run(Doc::default()),
        expect![[r#"
            superstep 1: plan #1 started
            superstep 1: plan #1 completed with DocUpdate(round)
            superstep 2: pack[0] #1 started
            superstep 2: pack[0] #1 completed with DocUpdate(notes)
            superstep 2: pack[1] #1 started
            superstep 2: pack[1] #1 completed with DocUpdate(notes)
            superstep 3: plan #2 started
            superstep 3: plan #2 completed with DocUpdate(round)
            superstep 4: pack[0] #2 started
            superstep 4: pack[0] #2 completed with DocUpdate(notes)
            superstep 4: pack[1] #2 started
            superstep 4: pack[1] #2 completed with DocUpdate(notes)
            superstep 5: plan #3 started
            superstep 5: plan #3 completed with DocUpdate(round)
            valve: pack has had its 2 visits, on to last
            superstep 6: last #1 started
            superstep 6: last #1 completed with DocUpdate(notes)
            finished after 6 supersteps
        "#]],
    )
    .await
    .unwrap();
}

#[tokio::test]
async fn two_fan_outs_to_a_worker_without_visits_open_its_valve_once() {
    let mut graph = StateGraph::<Doc>::new("valve");
    let read = graph.node("read", note);
    let (left, right) = (graph.node("left", note), graph.node("right", note));
    let pack = graph.worker("pack", pack);
    let last = graph.node("last", note);
    graph.start(read).fan_out(read, pack, |_| [1]).edge(pack, left).edge(pack, right);
    graph.fan_out(left, pack, |_| [2]).fan_out(right, pack, |_| [3]);
    graph.visit_limit(pack, 1, last).end(last);
    check(
        graph.compile().unwrap().run(Doc::default()),
        expect![[r#"
            superstep 1: read #1 started
            superstep 1: read #1 completed with DocUpdate(notes)
            superstep 2: pack[0] #1 started
            superstep 2: pack[0] #1 completed with DocUpdate(notes)
            superstep 3: left #1 started
            superstep 3: left #1 completed with DocUpdate(notes)
            superstep 3: right #1 started
            superstep 3: right #1 completed with DocUpdate(notes)
            valve: pack has had its 1 visits, on to last
            superstep 4: last #1 started
            superstep 4: last #1 completed with DocUpdate(notes)
            finished after 4 supersteps
        "#]],
    )
    .await
    .unwrap();
}
