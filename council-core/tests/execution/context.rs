//! The context of a task: its identity, its dependencies and its events.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use council_core::{
    Context, Detail, EventKind, Graph, Limits, NodeResult, Outcome, State, StateGraph, StopReason, Subgraph,
    error_chain, node, worker,
};
use expect_test::expect;
use tokio::sync::Notify;

use crate::support::check;
use crate::{Doc, alone, note};

async fn place(_: &Doc, context: &Context<Doc>) -> NodeResult<Doc> {
    let (run, node, path) = (context.run(), context.node(), context.path());
    let (superstep, left) = (context.superstep(), context.remaining_supersteps());
    let (visit, attempt, item) = (context.visit(), context.attempt(), context.item());
    Ok(Doc::update().round(1).notes(format!(
        "{run} {path:?} {node}: superstep {superstep} and {left} left, visit {visit}, attempt {attempt}, item {item:?}"
    )))
}

async fn place_of_item(doc: &Doc, _: &u32, context: &Context<Doc>) -> NodeResult<Doc> {
    place(doc, context).await
}

#[tokio::test]
async fn a_node_knows_its_place() {
    let mut inner = StateGraph::<Doc>::new("inner");
    let (first, place_inside) = (inner.node("first", note), inner.node("place", place));
    inner.start(first).edge(first, place_inside).end(place_inside);
    let inner = inner.compile().unwrap();
    let mut graph = StateGraph::<Doc>::new("outer");
    let turn = graph.node("turn", place);
    let pack = graph.worker("pack", place_of_item);
    let inside = |_: &Doc, _: &u32| Doc::default();
    let deep = graph.worker("deep", Subgraph::per_item(inner, inside, |doc| Doc::update().notes(doc.notes[1].clone())));
    graph.start(turn).edge(turn, turn).visit_limit(turn, 2, council_core::NodeId::END);
    graph.fan_out(turn, pack, |doc| vec![0; doc.round as usize]).end(pack).visit_limit(
        pack,
        1,
        council_core::NodeId::END,
    );
    graph.fan_out(pack, deep, |_| [0, 0]).end(deep);
    let limits = Limits { supersteps: 10, ..Limits::default() };
    let outcome = graph.compile().unwrap().run(Doc::default()).id("r").limits(limits).await.unwrap();
    expect![[r#"
        r "" turn: superstep 1 and 9 left, visit 1, attempt 1, item None
        r "" turn: superstep 2 and 8 left, visit 2, attempt 1, item None
        r "" pack: superstep 2 and 8 left, visit 1, attempt 1, item Some(0)
        r "deep[0]" place: superstep 2 and 8 left, visit 1, attempt 1, item None
        r "deep[1]" place: superstep 2 and 8 left, visit 1, attempt 1, item None"#]]
    .assert_eq(&outcome.state().notes.join("\n"));
}

/// The dependencies of a run.
struct Tenant(&'static str);

#[derive(State, Clone, Default)]
#[state(deps = Tenant)]
struct Letter {
    #[state(append)]
    lines: Vec<String>,
}

/// A graph and a subgraph that write the dependencies they get.
fn letters() -> Graph<Letter> {
    let sign = |graph: &mut StateGraph<Letter>| {
        node!(graph, "sign", async move |_, context| {
            Ok(Letter::update().lines(format!("{} of {}", context.path(), context.deps().0)))
        })
    };
    let mut inner = StateGraph::<Letter>::new("inner");
    let node = sign(&mut inner);
    inner.start(node).end(node);
    let inner = inner.compile().unwrap();
    let mut graph = StateGraph::<Letter>::new("outer");
    let node = sign(&mut graph);
    let given_all = |_: &Letter| Letter::default();
    let same = graph
        .node("same", Subgraph::new(inner.clone(), given_all, |inner| Letter::update().lines(inner.lines.concat())));
    let other = Subgraph::new(inner, given_all, |inner| Letter::update().lines(inner.lines.concat()));
    let other = graph.node("other", other.deps(|outer: &Arc<Tenant>| Tenant(&outer.0[..1]).into()));
    graph.start(node).edge(node, same).edge(same, other).end(other);
    graph.compile().unwrap()
}

#[tokio::test]
async fn a_subgraph_gets_the_dependencies_of_the_run_or_a_value_made_from_them() {
    let outcome = letters().run_with(Letter::default(), Tenant("ada")).await.unwrap();
    assert_eq!(outcome.state().lines, [" of ada", "same of ada", "other of a"]);
}

#[tokio::test]
async fn a_resumed_run_gets_its_dependencies_again() {
    let limits = Limits { supersteps: 1, ..Limits::default() };
    let outcome = letters().run_with(Letter::default(), Tenant("ada")).limits(limits).await.unwrap();
    let Outcome::Stopped { position, .. } = outcome else { panic!("the limit was not reached") };
    let outcome = letters().resume_with(position, Tenant("bob")).await.unwrap();
    assert_eq!(outcome.state().lines, [" of ada", "same of bob", "other of b"]);
}

#[derive(serde::Serialize)]
struct Found {
    title: &'static str,
    pages: [u32; 2],
}

#[tokio::test]
async fn a_node_emits_values_and_progress() {
    let graph = alone(|graph| {
        node!(graph, "search", async move |_, context| {
            context.progress(1, 2);
            context.emit("found", &Found { title: "Rust", pages: [1, 2] })?;
            context.token("so far");
            context.progress(2, None);
            context.emit("nothing", &())?;
            Ok(Doc::update())
        })
    });
    check(
        graph.run(Doc::default()),
        expect![[r#"
            superstep 1: search #1 started
            superstep 1: search #1 has done 1 of 2
            superstep 1: search #1 says found: {"title":"Rust","pages":[1,2]}
            superstep 1: search #1 wrote "so far"
            superstep 1: search #1 has done 2
            superstep 1: search #1 says nothing: null
            superstep 1: search #1 completed with DocUpdate
            finished after 1 supersteps
        "#]],
    )
    .await
    .unwrap();
}

fn emits_what_is_no_json() -> Graph<Doc> {
    alone(|graph| {
        node!(graph, "emits", async move |_, context| {
            context.emit("bad", &BTreeMap::from([((1, 2), 3)]))?;
            Ok(Doc::update())
        })
    })
}

#[tokio::test]
async fn an_emitted_value_that_is_not_json_fails_the_node_only_if_it_is_observed() {
    let run = || emits_what_is_no_json().run(Doc::default()).id("r");
    let error = run().observe_in(Detail::CUSTOM, |_| {}).await.unwrap_err();
    expect!["run `r`: node `emits` failed in superstep 1, attempt 1: a map key is a tuple, but JSON keys are strings; implement `Serialize` so that the key becomes a string"]
    .assert_eq(&error_chain(&error));
    assert!(run().observe_in(Detail::TASKS | Detail::TOKENS, |_| {}).await.unwrap().is_finished());
    assert!(run().await.unwrap().is_finished(), "the value of an unobserved event is not serialized");
}

#[tokio::test]
async fn a_node_can_wait_for_the_run_to_be_cancelled() {
    let was_cancelled = Arc::new(Notify::new());
    let cancelled = Arc::clone(&was_cancelled);
    let graph = {
        let mut graph = StateGraph::<Doc>::new("patient");
        let waits = worker!(graph, "waits", async move |_, early: &bool, context| {
            if *early {
                assert!(!context.is_cancelled());
                context.cancelled().await;
            } else {
                was_cancelled.notified().await;
            }
            assert!(context.is_cancelled());
            // A node that waits after the cancellation continues at once.
            context.cancelled().await;
            Ok(Doc::update().notes("gave up"))
        });
        let (first, last) = (graph.node("first", note), graph.node("last", note));
        graph.start(first).fan_out(first, waits, |_| [true, false]).edge(waits, last).end(last);
        graph.compile().unwrap()
    };
    let inside = Subgraph::new(graph, Doc::clone, |doc| Doc::update().notes(doc.notes.concat()));
    let graph = alone(|outer| outer.node("nested", inside));
    let mut run = graph.run(Doc::default()).start();
    while let Some(event) = run.next().await {
        if matches!(&event.kind, EventKind::NodeStarted { task, .. } if &*task.node == "waits") {
            run.cancel();
            cancelled.notify_one();
        }
    }
    let outcome = run.await.unwrap();
    let Outcome::Stopped { reason: StopReason::Cancelled, position } = outcome else {
        panic!("the run was not stopped")
    };
    let outcome = graph.resume(position).await.unwrap();
    assert_eq!(outcome.state().notes, ["firstgave upgave uplast"], "the updates of the stopped nodes are kept");
}

#[tokio::test(start_paused = true)]
async fn events_from_a_thread_of_the_node_are_observed() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&heard);
    let graph = alone(|graph| {
        let node = node!(graph, "node", async move |_, context| {
            let own = context.clone();
            tokio::spawn(async move { own.token("from a task") }).await?;
            context.token("from the node");
            tokio::time::sleep(Duration::from_secs(1)).await;
            Ok(Doc::update())
        });
        graph.policy(node, council_core::Policy::default().spawned(true));
        node
    });
    let observe = move |event: &council_core::Event<Doc>| log.lock().unwrap().push(event.to_string());
    graph.run(Doc::default()).observe_in(Detail::TOKENS, observe).await.unwrap();
    let tokens = ["from a task", "from the node"].map(|text| format!("superstep 1: node #1 wrote {text:?}"));
    assert_eq!(heard.lock().unwrap()[..2], tokens);
}
