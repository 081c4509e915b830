//! Runs whose values cannot be stored: the error names node and field, and a corrected program goes on.

use std::collections::BTreeMap;

use council_core::journal::{Envelope, Journal, Memory, ReadFrom};
use council_core::{
    Context, Failure, Graph, NodeId, NodeResult, Outcome, Policy, Retry, RunError, State, StateGraph, error_chain,
    node, worker,
};
use expect_test::expect;
use serde::{Deserialize, Serialize};

#[derive(State, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Board {
    #[state(merge)]
    cells: BTreeMap<Cell, char>,
    #[state(append)]
    moves: Vec<String>,
    note: String,
    #[state(add)]
    time: f64,
    score: f64,
}

/// A pair as a key, or its text: only the text is a key of JSON.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
enum Cell {
    Text(String),
    Pair(u8, u8),
}

fn graph(marked: Cell) -> Graph<Board> {
    let mut graph = StateGraph::<Board>::new("game");
    let begin = node!(graph, "begin", async move |_| Ok(Board::update().note("x".repeat(200_000))));
    let tidy = node!(graph, "tidy", async move |_| Ok(Board::update().note("short")));
    let mark = node!(graph, "mark", async move |_| Ok(Board::update().cells(marked.clone(), 'x')));
    graph.start(begin).edge(begin, tidy).edge(tidy, mark).end(mark);
    graph.compile().unwrap()
}

fn text(result: Result<Outcome<Board>, RunError<Board>>) -> String {
    error_chain(&result.unwrap_err())
}

/// The write of a merged map is a list of pairs, which JSON can carry. The map itself is in the next snapshot, so the first such write
/// is refused.
#[tokio::test]
async fn a_key_that_a_snapshot_could_not_have_is_refused_in_the_first_update() {
    let journal = Memory::default();
    let error = text(graph(Cell::Pair(1, 2)).run(Board::default()).id("r").journal(journal.clone()).await);
    expect!["run `r`: the update of node `mark` cannot be stored: `cells`: a map key is a tuple, but JSON keys are strings; implement `Serialize` so that the key becomes a string"].assert_eq(&error);
    let corrected = graph(Cell::Text("1,2".to_owned()));
    let position = corrected.load(&journal, "r").await.unwrap();
    assert_eq!(position.open_tasks().next().unwrap().node, "mark");
    let state = corrected.resume(position).journal(journal.clone()).await.unwrap().into_state();
    let stored = journal.read("r", ReadFrom::Snapshot).await.unwrap();
    assert!(stored.snapshot.is_some(), "the run is long enough for a snapshot");
    assert_eq!(corrected.load(&journal, "r").await.unwrap().state(), &state);
}

/// Each update can be stored, and their sum cannot. The run goes on without a snapshot, and is loaded from its records.
#[tokio::test]
async fn a_state_that_a_reducer_made_needs_no_snapshot() {
    let graph = |step: f64| {
        let mut graph = StateGraph::<Board>::new("game");
        let wait = node!(graph, "wait", async move |board: &Board| {
            Ok(Board::update().time(step).note("x".repeat(20_000)).moves(board.moves.len().to_string()))
        });
        graph.start(wait).route(
            wait,
            [wait, NodeId::END],
            |board, [wait, end]| {
                if board.moves.len() < 30 { wait } else { end }
            },
        );
        graph.compile().unwrap()
    };
    for (step, has_snapshot) in [(1.0, true), (f64::MAX, false)] {
        let (journal, graph) = (Memory::default(), graph(step));
        let state = graph.run(Board::default()).id("r").journal(journal.clone()).await.unwrap().into_state();
        let stored = journal.read("r", ReadFrom::Snapshot).await.unwrap();
        assert_eq!(stored.snapshot.is_some(), has_snapshot, "the run is long enough for one");
        let position = graph.load(&journal, "r").await.unwrap();
        assert_eq!((position.state(), position.state().time.is_finite()), (&state, has_snapshot));
    }
}

#[tokio::test]
async fn items_that_cannot_be_stored_name_the_worker_and_the_item() {
    let mut graph = StateGraph::<Board>::new("game");
    let deal = node!(graph, "deal", async move |_| Ok(Board::update()));
    let play = worker!(graph, "play", async move |_, item: &Option<f64>| {
        Ok(Board::update().score(item.unwrap_or_default()))
    });
    graph.start(deal).fan_out(deal, play, |_| [None, Some(0.5), Some(f64::NAN)]).end(play).store_items(play);
    let graph = graph.compile().unwrap();
    let error = text(graph.run(Board::default()).id("r").journal(Memory::default()).await);
    expect!["run `r`: the items that are sent cannot be stored: `play[2]`: JSON cannot represent NaN; use an `Option`, with `None` for this case"].assert_eq(&error);
}

