//! Streams of events: order, capacity, loss, and observers that panic.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use council_core::{Context, Event, EventKind, Graph, NodeId, State, StateGraph, node};

#[derive(State, Clone, Debug, Default)]
struct Counter {
    #[state(add)]
    round: u32,
}

/// A loop of `rounds` rounds. Each round emits its number as a token.
fn counting(rounds: u32) -> Graph<Counter> {
    let mut graph = StateGraph::<Counter>::new("counting");
    let turn = node!(graph, "turn", async move |counter, context| {
        context.token(format!("round {} of run {}", counter.round + 1, context.run()));
        Ok(Counter::update().round(1))
    });
    graph.start(turn);
    graph.route(
        turn,
        [turn, NodeId::END],
        move |counter, [again, done]| if counter.round < rounds { again } else { done },
    );
    graph.compile().unwrap()
}

#[tokio::test]
async fn a_stream_gives_every_event_in_order_and_then_the_outcome() {
    let mut run = counting(2).run(Counter::default()).id("r").start();
    assert_eq!(run.id(), "r");
    let mut events = Vec::new();
    while let Some(event) = run.next().await {
        events.push(event.to_string());
    }
    assert_eq!(
        events,
        [
            "superstep 1: turn #1 started",
            "superstep 1: turn #1 wrote \"round 1 of run r\"",
            "superstep 1: turn #1 completed",
            "superstep 2: turn #2 started",
            "superstep 2: turn #2 wrote \"round 2 of run r\"",
            "superstep 2: turn #2 completed",
            "finished after 2 supersteps",
        ]
    );
    assert!(run.next().await.is_none(), "nothing comes after the last event");
    assert_eq!(run.await.unwrap().state().round, 2);
}

#[tokio::test]
async fn a_slow_reader_loses_a_counted_number_of_events_but_not_the_last() {
    let mut run = counting(100).run(Counter::default()).buffer(10).start();
    // No event is read before the run ends.
    let outcome = (&mut run).await.unwrap();
    assert_eq!(outcome.state().round, 100);
    let mut read = Vec::new();
    while let Some(event) = run.next().await {
        read.push(event);
    }
    let lost: u64 =
        read.iter().map(|event| if let EventKind::Lost { count, .. } = event.kind { count } else { 0 }).sum();
    let told = read.iter().filter(|event| !matches!(event.kind, EventKind::Lost { .. })).count() as u64;
    assert_eq!(told + lost, 301, "3 events a round and the end: {read:?}");
    assert_eq!(told, 11);
    assert!(matches!(read.last().unwrap().kind, EventKind::Finished));
}

#[tokio::test]
async fn the_last_event_follows_two_losses() {
    let read = Arc::new(tokio::sync::Notify::new());
    let was_read = Arc::clone(&read);
    let mut graph = StateGraph::<Counter>::new("losses");
    let node = node!(graph, "node", async move |_, context| {
        context.token("lost, behind the start");
        was_read.notified().await;
        context.token("told, after the first loss");
        context.token("lost again");
        Ok(Counter::update())
    });
    graph.start(node).end(node);
    let mut run = graph.compile().unwrap().run(Counter::default()).buffer(1).start();
    let mut events = vec![run.next().await.unwrap().to_string()];
    read.notify_one();
    (&mut run).await.unwrap();
    while let Some(event) = run.next().await {
        events.push(event.to_string());
    }
    assert_eq!(
        events,
        [
            "superstep 1: node #1 started",
            "1 events lost",
            "superstep 1: node #1 wrote \"told, after the first loss\"",
            "2 events lost",
            "finished after 1 supersteps",
        ]
    );
}

#[tokio::test]
async fn a_buffer_of_any_size_is_accepted() {
    let run = counting(1).run(Counter::default()).buffer(usize::MAX).start();
    assert!(run.await.unwrap().is_finished());
}

#[tokio::test]
async fn a_run_without_a_queue_has_an_empty_stream_and_an_outcome() {
    let mut run = counting(3).run(Counter::default()).buffer(0).start();
    assert!(run.next().await.is_none());
    assert_eq!(run.await.unwrap().state().round, 3);
}

#[tokio::test]
async fn a_dropped_reader_stops_the_run_and_a_panic_of_an_observer_does_not() {
    let seen = Arc::new(AtomicUsize::new(0));
    let told = Arc::new(Mutex::new(Vec::new()));
    let (count, log) = (Arc::clone(&seen), Arc::clone(&told));
    let outcome = counting(3)
        .run(Counter::default())
        .observe(move |_| {
            count.fetch_add(1, Ordering::Relaxed);
            panic!("this observer is broken");
        })
        .observe(move |event| log.lock().unwrap().push(event.to_string()))
        .await
        .unwrap();
    assert!(outcome.is_finished());
    assert_eq!(seen.load(Ordering::Relaxed), 1, "an observer that panicked is not called again");
    assert_eq!(told.lock().unwrap().len(), 10, "the other observer received all events");
}

#[tokio::test]
async fn an_update_can_be_followed_through_the_events() {
    let mirror = Arc::new(Mutex::new(Counter::default()));
    let follow = Arc::clone(&mirror);
    let outcome = counting(4)
        .run(Counter::default())
        .observe(move |event| {
            if let EventKind::NodeCompleted { update: Some(update), .. } = &event.kind {
                follow.lock().unwrap().apply(update.clone());
            }
        })
        .await
        .unwrap();
    assert_eq!(mirror.lock().unwrap().round, outcome.state().round);
}

#[tokio::test]
async fn a_context_may_outlive_its_run() {
    let kept = Arc::new(Mutex::new(None));
    let keep = Arc::clone(&kept);
    let mut graph = StateGraph::<Counter>::new("kept");
    let node = node!(graph, "node", async move |_: &Counter, context: &Context<Counter>| {
        *keep.lock().unwrap() = Some(context.clone());
        Ok(Counter::update())
    });
    graph.start(node).end(node);
    let told = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&told);
    let observer = move |event: &Event<Counter>| log.lock().unwrap().push(event.to_string());
    let mut run = graph.compile().unwrap().run(Counter::default()).observe(observer).start();
    while run.next().await.is_some() {}
    let context = kept.lock().unwrap().take().unwrap();
    context.token("too late");
    assert_eq!(
        told.lock().unwrap().last().unwrap(),
        "finished after 1 supersteps",
        "no event follows the end of the run"
    );
    assert!(run.next().await.is_none());
    assert_eq!((context.node(), context.superstep(), context.visit(), context.attempt()), ("node", 1, 1, 1));
}
