//! Edits of a run while tasks of its superstep have ended: the edit wins over what they wrote.

use std::collections::BTreeMap;

use council_core::journal::{Journal, Memory, ReadFrom};
use council_core::projection::{RunProjection, TypedRecord};
use council_core::stored::At;
use council_core::{Failure, Graph, Outcome, Position, State, StateGraph, node};
use expect_test::expect;
use serde::{Deserialize, Serialize};

fn keep_if_empty(field: &mut String, new: String) {
    if !new.is_empty() {
        *field = new;
    }
}

fn both(field: &mut Vec<String>, others: Vec<String>) {
    field.extend(others);
}

/// A field for each kind of reducer.
#[derive(State, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Board {
    draft: String,
    #[state(concurrent(both))]
    titles: Vec<String>,
    #[state(append)]
    notes: Vec<String>,
    #[state(append)]
    replaced: Vec<String>,
    #[state(append)]
    restarted: Vec<String>,
    #[state(add)]
    sum: u32,
    #[state(merge)]
    scores: BTreeMap<String, u32>,
    #[state(keep_if_empty)]
    summary: String,
    #[state(keep_if_empty)]
    label: String,
}

fn scores<const N: usize>(scores: [(&str, u32); N]) -> BTreeMap<String, u32> {
    scores.map(|(name, score)| (name.to_owned(), score)).into()
}

/// `writer` and `asker` run in one superstep. The asker writes nothing that the writer writes, except items of lists.
fn graph() -> Graph<Board> {
    let mut graph = StateGraph::<Board>::new("board");
    let writer = node!(graph, "writer", async move |_| {
        let update =
            Board::update().draft("the writer's").titles(["the writer's".into()]).notes("writer").replaced("writer");
        let update =
            update.overwrite_restarted(vec!["writer".into()]).sum(1).extend_scores(scores([("a", 1), ("b", 1)]));
        Ok(update.summary("the writer's").label("the writer's"))
    });
    let asker = node!(graph, "asker", async move |board, context| {
        let seen = format!("{} {:?} {:?}", board.draft, board.notes, board.scores);
        let answer: String = context.ask("Go on?").await?;
        Ok(Board::update().notes(answer).replaced(seen))
    });
    graph.start(writer).start(asker).end(writer).end(asker);
    graph.compile().unwrap()
}

async fn paused(graph: &Graph<Board>, journal: &Memory) -> Position<Board> {
    let outcome = graph.run(Board::default()).id("r").journal(journal.clone()).await.unwrap();
    let Outcome::Paused { position } = outcome else { panic!("{outcome:?}") };
    position
}

fn edit(position: &mut Position<Board>) {
    let update =
        Board::update().draft("the chair's").titles(["the chair's".into()]).notes("chair").overwrite_replaced(vec![]);
    let update = update.restarted("chair").sum(10).extend_scores(scores([("b", 9), ("c", 9)]));
    position.edit("the chair", update.summary("the chair's").overwrite_label("the chair's"));
}

