//! Events in each level of detail: for an observer, in a stream and in a channel.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use council_core::{Detail, Event, EventKind, Events, Graph, State, StateGraph, Subgraph, Update, node};
use expect_test::{Expect, expect};

use crate::{Doc, note};

/// `says` emits every kind of event. It is followed by `note` in a subgraph, twice, and by a valve.
fn talkative() -> Graph<Doc> {
    let mut inner = StateGraph::<Doc>::new("inner");
    let note = inner.node("note", note);
    inner.start(note).end(note);
    let inner = inner.compile().unwrap();
    let mut graph = StateGraph::<Doc>::new("talkative");
    let says = node!(graph, "says", async move |_, context| {
        context.token("a token");
        context.emit("event", &context.visit())?;
        context.progress(1, 1);
        Ok(Doc::update().round(1))
    });
    let nested = graph.node("nested", Subgraph::new(inner, Doc::clone, |doc| Doc::update().notes(doc.notes.concat())));
    graph.start(says).edge(says, nested).edge(nested, says).visit_limit(says, 1, council_core::NodeId::END);
    graph.compile().unwrap()
}

/// All events but the last, which is the same in every level of detail.
fn lines(events: &[Event<Doc>]) -> String {
    let (last, others) = events.split_last().unwrap();
    assert_eq!(last.to_string(), "finished after 2 supersteps");
    others.iter().flat_map(|event| [event.to_string(), "\n".to_owned()]).collect()
}

/// Checks that an observer, the stream of a run and a channel get the same events.
async fn told(detail: Detail, picture: &Expect) {
    let observed = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&observed);
    let observe = move |event: &Event<Doc>| log.lock().unwrap().push(event.clone());
    talkative().run(Doc::default()).values().observe_in(detail, observe).await.unwrap();
    picture.assert_eq(&lines(&observed.lock().unwrap()));

    let mut run = talkative().run(Doc::default()).values().detail(detail).start();
    let mut streamed = Vec::new();
    while let Some(event) = run.next().await {
        streamed.push(event);
    }
    picture.assert_eq(&lines(&streamed));

    let (run, mut reader) = talkative().run(Doc::default()).values().channel(detail, 100);
    run.await.unwrap();
    let read = all(&mut reader).await;
    picture.assert_eq(&lines(&read));
    for events in [streamed, read] {
        let updates = events.iter().filter_map(|event| match &event.kind {
            EventKind::NodeCompleted { update, .. } if event.path.is_empty() => Some(update.is_some()),
            _ => None,
        });
        assert!(
            { updates }.all(|told| told == detail.has(Detail::UPDATES)),
            "events have updates only if the detail asks for them"
        );
    }
}

async fn all(reader: &mut Events<Doc>) -> Vec<Event<Doc>> {
    let mut read = Vec::new();
    while let Some(event) = reader.next().await {
        read.push(event);
    }
    read
}

#[tokio::test]
async fn only_the_end() {
    told(Detail::END, &expect![""]).await;
}

