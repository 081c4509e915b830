//! Fields that are not stored.

use council_core::journal::{Journal, Memory, ReadFrom};
use council_core::{Graph, NodeId, NodeResult, Outcome, State, StateGraph, Subgraph, error_chain, node, plan};
use expect_test::expect;
use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

use crate::check;

#[derive(State, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Session {
    text: String,
    #[serde(skip)]
    handle: Option<u32>,
}

async fn open(_: &Session) -> NodeResult<Session> {
    Ok(Session::update().text("opened").handle(Some(7)))
}

async fn close(session: &Session) -> NodeResult<Session> {
    Ok(Session::update().text(format!("{} and closed {:?}", session.text, session.handle)))
}

fn graph() -> Graph<Session> {
    let mut graph = StateGraph::<Session>::new("session");
    let (open, close) = (graph.node("open", open), graph.node("close", close));
    graph.start(open).edge(open, close).end(close);
    graph.compile().unwrap()
}

/// Untracked fields last as long as the process.
#[tokio::test]
async fn a_field_that_is_not_stored_is_empty_in_another_process() {
    let journal = Memory::default();
    let run = || graph().run(Session::default()).journal(journal.clone());
    let done = run().id("whole").await.unwrap().into_state();
    assert_eq!(done.text, "opened and closed Some(7)");
    let outcome = run().id("r").pause_before(["close"]).await.unwrap();
    let Outcome::Paused { position } = outcome else { panic!("{outcome:?}") };
    assert_eq!(position.state().handle, Some(7));
    let position = graph().load(&journal, "r").await.unwrap();
    assert_eq!(position.state().handle, None);
    let done = graph().resume(position).journal(journal.clone()).await.unwrap().into_state();
    assert_eq!(done.text, "opened and closed None");
    check(
        &journal,
        "r",
        expect![[r#"
            r is finished
            {"record":{"started":{"graph":"session","input":{"text":""},"next":["open"]}}}
            {"record":{"task_done":{"node":"open","update":{"text":"opened"},"committed":{"next":["close"]}}}}
            {"record":{"paused":{"nodes":["close"]}}}
            {"record":{"resumed":{}}}
            {"record":{"task_done":{"node":"close","update":{"text":"opened and closed None"},"committed":{"next":[],"end":true}}}}
            {"record":{"finished":{}}}"#]],
    )
    .await;
}

#[derive(State, Clone, Debug, Default, Serialize, Deserialize)]
struct Careless {
    #[state(untracked)]
    password: String,
}

/// The run is refused before a secret is stored.
#[tokio::test]
async fn an_untracked_field_that_serde_stores_is_refused() {
    let mut graph = StateGraph::<Careless>::new("careless");
    let log_in = node!(graph, "log in", async move |_| Ok(Careless::update().password("swordfish")));
    graph.start(log_in).end(log_in);
    let (graph, journal) = (graph.compile().unwrap(), Memory::default());
    let error = graph.run(Careless::default()).id("r").journal(journal.clone()).await.unwrap_err();
    expect!["run `r`: the input cannot be stored: `password`: the field is `untracked`, but serde stores it; add `#[serde(skip)]`"]
        .assert_eq(&error_chain(&error));
    assert!(journal.read("r", ReadFrom::Snapshot).await.is_err(), "nothing is stored");
}

/// The state of a subgraph is refused like that of the run.
#[tokio::test]
async fn an_untracked_field_in_a_subgraph_that_serde_stores_is_refused() {
    let mut part = StateGraph::<Careless>::new("careless");
    let log_in = node!(part, "log in", async move |_| Ok(Careless::update()));
    part.start(log_in).end(log_in);
    let secret = |_: &Session| Careless { password: "swordfish".into() };
    let part = Subgraph::new(part.compile().unwrap(), secret, |_| Session::update()).stored();
    let mut graph = StateGraph::<Session>::new("session");
    let part = graph.node("part", part);
    graph.start(part).end(part);
    let journal = Memory::default();
    let error = graph.compile().unwrap().run(Session::default()).id("r").journal(journal.clone()).await.unwrap_err();
    assert!(error_chain(&error).contains("`password`: the field is `untracked`"), "{}", error_chain(&error));
    let stored = journal.read("r", ReadFrom::Record(0)).await.unwrap();
    assert!(stored.entries.iter().all(|entry| !entry.json.contains("swordfish")));
}

/// Serde stores the field only if it has a value.
#[derive(State, Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Forgetful {
    #[state(add)]
    turns: u32,
    #[state(untracked)]
    #[serde(skip_serializing_if = "String::is_empty")]
    password: String,
}

/// The field gets a value while the run is at work: it is in no record, and a snapshot with it is not written.
#[tokio::test]
async fn an_untracked_field_is_in_no_snapshot() {
    let mut graph = StateGraph::<Forgetful>::new("forgetful");
    let turn = node!(graph, "turn", async move |_| Ok(Forgetful::update().turns(1).password("swordfish")));
    graph.start(turn).route(
        turn,
        [turn, NodeId::END],
        |state, [again, end]| if state.turns < 99 { again } else { end },
    );
    let (graph, journal) = (graph.compile().unwrap(), Memory::default());
    let end = graph.run(Forgetful::default()).id("r").journal(journal.clone()).await.unwrap().into_state();
    assert_eq!(end.password, "swordfish");
    let stored = journal.read("r", ReadFrom::Snapshot).await.unwrap();
    assert_eq!((stored.snapshot, stored.entries.len()), (None, 101), "it has no snapshot");
    assert!(stored.entries.iter().all(|entry| !entry.json.contains("swordfish")));
    let error = graph.snapshot(&plan::begin(&graph, end)).unwrap_err();
    expect!["`password`: the field is `untracked`, but serde stores it; add `#[serde(skip)]`"]
        .assert_eq(&error.to_string());
}

/// `Serialize` is written by hand: it leaves out the handle.
#[derive(State, Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Meter {
    #[state(add)]
    sum: f64,
    #[state(untracked)]
    handle: u32,
}

impl Serialize for Meter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut meter = serializer.serialize_struct("Meter", 1)?;
        meter.serialize_field("sum", &self.sum)?;
        meter.end()
    }
}

/// The sum is infinite, so the state cannot be written. A resumed run does not write it.
#[tokio::test]
async fn a_run_with_an_untracked_field_and_an_infinite_sum_is_resumed() {
    let mut graph = StateGraph::<Meter>::new("meter");
    let add = node!(graph, "add", async move |_| Ok(Meter::update().sum(f64::MAX)));
    let ask = node!(graph, "ask", async move |_, context| {
        let handle: u32 = context.ask("Which handle?").await?;
        Ok(Meter::update().handle(handle))
    });
    graph.start(add).edge(add, ask).end(ask);
    let (graph, journal) = (graph.compile().unwrap(), Memory::default());
    let input = Meter { sum: f64::MAX, handle: 0 };
    let outcome = graph.run(input).id("r").journal(journal.clone()).await.unwrap();
    let Outcome::Paused { mut position } = outcome else { panic!("{outcome:?}") };
    assert!(position.state().sum.is_infinite());
    position.answer("ask:1.1", &7).unwrap();
    position.edit("the chair", Meter::update().sum(1.0));
    let end = graph.resume(position).journal(journal.clone()).await.unwrap().finished().unwrap();
    assert!(end.sum.is_infinite());
    assert_eq!(end.handle, 7);
}