#[tokio::test]
async fn an_update_of_a_worker_names_its_item() {
    let mut graph = StateGraph::<Board>::new("game");
    let deal = node!(graph, "deal", async move |_| Ok(Board::update()));
    let play =
        worker!(graph, "play", async move |_, item: &u8| Ok(Board::update().overwrite_time(1.0 / f64::from(*item))));
    graph.start(deal).fan_out(deal, play, |_| [0_u8]).end(play).store_items(play);
    let graph = graph.compile().unwrap();
    let error = text(graph.run(Board::default()).id("r").journal(Memory::default()).await);
    expect!["run `r`: the update of node `play`, item 0, cannot be stored: `time`: JSON cannot represent an infinite number; use an `Option`, with `None` for this case"].assert_eq(&error);
}

/// The work of a `once` block is done once for each attempt, so an attempt that cannot help is not made.
#[tokio::test]
async fn a_question_or_a_result_that_cannot_be_stored_is_not_tried_again() {
    async fn ask(_: &Board, context: &Context<Board>) -> NodeResult<Board> {
        let score: f64 = context.ask(("Which score is better?", [7.5, f64::NAN])).await?;
        Ok(Board::update().score(score))
    }
    async fn measure(_: &Board, context: &Context<Board>) -> NodeResult<Board> {
        let score: f64 = context.once("measure", async { Ok(f64::INFINITY) }).await?;
        Ok(Board::update().score(score))
    }
    let cases = [
        (
            true,
            expect![
                "run `r`: node `ask` failed in superstep 1, attempt 1: `[1][1]`: JSON cannot represent NaN; use an `Option`, with `None` for this case"
            ],
        ),
        (
            false,
            expect![
                "run `r`: node `measure` failed in superstep 1, attempt 1: JSON cannot represent an infinite number; use an `Option`, with `None` for this case"
            ],
        ),
    ];
    for (asks, expected) in cases {
        let mut graph = StateGraph::<Board>::new("game");
        let node = if asks { graph.node("ask", ask) } else { graph.node("measure", measure) };
        graph.policy(node, Policy::default().retry(Retry::default())).start(node).end(node);
        let graph = graph.compile().unwrap();
        let error = graph.run(Board::default()).id("r").journal(Memory::default()).await.unwrap_err();
        assert!(!error.failure().is_retryable());
        expected.assert_eq(&error_chain(&error));
    }
}

#[tokio::test]
async fn an_answer_and_an_edit_that_cannot_be_stored_are_refused() {
    let mut graph = StateGraph::<Board>::new("game");
    let ask = node!(graph, "ask", async move |_, context| {
        let score: f64 = context.ask("Which score?").await?;
        Ok(Board::update().score(score))
    });
    graph.start(ask).end(ask);
    let graph = graph.compile().unwrap();
    let journal = Memory::default();
    let outcome = graph.run(Board::default()).id("r").journal(journal.clone()).await.unwrap();
    let Outcome::Paused { mut position } = outcome else { panic!("{outcome:?}") };
    let error = position.answer("ask:1.1", &f64::NAN).unwrap_err();
    expect!["the answer to `ask:1.1` cannot be written as JSON: JSON cannot represent NaN; use an `Option`, with `None` for this case"].assert_eq(&error_chain(&error));
    position.edit("chair", Board::update().score(f64::NAN));
    let error = graph.resume(position).journal(journal.clone()).await.unwrap_err();
    expect!["run `r`: the edit of `chair` cannot be stored: `score`: JSON cannot represent NaN; use an `Option`, with `None` for this case"].assert_eq(&error_chain(&error));
    assert!(matches!(error.failure(), Failure::Unwritable { .. }));
    let entries = journal.read("r", ReadFrom::Record(0)).await.unwrap().entries;
    assert!(entries.iter().all(|entry| Envelope::read(&entry.json).is_ok()));
    let mut position = graph.load(&journal, "r").await.unwrap();
    position.answer("ask:1.1", &8.5).unwrap();
    let state = graph.resume(position).journal(journal).await.unwrap().into_state();
    assert_eq!(state, Board { score: 8.5, ..Board::default() });
}
