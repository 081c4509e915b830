//! Values that cannot be written as JSON: the error names the part, and no part is stored.

use std::collections::BTreeMap;

use council_core::journal::{Journal, Memory, ReadFrom};
use council_core::{Graph, Outcome, State, StateGraph, Subgraph, error_chain, node, worker};
use expect_test::expect;
use serde::{Deserialize, Serialize};

/// A state with a map whose keys are no strings.
#[derive(State, Clone, Debug, Default, Serialize, Deserialize)]
struct Board {
    fields: BTreeMap<(u8, u8), char>,
    name: String,
}

fn marked() -> BTreeMap<(u8, u8), char> {
    BTreeMap::from([((1, 2), 'x')])
}

fn graph() -> Graph<Board> {
    let mut graph = StateGraph::<Board>::new("game");
    let ask = node!(graph, "ask", async move |_, context| {
        let name: String = context.ask("Who plays?").await?;
        Ok(Board::update().name(name))
    });
    let play = node!(graph, "play", async move |_| Ok(Board::update().fields(marked())));
    graph.start(ask).edge(ask, play).end(play);
    graph.compile().unwrap()
}

#[tokio::test]
async fn an_input_that_is_not_json_is_an_error() {
    let journal = Memory::default();
    let board = Board { fields: marked(), ..Board::default() };
    let error = graph().run(board).id("r").journal(journal.clone()).await.unwrap_err();
    expect!["run `r`: the input cannot be stored: `fields`: a map key is a tuple, but JSON keys are strings; implement `Serialize` so that the key becomes a string"]
    .assert_eq(&error_chain(&error));
    assert!(journal.read("r", ReadFrom::Snapshot).await.is_err());
}

#[tokio::test]
async fn an_update_that_is_not_json_is_an_error() {
    let journal = Memory::default();
    let outcome = graph().run(Board::default()).id("r").journal(journal.clone()).await.unwrap();
    let Outcome::Paused { mut position } = outcome else { panic!("{outcome:?}") };
    position.answer("ask:1.1", "Ada").unwrap();
    let error = graph().resume(position).journal(journal.clone()).await.unwrap_err();
    expect!["run `r`: the update of node `play` cannot be stored: `fields`: a map key is a tuple, but JSON keys are strings; implement `Serialize` so that the key becomes a string"]
    .assert_eq(&error_chain(&error));
    let position = graph().load(&journal, "r").await.unwrap();
    assert_eq!((position.state().name.as_str(), position.open_tasks().next().unwrap().node), ("Ada", "play"));
}

#[tokio::test]
async fn an_answer_that_is_not_json_or_comes_twice_is_refused() {
    let outcome = graph().run(Board::default()).id("r").journal(Memory::default()).await.unwrap();
    let Outcome::Paused { mut position } = outcome else { panic!("{outcome:?}") };
    let mut picture = vec![error_chain(&position.answer("ask:1.1", &marked()).unwrap_err())];
    position.answer("ask:1.1", "Ada").unwrap();
    picture.push(error_chain(&position.answer("ask:1.1", "Bob").unwrap_err()));
    expect![[r#"
        the answer to `ask:1.1` cannot be written as JSON: a map key is a tuple, but JSON keys are strings; implement `Serialize` so that the key becomes a string
        question `ask:1.1` is answered already"#]]
    .assert_eq(&picture.join("\n"));
}

/// The items of a worker are stored, and the graph no longer has a way to read them.
#[tokio::test]
async fn stored_items_that_the_graph_can_no_longer_read_are_an_error() {
    let graph = |stores_items: bool| {
        let mut graph = StateGraph::<Board>::new("game");
        let deal = node!(graph, "deal", async move |_| Ok(Board::update()));
        let play = worker!(graph, "play", async move |_, item: &u32| Ok(Board::update().name(item.to_string())));
        graph.start(deal).fan_out(deal, play, |_| [7]).end(play);
        if stores_items {
            graph.store_items(play);
        }
        graph.compile().unwrap()
    };
    let journal = Memory::default();
    graph(true).run(Board::default()).id("r").journal(journal.clone()).await.unwrap();
    let error = graph(false).load(&journal, "r").await.unwrap_err();
    expect![[r#"
        record 1 of run `r` does not fit the graph `game`: the items of `play` cannot be stored: call `StateGraph::store_items` for it"#]]
    .assert_eq(&error_chain(&error));
}

#[derive(State, Clone, Default, Serialize, Deserialize)]
struct Pile {
    sheets: u32,
}

/// The error comes before the first node runs.
#[tokio::test]
async fn parts_that_cannot_be_stored_are_reported_before_anything_runs() {
    let mut inner = StateGraph::<Pile>::new("inner");
    let count = node!(inner, "count", async move |_| Ok(Pile::update().sheets(1)));
    inner.start(count).end(count);
    let part = Subgraph::new(inner.compile().unwrap(), |_: &Board| Pile::default(), |_| Board::update());
    let mut graph = StateGraph::<Board>::new("g");
    let part = graph.node("part", part);
    let pack = worker!(graph, "pack", async move |_, _: &u32| Ok(Board::update()));
    graph.start(part).fan_out(part, pack, |_| [1]).end(pack);
    let journal = Memory::default();
    let graph = graph.compile().unwrap();
    let error = graph.run(Board::default()).id("r").journal(journal.clone()).await.unwrap_err();
    expect!["run `r`: these parts of the graph `g` cannot be stored: the inside of `part` (`Subgraph::stored`), the items of `pack` (`StateGraph::store_items`); add the call shown in brackets"].assert_eq(&error_chain(&error));
    assert!(journal.read("r", ReadFrom::Snapshot).await.is_err(), "nothing is stored");
}