#[tokio::test]
async fn tasks_with_and_without_updates() {
    let picture = expect![[r#"
        superstep 1: says #1 started
        superstep 1: says #1 completed
        superstep 2: nested #1 started
        nested > superstep 1: note #1 started
        nested > superstep 1: note #1 completed
        superstep 2: nested #1 completed
        valve: says has had its 1 visits, on to the end
    "#]];
    told(Detail::TASKS, &picture).await;
    told(Detail::UPDATES, &picture).await;
}

#[tokio::test]
async fn updates_tokens_and_states_in_events() {
    told(
        Detail::TOKENS,
        &expect![[r#"
            superstep 1: says #1 wrote "a token"
        "#]],
    )
    .await;
    told(
        Detail::CUSTOM,
        &expect![[r#"
            superstep 1: says #1 says event: 1
            superstep 1: says #1 has done 1 of 1
        "#]],
    )
    .await;
    told(
        Detail::VALUES,
        &expect![[r#"
            superstep 1 is in the state
            superstep 2 is in the state
        "#]],
    )
    .await;
}

#[tokio::test]
async fn everything_and_its_order() {
    told(
        Detail::ALL,
        &expect![[r#"
            superstep 1: says #1 started
            superstep 1: says #1 wrote "a token"
            superstep 1: says #1 says event: 1
            superstep 1: says #1 has done 1 of 1
            superstep 1: says #1 completed
            superstep 1 is in the state
            superstep 2: nested #1 started
            nested > superstep 1: note #1 started
            nested > superstep 1: note #1 completed
            superstep 2: nested #1 completed
            valve: says has had its 1 visits, on to the end
            superstep 2 is in the state
        "#]],
    )
    .await;
}

#[tokio::test]
async fn events_have_consecutive_numbers_and_a_path() {
    let (run, mut reader) = talkative().run(Doc::default()).id("r").channel(Detail::ALL, 100);
    run.await.unwrap();
    let events = all(&mut reader).await;
    let numbers: Vec<_> = events.iter().map(|event| event.sequence).collect();
    assert_eq!(numbers, (1..=events.len() as u64).collect::<Vec<_>>());
    assert!(events.iter().all(|event| &*event.run == "r"));
    let places: Vec<_> = events.iter().map(|event| format!("{}{}", event.path, event.superstep)).collect();
    expect!["1 1 1 1 1 2 nested1 nested1 2 2 2"].assert_eq(&places.join(" "));
    let task = &events.iter().find(|event| !event.path.is_empty()).unwrap().path[0];
    assert_eq!((&*task.node, task.superstep, task.visit, task.attempt, task.item), ("nested", 2, 1, 1, None));
}

/// Counts its copies.
#[derive(State, Debug, Default)]
struct Copied {
    #[state(add)]
    round: u32,
    copies: Arc<AtomicUsize>,
}

impl Clone for Copied {
    fn clone(&self) -> Self {
        self.copies.fetch_add(1, Ordering::Relaxed);
        Self { round: self.round, copies: Arc::clone(&self.copies) }
    }
}

#[tokio::test]
async fn the_state_is_copied_once_for_a_superstep_and_only_for_observers_of_states() {
    for (values, detail, expected) in [
        (true, Detail::ALL, 3),
        (true, Detail::VALUES, 3),
        (true, Detail::TASKS | Detail::TOKENS, 0),
        (false, Detail::ALL, 0),
    ] {
        let mut graph = StateGraph::<Copied>::new("copied");
        let turn = node!(graph, "turn", async move |_| Ok(Copied::update().round(1)));
        graph.start(turn).edge(turn, turn).visit_limit(turn, 3, council_core::NodeId::END);
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (one, other) = (Arc::clone(&seen), Arc::clone(&seen));
        let watch = |seen: Arc<Mutex<Vec<u32>>>| {
            move |event: &Event<Copied>| {
                if let EventKind::Values { state, .. } = &event.kind {
                    seen.lock().unwrap().push(state.round);
                }
            }
        };
        let run = graph.compile().unwrap().run(Copied::default());
        let run = run.observe_in(detail, watch(one)).observe_in(detail, watch(other));
        let state = if values { run.values() } else { run }.await.unwrap().into_state();
        assert_eq!(state.copies.load(Ordering::Relaxed), expected, "{values}, {detail:?}");
        let rounds: &[u32] = if expected > 0 { &[1, 1, 2, 2, 3, 3] } else { &[] };
        assert_eq!(*seen.lock().unwrap(), rounds);
    }
}

#[tokio::test]
async fn an_unread_or_dropped_channel_does_not_stop_the_run() {
    let (run, gone) = talkative().run(Doc::default()).channel(Detail::ALL, 1);
    drop(gone);
    let (run, mut tasks) = run.channel(Detail::TASKS, 2);
    let (run, mut tokens) = run.channel(Detail::TOKENS, 1);
    assert!(run.await.unwrap().is_finished());
    let read = |events: Vec<Event<Doc>>| events.iter().map(ToString::to_string).collect::<Vec<_>>();
    let first = ["superstep 1: says #1 started", "superstep 1: says #1 completed"];
    assert_eq!(read(all(&mut tasks).await), [&first[..], &["5 events lost", "finished after 2 supersteps"]].concat());
    let tokens = read(all(&mut tokens).await);
    assert_eq!(tokens, ["superstep 1: says #1 wrote \"a token\"", "finished after 2 supersteps"]);
}

#[tokio::test]
async fn an_observer_sees_every_update_beside_other_observers() {
    let fields = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&fields);
    let (run, mut reader) = talkative().run(Doc::default()).channel(Detail::TASKS, 100);
    let observe = move |event: &Event<Doc>| {
        if let EventKind::NodeCompleted { update: Some(update), .. } = &event.kind {
            log.lock().unwrap().push((format!("{update:?}"), update.overwrites().is_empty()));
        }
    };
    run.observe(observe).await.unwrap();
    let update = |fields: &str| (format!("DocUpdate({fields})"), true);
    assert_eq!(*fields.lock().unwrap(), [update("round"), update("notes")]);
    let without = |event: &Event<Doc>| !matches!(event.kind, EventKind::NodeCompleted { update: Some(_), .. });
    assert!(all(&mut reader).await.iter().all(without));
}
