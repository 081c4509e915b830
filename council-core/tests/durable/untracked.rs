//! Fields that are not stored.

use council_core::journal::{Journal, Memory, ReadFrom};
use council_core::{Graph, NodeResult, Outcome, State, StateGraph, error_chain};
use expect_test::expect;
use serde::{Deserialize, Serialize};

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

#[derive(State, Debug, Default, Serialize, Deserialize)]
struct Careless {
    #[state(untracked)]
    password: String,
}

/// The run is refused before serde writes the secret.
#[tokio::test]
async fn an_untracked_field_that_serde_stores_is_refused() {
    let mut graph = StateGraph::<Careless>::new("careless");
    let log_in = council_core::node!(graph, "log in", async move |_| Ok(Careless::update().password("swordfish")));
    graph.start(log_in).end(log_in);
    let (graph, journal) = (graph.compile().unwrap(), Memory::default());
    let error = graph.run(Careless::default()).id("r").journal(journal.clone()).await.unwrap_err();
    expect!["run `r`: the field `password` is `untracked`, but serde stores it: add `#[serde(skip)]`"]
        .assert_eq(&error_chain(&error));
    assert!(journal.read("r", ReadFrom::Snapshot).await.is_err(), "nothing is stored");
}
