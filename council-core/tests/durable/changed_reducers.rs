//! Runs that were stored when a field had another reducer.

use council_core::journal::Memory;
use council_core::{Graph, State, StateGraph};
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
