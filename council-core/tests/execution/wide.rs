//! Thousands of tasks in one superstep, and error handlers of workers.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use council_core::{Command, Failure, Goto, NodeId, State, StateGraph, StopReason, worker};
use expect_test::expect;
use tokio::time::sleep;

use crate::{Doc, diamond, note};

/// Counts its polls.
struct Asked<F>(std::pin::Pin<Box<F>>, Arc<AtomicUsize>);

impl<F: Future> Future for Asked<F> {
    type Output = F::Output;

    fn poll(mut self: std::pin::Pin<&mut Self>, waker: &mut std::task::Context<'_>) -> std::task::Poll<F::Output> {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.as_mut().poll(waker)
    }
}

#[tokio::test(start_paused = true)]
async fn waiting_tasks_are_not_polled_without_a_wake() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let mut graph = StateGraph::<Doc>::new("wide");
    let work = worker!(graph, "work", async move |_, _item: &u32| {
        let wait = Asked(Box::pin(sleep(Duration::from_secs(1))), Arc::clone(&count));
        wait.await;
        Ok(Doc::update().round(1))
    });
    graph.fan_out(NodeId::START, work, |_| 0..5_000_u32).end(work);
    let run = graph.compile().unwrap().run(Doc::default()).start();
    assert_eq!(run.await.unwrap().finished().unwrap().round, 5_000);
    // Each task is polled at its start, once with its own waker, and at its end. Without wakers of their own, all tasks would be polled for
    // each 128 that end, because of tokio's budget.
    assert_eq!(asked.load(Ordering::Relaxed), 15_000);
}

#[tokio::test]
async fn a_handler_of_a_worker_gets_the_item() {
    let mut graph = StateGraph::<Doc>::new("items");
    let work = worker!(graph, "work", async move |_, item: &u32| {
        if *item == 1 { Err("out of boxes".into()) } else { Ok(Doc::update().notes(format!("packed {item}"))) }
    });
    graph.fan_out(NodeId::START, work, |_| 0..3_u32).end(work);
    graph.on_item_error(work, (), |_, item, failure: &Failure, ()| {
        Some(Command::update(Doc::update().notes(format!("{item}: {}", std::error::Error::source(failure)?))))
    });
    let doc = graph.compile().unwrap().run(Doc::default()).await.unwrap().finished().unwrap();
    assert_eq!(doc.notes, ["packed 0", "1: out of boxes", "packed 2"]);
}

#[tokio::test]
async fn a_route_may_have_a_number_of_targets_known_at_run_time() {
    let mut graph = StateGraph::<Doc>::new("agents");
    let supervisor = graph.node("supervisor", note);
    let agents: Vec<_> = (0..20).map(|number| graph.node(format!("agent {number}"), note)).collect();
    graph.start(supervisor);
    graph.route(supervisor, agents.clone(), |_, agents| Goto::from(agents[17])).labels(vec!["any"; 20]);
    for agent in agents {
        graph.end(agent);
    }
    let doc = graph.compile().unwrap().run(Doc::default()).await.unwrap().finished().unwrap();
    assert_eq!(doc.notes, ["supervisor", "agent 17"]);
}

#[tokio::test(start_paused = true)]
async fn an_unfinished_outcome_is_an_error_with_the_position() {
    let limits = council_core::Limits { supersteps: 1, ..council_core::Limits::default() };
    let graph = diamond();
    let error = graph.run(Doc::default()).limits(limits).await.unwrap().finished().unwrap_err();
    expect!["the run was stopped after 1 supersteps, before its end: the limit of 1 supersteps"]
        .assert_eq(&error.to_string());
    assert_eq!(error.reason, StopReason::Supersteps(1));
    assert!(graph.resume(*error.position).await.unwrap().is_finished());
}
