//! Runs that were stored when a field had another reducer.

use council_core::journal::{AppendRequest, Journal, Memory, ReadFrom};
use council_core::projection::{RunProjection, TypedRecord};
use council_core::stored::At;
use council_core::{Durable, Graph, Limits, NodeId, Outcome, State, StateGraph, Subgraph, error_chain, node};
use expect_test::expect;
use serde::{Deserialize, Serialize};

use crate::upgrades::{build, refused};

macro_rules! with_votes {
    ($name:ident, $attribute:meta) => {
        #[derive(State, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        struct $name {
            #[$attribute]
            votes: u64,
        }

        impl $name {
            fn graph() -> Graph<Self> {
                let mut graph = StateGraph::<Self>::new("vote");
                build(&mut graph, [|| Self::update().votes(2), || Self::update().votes(3)]);
                graph.compile().unwrap()
            }
        }
    };
}

with_votes!(Added, state(add));
with_votes!(Greatest, state(max));
with_votes!(Accepting, state(max, formerly(add)));
with_votes!(Replaced, state(replace));
with_votes!(Own, state(self::twice));
with_votes!(Concurrent, state(concurrent(twice)));

fn twice(field: &mut u64, other: u64) {
    *field = other * 2;
}

#[tokio::test]
async fn another_reducer_is_refused_unless_the_field_accepts_it() {
    let journal = Memory::default();
    Added::graph().run(Added::default()).id("r").journal(journal.clone()).await.unwrap();
    refused(&Greatest::graph(), &journal, expect!["record 0 of run `r` does not fit the graph `vote`: the reducer of the field `votes` is `max`, but was `add` when the run was stored: restore `add`, or accept the run with `#[state(formerly(add))]`"]).await;
    refused(&Own::graph(), &journal, expect!["record 0 of run `r` does not fit the graph `vote`: the reducer of the field `votes` is `twice()`, but was `add` when the run was stored: restore `add`, or accept the run with `#[state(formerly(add))]`"]).await;
    refused(&Replaced::graph(), &journal, expect!["record 0 of run `r` does not fit the graph `vote`: the reducer of the field `votes` is `replace`, but was `add` when the run was stored: restore `add`, or accept the run with `#[state(formerly(add))]`"]).await;
    assert_eq!(Accepting::graph().load(&journal, "r").await.unwrap().state().votes, 3);

    let journal = Memory::default();
    Replaced::graph().run(Replaced::default()).id("r").journal(journal.clone()).await.unwrap();
    assert_eq!(Concurrent::graph().load(&journal, "r").await.unwrap().state().votes, 3);
    let journal = Memory::default();
    Own::graph().run(Own::default()).id("r").journal(journal.clone()).await.unwrap();
    refused(&Added::graph(), &journal, expect!["record 0 of run `r` does not fit the graph `vote`: the reducer of the field `votes` is `add`, but was `twice()` when the run was stored: restore `twice()`, or accept the run with `#[state(formerly(twice))]`"]).await;
}

/// Two nodes of one superstep have written the field, and the field is plain now: the load and the projection name both nodes.
#[tokio::test]
async fn a_conflict_in_the_past_names_both_nodes() {
    fn graph<S: State>(nodes: [fn() -> S::Update; 2]) -> StateGraph<S> {
        let mut graph = StateGraph::<S>::new("vote");
        for (name, update) in ["left", "right"].into_iter().zip(nodes) {
            let node = node!(graph, name, async move |_| Ok(update()));
            graph.start(node).end(node);
        }
        graph
    }
    let journal = Memory::default();
    let concurrent =
        graph::<Concurrent>([|| Concurrent::update().votes(2), || Concurrent::update().votes(3)]).compile().unwrap();
    concurrent.run(Concurrent::default()).id("r").journal(journal.clone()).await.unwrap();

    let plain = graph::<Replaced>([Replaced::update, Replaced::update]).compile().unwrap();
    let records = journal.read("r", ReadFrom::Record(0)).await.unwrap().entries;
    let read = |place: usize| TypedRecord::<Replaced>::read(&records[place].json).unwrap();
    let mut projection = RunProjection::begin(read(0)).unwrap();
    let projected = (1..records.len()).find_map(|place| projection.apply(read(place)).err());
    let conflict = "node `right` replaces `votes`, which node `left` replaced in the same superstep";
    for error in [error_chain(&plain.load(&journal, "r").await.unwrap_err()), projected.unwrap().to_string()] {
        assert!(error.contains(conflict), "{error}");
    }
}

/// A write that replaced a field becomes an overwrite of the list that it is today.
#[tokio::test]
async fn a_plain_field_becomes_a_list() {
    #[derive(State, Clone, Debug, Default, Serialize, Deserialize)]
    struct Plain {
        note: String,
    }
    #[derive(State, Clone, Debug, Default, Serialize, Deserialize)]
    struct List {
        #[state(append, renamed = "note", formerly(replace))]
        notes: Vec<String>,
    }
    let journal = Memory::default();
    let mut graph = StateGraph::<Plain>::new("notes");
    build(&mut graph, [|| Plain::update().note("first"), || Plain::update().note("second")]);
    graph.compile().unwrap().run(Plain::default()).id("r").journal(journal.clone()).await.unwrap();
    let mut graph = StateGraph::<List>::new("notes");
    build(&mut graph, [List::update, List::update]);
    graph.version(2).migrate(|stored| {
        stored.convert("note", |note: String| [note])?;
        stored.overwrite("note");
        Ok(())
    });
    let position = graph.compile().unwrap().load(&journal, "r").await.unwrap();
    assert_eq!(position.state().notes, ["second"]);
}

