//! Runs of a program whose state has other fields.

use council_core::journal::{Journal, Memory, ReadFrom, ReplayError};
use council_core::projection::TypedRecord;
use council_core::{Durable, Graph, State, StateGraph, Subgraph};
use expect_test::expect;
use serde::{Deserialize, Serialize};

use crate::upgrades::{build, refused};

#[derive(State, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Small {
    text: String,
}

#[derive(State, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Large {
    text: String,
    #[serde(default)]
    score: u32,
}

#[derive(State, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[state(removed("score"))]
struct Removed {
    text: String,
}

#[derive(State, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Aliased {
    text: String,
    #[serde(alias = "score")]
    points: u32,
}

#[derive(State, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct OnlyWritten {
    text: String,
    #[serde(skip_deserializing)]
    score: u32,
}

#[derive(State, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Transitional {
    text: String,
    #[serde(rename(serialize = "points", deserialize = "score"), alias = "points")]
    points: u32,
}

fn essay<S: State>() -> StateGraph<S> {
    let mut graph = StateGraph::<S>::new("essay");
    build(&mut graph, [S::Update::default, S::Update::default]);
    graph
}

fn graph<S: State>() -> Graph<S> {
    essay().compile().unwrap()
}

async fn run<S: Durable + State<Deps = ()>>(graph: &Graph<S>, input: S) -> Memory {
    let journal = Memory::default();
    graph.run(input).id("r").journal(journal.clone()).hold().await.unwrap();
    journal
}

fn large() -> Large {
    Large { text: "a draft".into(), score: 7 }
}

/// An older program would lose the values of a field that a newer one has added.
#[tokio::test]
async fn a_field_that_the_state_does_not_have_is_refused() {
    let journal = run(&graph(), large()).await;
    refused(&graph::<Small>(), &journal, expect![[r#"record 0 of run `r` does not fit the graph `essay`: the run has values of the field `score`, which the state does not have: load it with a program that has the field, or leave the values out with `#[state(removed("score"))]`"#]]).await;
    let first = &journal.read("r", ReadFrom::Record(0)).await.unwrap().entries[0].json;
    assert!(matches!(TypedRecord::<Small>::read(first), Err(ReplayError::UnknownField { field }) if field == "score"));

    // The newer program has resumed a run of the older one.
    let journal = run(&graph(), Small::default()).await;
    let position = graph::<Large>().load(&journal, "r").await.unwrap();
    graph::<Large>().resume(position).journal(journal.clone()).hold().await.unwrap();
    let error = graph::<Small>().load(&journal, "r").await.unwrap_err();
    assert!(error.to_string().starts_with("record 1 of run `r`"), "{error}");
}

#[tokio::test]
async fn a_field_that_is_listed_as_removed_is_left_out() {
    let journal = run(&graph(), large()).await;
    assert_eq!(graph::<Removed>().load(&journal, "r").await.unwrap().state().text, "a draft");
    // A field that is only written takes no stored value.
    let state = graph::<OnlyWritten>().load(&journal, "r").await.unwrap().into_state();
    assert_eq!(state, OnlyWritten { text: "a draft".into(), score: 0 });
}

#[tokio::test]
async fn an_alias_is_a_former_key() {
    let journal = run(&graph(), large()).await;
    assert_eq!(graph::<Aliased>().load(&journal, "r").await.unwrap().state().points, 7);
}

/// The state reads the former key, and writes another one.
#[tokio::test]
async fn a_field_is_read_under_the_key_that_serde_reads() {
    let journal = run(&graph(), large()).await;
    assert_eq!(graph::<Transitional>().load(&journal, "r").await.unwrap().state().points, 7);
}

/// `migrate` says what becomes of the fields of an older version.
#[tokio::test]
async fn a_field_of_an_older_version_is_migrated() {
    let journal = run(&graph(), large()).await;
    let mut graph = essay::<Small>();
    graph.version(2).migrate(|stored| {
        let score: u32 = stored.get("score")?.unwrap_or_default();
        stored.remove("score");
        stored.set("text", &score.to_string())?;
        Ok(())
    });
    assert_eq!(graph.compile().unwrap().load(&journal, "r").await.unwrap().state().text, "7");
}

#[tokio::test]
async fn a_field_of_a_subgraph_that_its_state_does_not_have_is_refused() {
    fn outer<S: Durable + Clone + Default>() -> Graph<Small> {
        let mut outer = StateGraph::<Small>::new("outer");
        let part = Subgraph::new(graph::<S>(), |_: &Small| S::default(), |_| Small::update());
        let part = outer.node("part", part.stored());
        outer.start(part).end(part);
        outer.compile().unwrap()
    }
    let journal = run(&outer::<Large>(), Small::default()).await;
    refused(&outer::<Small>(), &journal, expect![[r#"record 0 of run `r` does not fit the graph `outer`: the run has values of the field `score`, which the state does not have: load it with a program that has the field, or leave the values out with `#[state(removed("score"))]`"#]]).await;
}