/// What the writer wrote before the edit does not undo the edit. What it wrote to other fields and items stays.
#[tokio::test]
async fn an_edit_wins_over_the_updates_of_ended_tasks() {
    let (graph, journal) = (graph(), Memory::default());
    let mut position = paused(&graph, &journal).await;
    edit(&mut position);
    assert_eq!(position.state().draft, "the chair's");
    assert_eq!(position.state().notes, ["chair"], "the notes of the writer wait for the end of the superstep");
    let edited = graph.snapshot(&position).unwrap();

    position.answer("asker:1.1", "yes").unwrap();
    let live = graph.resume(position).journal(journal.clone()).await.unwrap().finished().unwrap();
    expect![[r#"
        Board {
            draft: "the chair's",
            titles: [
                "the chair's",
            ],
            notes: [
                "chair",
                "writer",
                "yes",
            ],
            replaced: [
                "the chair's [\"chair\"] {\"a\": 1, \"b\": 9, \"c\": 9}",
            ],
            restarted: [
                "writer",
                "chair",
            ],
            sum: 11,
            scores: {
                "a": 1,
                "b": 9,
                "c": 9,
            },
            summary: "the chair's",
            label: "the chair's",
        }
    "#]]
    .assert_debug_eq(&live);

    // Every reader of the records agrees.
    assert_eq!(graph.load(&journal, "r").await.unwrap().state(), &live);
    let mut projection = RunProjection::<Board>::default();
    for (records, entry) in (1..).zip(journal.read("r", ReadFrom::Record(0)).await.unwrap().entries) {
        projection.apply(TypedRecord::read(&entry.json).unwrap()).unwrap();
        let position = graph.load_at(&journal, "r", At::Record(records)).await.unwrap();
        assert_eq!(projection.state(), position.state(), "after {records} records");
    }
    assert_eq!(projection.state(), &live);
    let history = graph.history(&journal, "r").await.unwrap();
    let authors: Vec<_> = history.iter().map(|change| change.by.to_string()).collect();
    assert_eq!(authors, ["writer", "the chair", "asker"]);

    // A fork and a snapshot in the middle of the superstep come to the same end.
    let edit = history[1].record;
    let fork = graph.fork(&journal, "r", At::Record(edit), "fork").await.unwrap();
    assert!(fork.asks().is_empty(), "answers are recorded before edits");
    let mut restored = graph.restore(&edited).unwrap();
    restored.answer("asker:1.1", "yes").unwrap();
    assert_eq!(graph.resume(fork).journal(journal.clone()).await.unwrap().finished().unwrap(), live);
    assert_eq!(graph.resume(restored).id("s").journal(journal.clone()).await.unwrap().finished().unwrap(), live);
    assert_eq!(graph.load(&journal, "s").await.unwrap().state(), &live);
}

/// A task that ends after the edit writes after it.
#[tokio::test]
async fn a_task_that_ends_after_an_edit_wins_over_it() {
    let mut graph = StateGraph::<Board>::new("board");
    let asker = node!(graph, "asker", async move |board, context| {
        let better: bool = context.ask("Better?").await?;
        Ok(if better { Board::update().draft(format!("{}, but better", board.draft)) } else { Board::update() })
    });
    graph.start(asker).end(asker);
    let (graph, journal) = (graph.compile().unwrap(), Memory::default());
    let mut position = paused(&graph, &journal).await;
    position.edit("the chair", Board::update().draft("the chair's"));
    position.answer("asker:1.1", &true).unwrap();
    let live = graph.resume(position).journal(journal.clone()).await.unwrap().finished().unwrap();
    assert_eq!(live.draft, "the chair's, but better");
    assert_eq!(graph.load(&journal, "r").await.unwrap().state(), &live);
}

/// Two nodes have written the same field, so the run has failed. The edit writes the field instead of them, and the run goes on.
#[tokio::test]
async fn an_edit_settles_a_conflict_of_two_nodes() {
    let mut graph = StateGraph::<Board>::new("board");
    for name in ["left", "right"] {
        let node = node!(graph, name, async move |_, context| Ok(Board::update().draft(context.node()).sum(1)));
        graph.start(node).end(node);
    }
    let (graph, journal) = (graph.compile().unwrap(), Memory::default());
    let error = graph.run(Board::default()).id("r").journal(journal.clone()).await.unwrap_err();
    assert!(matches!(error.failure(), Failure::Conflict { field: "draft", .. }), "{error}");
    let mut position = graph.load(&journal, "r").await.unwrap();
    position.edit("the chair", Board::update().draft("the chair's"));
    let live = graph.resume(position).journal(journal.clone()).await.unwrap().finished().unwrap();
    assert_eq!((live.draft.as_str(), live.sum), ("the chair's", 2));
    assert_eq!(graph.load(&journal, "r").await.unwrap().state(), &live);
}