macro_rules! poll {
    ($name:ident, $attribute:meta, $version:literal) => {
        #[derive(State, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        struct $name {
            #[$attribute]
            votes: u64,
            text: String,
        }

        impl $name {
            /// `poll` votes with 2 until the limit of supersteps. The texts are so long that the journal gets snapshots.
            fn graph() -> Graph<Self> {
                let mut graph = StateGraph::<Self>::new("poll");
                let poll = node!(graph, "poll", async move |_| Ok(Self::update().votes(2u64).text("t".repeat(2_000))));
                graph.start(poll).route(poll, [poll, NodeId::END], |_, [again, _]| again);
                graph.version($version).migrate(|stored| Ok(stored.convert("votes", |votes: u64| votes + 1)?));
                graph.compile().unwrap()
            }

            async fn run(journal: &Memory, supersteps: u64) {
                let graph = Self::graph();
                let run = match graph.load(journal, "r").await {
                    Ok(position) => graph.resume(position),
                    Err(_) => graph.run(Self::default()).id("r"),
                };
                let run = run.journal(journal.clone()).limits(Limits { supersteps, ..Limits::default() });
                assert!(matches!(run.await, Ok(Outcome::Stopped { .. })));
            }

            /// The votes of the run, on which all readers agree.
            async fn votes(journal: &Memory) -> u64 {
                let graph = Self::graph();
                let (mut reader, mut projection) = (graph.reader(), RunProjection::<Self>::default());
                for entry in journal.read("r", ReadFrom::Record(0)).await.unwrap().entries {
                    projection.apply(reader.read(&entry.json).unwrap()).unwrap();
                }
                let loaded = graph.load(journal, "r").await.unwrap().into_state();
                assert_eq!(&loaded, projection.state());
                assert_eq!(loaded, graph.load_at(journal, "r", At::End).await.unwrap().into_state());
                let fork = graph.fork(journal, "r", At::End, "fork").await.unwrap();
                journal.delete("fork").await.unwrap();
                assert_eq!(loaded, fork.into_state());
                loaded.votes
            }
        }
    };
}

poll!(Sum, state(add), 1);
poll!(Most, state(max, formerly(add)), 1);
poll!(Migrated, state(add), 2);

/// The number of records before the last snapshot, and the program in it.
async fn snapshot(journal: &Memory) -> (u64, String) {
    let (records, json) = journal.read("r", ReadFrom::Snapshot).await.unwrap().snapshot.unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    (records, json["program"].to_string())
}

/// The former program has written a snapshot with its reducer. It is not used, so that there is one past.
#[tokio::test]
async fn all_readers_apply_the_current_reducer_to_all_records() {
    let journal = Memory::default();
    Sum::run(&journal, 40).await;
    let (former, _) = snapshot(&journal).await;
    assert_eq!((Sum::votes(&journal).await, Most::votes(&journal).await), (80, 2));
    // The first superstep of the current program replaces the snapshot.
    Most::run(&journal, 41).await;
    let (records, program) = snapshot(&journal).await;
    assert!(records > former && program.contains(r#""max":["votes"]"#), "{records} {program}");
    assert_eq!(Most::votes(&journal).await, 2);
}

/// A migrated snapshot would be another state than that of the migrated records.
#[tokio::test]
async fn all_readers_migrate_all_records() {
    let journal = Memory::default();
    Sum::run(&journal, 40).await;
    let (former, _) = snapshot(&journal).await;
    assert_eq!(Migrated::votes(&journal).await, 1 + 40 * 3);
    Migrated::run(&journal, 41).await;
    assert!(snapshot(&journal).await.0 > former);
    assert_eq!(Migrated::votes(&journal).await, 1 + 40 * 3 + 2);
}

/// A snapshot of a run inside a subgraph has the state of the subgraph, which the former program has computed with its reducer.
#[tokio::test]
async fn a_snapshot_inside_a_subgraph_of_another_reducer_is_not_used() {
    fn outer<S: Durable + Clone + Default>(inner: Graph<S>) -> Graph<Added> {
        let mut graph = StateGraph::<Added>::new("outer");
        let part = Subgraph::new(inner, |_: &Added| S::default(), |_| Added::update());
        let part = graph.node("part", part.stored());
        graph.start(part).end(part);
        graph.compile().unwrap()
    }
    let (journal, former, current) = (Memory::default(), outer(Sum::graph()), outer(Most::graph()));
    let run = former.run(Added::default()).id("r").journal(journal.clone());
    run.limits(Limits { supersteps: 5, ..Limits::default() }).await.unwrap();
    let snapshot = former.snapshot(&former.load(&journal, "r").await.unwrap()).unwrap();
    assert!(snapshot.contains(r#""votes":"#), "{snapshot}");
    let records = journal.read("r", ReadFrom::Record(0)).await.unwrap().head.records;
    journal.append(AppendRequest::new("r", records, Vec::new()).snapshot(snapshot)).await.unwrap();
    let loaded = current.load(&journal, "r").await.unwrap();
    let read = current.load_at(&journal, "r", At::End).await.unwrap();
    assert_eq!(current.snapshot(&loaded).unwrap(), current.snapshot(&read).unwrap());
}
