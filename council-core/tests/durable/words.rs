//! The words of a question: an answer does not depend on them.

use council_core::journal::{Journal, Memory, ReadFrom};
use council_core::projection::{RunProjection, TypedRecord};
use council_core::{Ask, Failure, Graph, Outcome, Position, State, StateGraph, node, plan};
use expect_test::expect;

use crate::{Doc, check, paused};

/// Asks two questions that are made of the text.
fn two_questions() -> Graph<Doc> {
    let mut graph = StateGraph::<Doc>::new("g");
    let sign = node!(graph, "sign", async move |doc, context| {
        let title = context.ask::<String>(format!("The title of {}?", doc.text));
        let pages = context.ask::<u32>(format!("The pages of {}?", doc.text));
        let (title, pages) = tokio::join!(title, pages);
        Ok(Doc::update().notes(format!("{}: {}, {} pages", doc.text, title?, pages?)))
    });
    graph.start(sign).end(sign);
    graph.compile().unwrap()
}

fn trees() -> Doc {
    Doc { text: "trees".into(), ..Doc::default() }
}

fn words(asks: &[Ask]) -> Vec<String> {
    asks.iter().map(|ask| format!("{} {}", ask.id, ask.question)).collect()
}

/// The position in the journal, which equals the live position and the projection.
async fn stored(graph: &Graph<Doc>, journal: &Memory, live: &Position<Doc>) -> Position<Doc> {
    let position = graph.load(journal, "r").await.unwrap();
    assert_eq!(graph.snapshot(&position).unwrap(), graph.snapshot(live).unwrap());
    let mut projection = RunProjection::<Doc>::default();
    for entry in journal.read("r", ReadFrom::Record(0)).await.unwrap().entries {
        projection.apply(TypedRecord::read(&entry.json).unwrap()).unwrap();
    }
    assert_eq!(projection.asks(), position.asks());
    position
}

#[tokio::test]
async fn an_answer_is_taken_by_a_question_in_other_words() {
    let (graph, journal) = (two_questions(), Memory::default());
    let position = paused(graph.run(trees()).id("r").journal(journal.clone()).await.unwrap());
    let mut position = stored(&graph, &journal, &position).await;
    position.edit("Ada", Doc::update().text("crabs"));
    position.answer("sign:1.1", "Of claws").unwrap();
    let position = paused(graph.resume(position).journal(journal.clone()).await.unwrap());
    // The other question is open, in the words of the new state.
    assert_eq!(words(&position.asks()), [r#"sign:1.2 "The pages of crabs?""#]);
    let mut position = stored(&graph, &journal, &position).await;
    position.edit("Ada", Doc::update().text("eels"));
    position.answer("sign:1.2", &9).unwrap();
    let doc = graph.resume(position).journal(journal.clone()).await.unwrap().into_state();
    assert_eq!(doc.notes, ["eels: Of claws, 9 pages"]);
    check(
        &journal,
        "r",
        expect![[r#"
            r is finished
            {"record":{"started":{"graph":"g","input":{"text":"trees","notes":[]},"next":["sign"]}}}
            {"record":{"asked":{"node":"sign","question":"The title of trees?"}}}
            {"record":{"asked":{"node":"sign","question":"The pages of trees?"}}}
            {"record":{"paused":{"nodes":["sign"]}}}
            {"record":{"answered":{"node":"sign","ask":0,"answer":"Of claws"}}}
            {"record":{"edited":{"by":"Ada","update":{"text":"crabs"}}}}
            {"record":{"resumed":{}}}
            {"record":{"reworded":{"node":"sign","ask":1,"question":"The pages of crabs?"}}}
            {"record":{"paused":{"nodes":["sign"]}}}
            {"record":{"answered":{"node":"sign","ask":1,"answer":9}}}
            {"record":{"edited":{"by":"Ada","update":{"text":"eels"}}}}
            {"record":{"resumed":{}}}
            {"record":{"task_done":{"node":"sign","update":{"notes":["eels: Of claws, 9 pages"]},"committed":{"next":[],"end":true}}}}
            {"record":{"finished":{}}}"#]],
    )
    .await;
}

#[tokio::test]
async fn a_refused_answer_opens_the_question_in_its_new_words() {
    let (graph, journal) = (two_questions(), Memory::default());
    let mut position = paused(graph.run(trees()).id("r").journal(journal.clone()).await.unwrap());
    position.edit("Ada", Doc::update().text("crabs"));
    position.answer("sign:1.1", "Of claws").unwrap();
    position.answer("sign:1.2", "nine").unwrap();
    let error = graph.resume(position).journal(journal.clone()).await.unwrap_err();
    assert!(matches!(error.failure(), Failure::WrongAnswer { .. }));
    let mut position = stored(&graph, &journal, error.position()).await;
    assert_eq!(words(&position.asks()), [r#"sign:1.2 "The pages of crabs?""#]);
    position.answer("sign:1.2", &9).unwrap();
    let outcome = graph.resume(position).journal(journal.clone()).await.unwrap();
    assert_eq!(outcome.into_state().notes, ["crabs: Of claws, 9 pages"]);
}

/// A loop written by hand, with `plan::Caller`, folds the new words.
#[tokio::test]
async fn a_caller_reports_the_new_words() {
    let graph = two_questions();
    let loop_by_hand = plan::Caller::new(&graph, "r-1", ());
    let mut position = plan::begin(&graph, trees());
    for record in loop_by_hand.call(&position, 0).await.unwrap().records {
        plan::fold(&graph, &mut position, record).unwrap();
    }
    position.edit("Ada", Doc::update().text("crabs"));
    position.answer("sign:1.2", &9).unwrap();
    let called = loop_by_hand.call(&position, 0).await.unwrap();
    assert_eq!(
        format!("{:?}", called.records),
        r#"[Reworded { task: 0, ask: 0, question: "\"The title of crabs?\"" }]"#
    );
    for record in called.records {
        plan::fold(&graph, &mut position, record).unwrap();
    }
    assert_eq!(words(&position.asks()), [r#"sign:1.1 "The title of crabs?""#]);
}

/// Without an answer the task does not run, so an edit alone does not change the question.
#[tokio::test]
async fn an_edit_alone_leaves_a_question_as_it_is() {
    let graph = two_questions();
    let mut position = paused(graph.run(trees()).await.unwrap());
    let before = words(&position.asks());
    position.edit("Ada", Doc::update().text("crabs"));
    let Outcome::Paused { position } = graph.resume(position).await.unwrap() else { panic!("it asks") };
    assert_eq!(words(&position.asks()), before);
}
