//! Single items of item deciders: their failures, their error handlers, and their cached results.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use council_core::{Cache, Command, Failure, NodeId, State, StateGraph, error_chain, item_decider};
use expect_test::expect;

use crate::{Doc, note, pack};

#[tokio::test]
async fn an_undeclared_choice_is_an_error_of_its_node() {
    let mut graph = StateGraph::<Doc>::new("astray");
    let choose = item_decider!(graph, "choose", async move |_, item: &u32| Ok((Doc::update(), *item)));
    let (declared, other) = (graph.node("declared", note), graph.node("other", note));
    graph.fan_out(NodeId::START, choose, |_| [1, 2]).edge(declared, other).end(other);
    graph.decide(choose, [declared], move |item, [declared]| {
        assert_ne!(item, 7, "seven is too many");
        if item == 2 { other } else { declared }
    });
    let error = graph.compile().unwrap().run(Doc::default()).id("r").await.unwrap_err();
    expect!["run `r`: the route, decision or error handler of `choose` chose a node that is not among its targets, or a worker without items, in superstep 1"].assert_eq(&error_chain(&error));
    assert_eq!(error.position().open_tasks().map(|task| task.item).collect::<Vec<_>>(), [Some(1)]);
}

#[tokio::test]
async fn a_panic_in_the_choice_names_the_item() {
    let mut graph = StateGraph::<Doc>::new("panics");
    let choose = item_decider!(graph, "choose", async move |_, item: &u32| Ok((Doc::update(), *item)));
    graph.fan_out(NodeId::START, choose, |_| [1, 7]);
    graph.decide(choose, [NodeId::END], move |item, [end]| {
        assert_ne!(item, 7, "seven is too many");
        end
    });
    let error = graph.compile().unwrap().run(Doc::default()).await.unwrap_err();
    let Failure::NodePanicked { node, item: Some(1), .. } = error.failure() else { panic!("{error:?}") };
    assert_eq!(node, "choose");
}

/// The handler of item 1 returns only an update, that of item 2 leads elsewhere.
#[tokio::test]
async fn an_error_handler_takes_the_place_of_one_item() {
    let mut graph = StateGraph::<Doc>::new("quarantine");
    let sort = item_decider!(graph, "sort", async move |_, item: &u32| {
        if *item < 8 {
            return Err("too small".into());
        }
        Ok((Doc::update().notes(item.to_string()), *item))
    });
    let [chosen, elsewhere] = ["chosen", "elsewhere"].map(|name| graph.node(name, note));
    graph.fan_out(NodeId::START, sort, |_| [8, 1, 2, 9]).end(chosen).end(elsewhere);
    graph.decide(sort, [chosen], |_, [chosen]| chosen);
    graph.on_item_error(sort, [elsewhere], |_, item, _, [elsewhere]| {
        let update = Doc::update().notes(format!("{item} failed"));
        Some(if *item == 2 { Command::goto(elsewhere).and_update(update) } else { Command::update(update) })
    });
    let outcome = graph.compile().unwrap().run(Doc::default()).await.unwrap();
    assert_eq!(outcome.state().notes, ["8", "1 failed", "2 failed", "9", "chosen", "elsewhere"]);
}

#[tokio::test]
async fn a_cached_result_makes_the_same_choice() {
    let ran = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&ran);
    let mut graph = StateGraph::<Doc>::new("cached");
    let sort = item_decider!(graph, "sort", async move |_, item: &u32| {
        counter.fetch_add(1, Ordering::Relaxed);
        Ok((Doc::update(), *item))
    });
    let pack = graph.worker("pack", pack);
    graph.fan_out(NodeId::START, sort, |_| [5, 6]).cache_items(sort, Cache::default(), |_, item| *item).end(pack);
    graph.decide(sort, pack, |item, pack| pack.send([item, item + 10]));
    let graph = graph.compile().unwrap();
    let first = graph.run(Doc::default()).await.unwrap().into_state();
    assert_eq!(first.notes, ["pack[0] got 5", "pack[1] got 15", "pack[2] got 6", "pack[3] got 16"]);
    assert_eq!(graph.run(Doc::default()).await.unwrap().into_state(), first);
    assert_eq!(ran.load(Ordering::Relaxed), 2);
}
