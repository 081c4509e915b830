//! Caches of results.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use council_core::{Cache, Graph, State, StateGraph, decider, node, worker};
use expect_test::expect;
use tokio::time::advance;

use crate::support::check;
use crate::{Doc, note};

/// A node that counts its runs. It caches its results by round: two at most, for a minute.
fn counting(ran: &Arc<AtomicU32>) -> Graph<Doc> {
    let ran = Arc::clone(ran);
    let mut graph = StateGraph::<Doc>::new("counting");
    let node = node!(graph, "node", async move |doc| {
        let time = ran.fetch_add(1, Ordering::Relaxed);
        Ok(Doc::update().notes(format!("round {}, time {time}", doc.round)))
    });
    let cache = Cache::default().lifetime(Duration::from_secs(60)).entries(2);
    graph.start(node).end(node).cache(node, cache, |doc| doc.round);
    graph.compile().unwrap()
}

async fn noted(graph: &Graph<Doc>, round: u32) -> String {
    graph.run(Doc { round, ..Doc::default() }).await.unwrap().into_state().notes.remove(0)
}

#[tokio::test(start_paused = true)]
async fn cached_results_serve_other_runs_until_they_expire() {
    let graph = counting(&Arc::default());
    check(
        graph.run(Doc::default()),
        expect![[r#"
            superstep 1: node #1 started
            superstep 1: node #1 completed with DocUpdate(notes)
            finished after 1 supersteps
        "#]],
    )
    .await
    .unwrap();
    advance(Duration::from_secs(59)).await;
    let outcome = check(
        graph.run(Doc::default()),
        expect![[r#"
            superstep 1: node #1 started
            superstep 1: node #1 completed from its cache with DocUpdate(notes)
            finished after 1 supersteps
        "#]],
    )
    .await
    .unwrap();
    assert_eq!(outcome.state().notes, ["round 0, time 0"]);
    assert_eq!(noted(&graph, 1).await, "round 1, time 1");
    advance(Duration::from_secs(1)).await;
    assert_eq!(noted(&graph, 0).await, "round 0, time 2", "an entry lives from the time it was made");
    assert_eq!(noted(&graph, 1).await, "round 1, time 1");
}

#[tokio::test(start_paused = true)]
async fn a_full_cache_evicts_the_oldest_result() {
    let graph = counting(&Arc::default());
    for round in [0, 1, 0, 2] {
        noted(&graph, round).await;
        advance(Duration::from_secs(1)).await;
    }
    assert_eq!(noted(&graph, 1).await, "round 1, time 1");
    assert_eq!(noted(&graph, 2).await, "round 2, time 2");
    assert_eq!(noted(&graph, 0).await, "round 0, time 3", "the oldest entry is removed first");
}

#[tokio::test(start_paused = true)]
async fn expired_cache_entries_are_evicted_first() {
    let graph = counting(&Arc::default());
    noted(&graph, 0).await;
    advance(Duration::from_secs(40)).await;
    noted(&graph, 1).await;
    advance(Duration::from_secs(40)).await;
    noted(&graph, 2).await;
    assert_eq!(noted(&graph, 1).await, "round 1, time 1");
    assert_eq!(noted(&graph, 2).await, "round 2, time 2");
}

#[tokio::test]
async fn failures_and_results_of_error_handlers_are_not_cached() {
    let ran = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&ran);
    let mut graph = StateGraph::<Doc>::new("failing");
    let node = node!(graph, "node", async move |_| {
        match count.fetch_add(1, Ordering::Relaxed) {
            0 => Err("no luck".into()),
            time => Ok(Doc::update().notes(time.to_string())),
        }
    });
    graph.start(node).end(node).cache(node, Cache::default(), |_| ());
    graph.on_error(node, [], |_: &Doc, _, []: [council_core::NodeId<Doc>; 0]| {
        Some(council_core::Command::update(Doc::update().notes("handled")))
    });
    let graph = graph.compile().unwrap();
    assert_eq!([noted(&graph, 0).await, noted(&graph, 0).await, noted(&graph, 0).await], ["handled", "1", "1"]);
}

#[tokio::test]
async fn items_are_cached_by_their_own_keys() {
    let mut graph = StateGraph::<Doc>::new("items");
    let read = graph.node("read", note);
    let pack = worker!(graph, "pack", async move |_, item: &u32| Ok(Doc::update().notes(format!("packed {item}"))));
    graph.start(read).fan_out(read, pack, |doc| (doc.round..3).rev()).end(pack);
    graph.cache_items(pack, Cache::default(), |_, item| *item);
    let graph = graph.compile().unwrap();
    graph.run(Doc { round: 1, ..Doc::default() }).await.unwrap();
    let outcome = check(
        graph.run(Doc::default()),
        expect![[r#"
            superstep 1: read #1 started
            superstep 1: read #1 completed with DocUpdate(notes)
            superstep 2: pack[0] #1 started
            superstep 2: pack[0] #1 completed from its cache with DocUpdate(notes)
            superstep 2: pack[1] #1 started
            superstep 2: pack[1] #1 completed from its cache with DocUpdate(notes)
            superstep 2: pack[2] #1 started
            superstep 2: pack[2] #1 completed with DocUpdate(notes)
            finished after 2 supersteps
        "#]],
    )
    .await
    .unwrap();
    assert_eq!(outcome.state().notes[1..], ["packed 2", "packed 1", "packed 0"]);
}

#[tokio::test]
async fn the_choice_of_a_decider_is_cached_with_its_update() {
    let mut graph = StateGraph::<Doc>::new("choice");
    let ran = AtomicU32::new(0);
    let choose = decider!(graph, "choose", async move |_| Ok((Doc::update(), ran.fetch_add(1, Ordering::Relaxed))));
    let (first, later) = (graph.node("first", note), graph.node("later", note));
    graph.start(choose).end(first).end(later).cache(choose, Cache::default(), |doc| doc.round);
    graph.decide(choose, [first, later], |time, [first, later]| if time == 0 { first } else { later });
    let graph = graph.compile().unwrap();
    assert_eq!([noted(&graph, 0).await, noted(&graph, 0).await, noted(&graph, 1).await], ["first", "first", "later"]);
}
