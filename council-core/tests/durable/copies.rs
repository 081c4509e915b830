//! How often a run and a projection beside it hold, copy and parse what is in the state.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use council_core::journal::Memory;
use council_core::projection::{RunProjection, TypedRecord};
use council_core::reduce::FieldUpdate;
use council_core::{State, StateGraph, node};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A value that counts itself.
#[derive(Default)]
struct Page;

static CLONED: AtomicUsize = AtomicUsize::new(0);
static PARSED: AtomicUsize = AtomicUsize::new(0);
static WRITTEN: AtomicUsize = AtomicUsize::new(0);

impl Clone for Page {
    fn clone(&self) -> Self {
        CLONED.fetch_add(1, Ordering::Relaxed);
        Self
    }
}

impl Serialize for Page {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        WRITTEN.fetch_add(1, Ordering::Relaxed);
        serializer.serialize_unit()
    }
}

impl<'de> Deserialize<'de> for Page {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        PARSED.fetch_add(1, Ordering::Relaxed);
        <()>::deserialize(deserializer).map(|()| Self)
    }
}

#[derive(State, Default, Serialize, Deserialize)]
struct Search {
    #[state(add)]
    round: usize,
    #[state(append)]
    pages: Vec<Page>,
}

/// Each page is written once and parsed once, no page is copied, and the projection holds none.
#[tokio::test]
async fn a_run_and_its_projection_hold_the_state_once() {
    const ROUNDS: u32 = 20;
    let mut graph = StateGraph::<Search>::new("search");
    let find = node!(graph, "find", async move |_| Ok(Search::update().round(1).pages(Page)));
    let stop = node!(graph, "stop", async move |_| Ok(Search::update()));
    graph.start(find).edge(find, find).visit_limit(find, ROUNDS, stop).end(stop);
    let projection = Arc::new(Mutex::new(RunProjection::<Search>::default()));
    let live = Arc::clone(&projection);
    let run = graph.compile().unwrap().run(Search::default()).journal(Memory::default()).observe(|_| {});
    let run = run.on_saved(move |saved| {
        for entry in saved.entries {
            let mut record = TypedRecord::<Search>::read(&entry.json).unwrap();
            if let Some(update) = &mut record.update {
                update.pages = FieldUpdate::Keep;
            }
            live.lock().unwrap().apply(record).unwrap();
        }
    });
    let outcome = run.await.unwrap();
    let rounds = ROUNDS as usize;
    let counts = [&WRITTEN, &PARSED, &CLONED].map(|count| count.load(Ordering::Relaxed));
    assert_eq!(counts, [rounds, rounds, 0]);
    let projection = projection.lock().unwrap();
    assert_eq!((projection.state().round, outcome.state().round), (rounds, rounds));
    assert_eq!((projection.state().pages.len(), outcome.state().pages.len()), (0, rounds));
}
