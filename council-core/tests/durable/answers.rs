//! Answers: refused answers change nothing, and accepted answers are not lost.

use std::sync::Arc;

use council_core::journal::{Journal, Memory, ReadFrom};
use council_core::{AnswerError, Command, Failure, Graph, Position, State, StateGraph, Subgraph, error_chain, node};
use expect_test::expect;
use tokio::sync::Notify;

use crate::{Doc, Lab, check, note, paused};

/// `count` wants a number, beside a `scribe`.
fn graph(lab: &Lab) -> Graph<Doc> {
    let mut graph = StateGraph::<Doc>::new("desk");
    let count = node!(graph, "count", async move |_, context| {
        let sheets: u32 = context.ask("How many?").await?;
        Ok(Doc::update().text(format!("{sheets} sheets")))
    });
    let scribe = note(&mut graph, "scribe", lab);
    graph.start(count).start(scribe).end(count).end(scribe);
    graph.compile().unwrap()
}

async fn asking(lab: &Lab, journal: &Memory) -> Position<Doc> {
    paused(graph(lab).run(Doc::default()).id("r").journal(journal.clone()).await.unwrap())
}

#[tokio::test]
async fn an_answer_to_a_question_that_is_not_open_is_refused() {
    let (lab, journal) = (Lab::default(), Memory::default());
    let mut position = asking(&lab, &journal).await;
    let before = graph(&lab).snapshot(&position).unwrap();
    for id in ["count:1.2", "count:1.0", "count:2.1", "count", "scribe:1.1", "count:1[0].1", "count:1/x:1.1", ""] {
        let error = position.answer(id, &1).unwrap_err();
        let expected = format!("no question `{id}` is open; open questions: count:1.1");
        assert_eq!(error.to_string(), expected);
    }
    assert_eq!(graph(&lab).snapshot(&position).unwrap(), before);
    position.answer("count:1.1", &1).unwrap();
    let error = position.answer("count:1.1", &2).unwrap_err();
    assert!(matches!(error, AnswerError::Answered { .. }), "{error}");
    let outcome = graph(&lab).resume(position).journal(journal.clone()).await.unwrap();
    assert_eq!(outcome.finished().unwrap().text, "1 sheets", "the first answer counts");
}

/// The type is checked when the node reads the answer. The question is open again, and the run waits.
#[tokio::test]
async fn an_answer_of_the_wrong_type_is_refused() {
    let (lab, journal) = (Lab::default(), Memory::default());
    let mut position = asking(&lab, &journal).await;
    position.answer("count:1.1", "many").unwrap();
    let error = graph(&lab).resume(position).journal(journal.clone()).await.unwrap_err();
    expect![[r#"run `r`: the answer to `count` has the wrong type, and was refused: invalid type: string "many", expected u32 at line 1 column 6"#]].assert_eq(&error_chain(&error));
    assert!(matches!(error.failure(), Failure::WrongAnswer { .. }));
    check(
        &journal,
        "r",
        expect![[r#"
            r is paused
            {"record":{"started":{"graph":"desk","input":{"text":"","notes":[]},"next":["count","scribe"]}}}
            {"record":{"asked":{"node":"count","question":"How many?"}}}
            {"record":{"task_done":{"node":"scribe","update":{"notes":["scribe"]}}}}
            {"record":{"paused":{"nodes":["count"]}}}
            {"record":{"answered":{"node":"count","ask":0,"answer":"many"}}}
            {"record":{"resumed":{}}}
            {"record":{"refused":{"node":"count","ask":0,"error":"invalid type: string \"many\", expected u32 at line 1 column 6"}}}
            {"record":{"paused":{"nodes":["count"]}}}"#]],
    )
    .await;
    let mut position = graph(&lab).load(&journal, "r").await.unwrap();
    assert_eq!((position.is_paused(), position.asks().len()), (true, 1));
    position.answer("count:1.1", &3).unwrap();
    let outcome = graph(&lab).resume(position).journal(journal.clone()).await.unwrap();
    assert_eq!(outcome.finished().unwrap().text, "3 sheets");
    assert_eq!(lab.take(), "scribe", "once");
}

/// As in the outer graph, the sibling is not cancelled.
#[tokio::test]
async fn an_answer_of_the_wrong_type_in_a_subgraph_is_refused() {
    let (lab, journal) = (Lab::default(), Memory::default());
    let part = Subgraph::new(graph(&lab), |_: &Doc| Doc::default(), |doc| Doc::update().text(doc.text));
    let mut outer = StateGraph::<Doc>::new("outer");
    let part = outer.node("part", part.stored());
    let own = lab.clone();
    let slow = node!(outer, "slow", async move |_, context| {
        own.log("slow begins");
        let on: bool = context.ask("On?").await?;
        tokio::task::yield_now().await;
        own.log("slow ends");
        Ok(Doc::update().notes(on.to_string()))
    });
    outer.start(part).start(slow).end(part).end(slow);
    let outer = outer.compile().unwrap();
    let mut position = paused(outer.run(Doc::default()).id("r").journal(journal.clone()).await.unwrap());
    lab.take();
    position.answer("part:1/count:1.1", "many").unwrap();
    position.answer("slow:1.1", &true).unwrap();
    let error = outer.resume(position).journal(journal.clone()).await.unwrap_err();
    assert!(matches!(error.failure(), Failure::WrongAnswer { .. }), "{error}");
    assert_eq!(lab.take(), "slow begins, slow ends");
    let mut position = outer.load(&journal, "r").await.unwrap();
    position.answer("part:1/count:1.1", &4).unwrap();
    let outcome = outer.resume(position).journal(journal.clone()).await.unwrap();
    assert_eq!(outcome.finished().unwrap(), Doc { text: "4 sheets".into(), notes: vec!["true".into()] });
    check(&journal, "r", expect![[r#"
        r is finished
        {"record":{"started":{"graph":"outer","input":{"text":"","notes":[]},"next":["part","slow"]}}}
        {"in":[{"node":"part"}],"record":{"started":{"graph":"desk","input":{"text":"","notes":[]},"next":["count","scribe"]}}}
        {"in":[{"node":"part"}],"record":{"asked":{"node":"count","question":"How many?"}}}
        {"in":[{"node":"part"}],"record":{"task_done":{"node":"scribe","update":{"notes":["scribe"]}}}}
        {"record":{"asked":{"node":"slow","question":"On?"}}}
        {"record":{"paused":{"nodes":["part/count","slow"]}}}
        {"in":[{"node":"part"}],"record":{"answered":{"node":"count","ask":0,"answer":"many"}}}
        {"record":{"answered":{"node":"slow","ask":0,"answer":true}}}
        {"record":{"resumed":{}}}
        {"in":[{"node":"part"}],"record":{"refused":{"node":"count","ask":0,"error":"invalid type: string \"many\", expected u32 at line 1 column 6"}}}
        {"record":{"task_done":{"node":"slow","update":{"notes":["true"]}}}}
        {"record":{"paused":{"nodes":["part/count"]}}}
        {"in":[{"node":"part"}],"record":{"answered":{"node":"count","ask":0,"answer":4}}}
        {"record":{"resumed":{}}}
        {"in":[{"node":"part"}],"record":{"task_done":{"node":"count","update":{"text":"4 sheets"}}}}
        {"in":[{"node":"part"}],"record":{"committed":{"next":[],"end":true}}}
        {"record":{"task_done":{"node":"part","update":{"text":"4 sheets"}}}}
        {"record":{"committed":{"next":[],"end":true}}}
        {"record":{"finished":{}}}"#]]).await;
}

/// The process dies after the run was resumed and before the node asks again.
#[tokio::test]
async fn answers_survive_a_crash() {
    let at_work = Arc::new(Notify::new());
    let graph = |hangs: bool| {
        let mut graph = StateGraph::<Doc>::new("desk");
        let begins = at_work.clone();
        let asks = node!(graph, "asks", async move |_, context| {
            if hangs {
                begins.notify_one();
                std::future::pending::<()>().await;
            }
            let name: String = context.ask("Who?").await?;
            Ok(Doc::update().text(name))
        });
        graph.start(asks).end(asks);
        graph.compile().unwrap()
    };
    let journal = Memory::default();
    let mut position = paused(graph(false).run(Doc::default()).id("r").journal(journal.clone()).await.unwrap());
    position.answer("asks:1.1", "Ada").unwrap();
    let graph_that_hangs = graph(true);
    tokio::select! {
        biased;
        () = at_work.notified() => {}
        ended = graph_that_hangs.resume(position).journal(journal.clone()) => panic!("the run does not hang: {ended:?}"),
    }
    check(
        &journal,
        "r",
        expect![[r#"
            r is running
            {"record":{"started":{"graph":"desk","input":{"text":"","notes":[]},"next":["asks"]}}}
            {"record":{"asked":{"node":"asks","question":"Who?"}}}
            {"record":{"paused":{"nodes":["asks"]}}}
            {"record":{"answered":{"node":"asks","ask":0,"answer":"Ada"}}}
            {"record":{"resumed":{}}}"#]],
    )
    .await;
    let position = graph(false).load(&journal, "r").await.unwrap();
    assert!(!position.is_paused() && position.asks().is_empty(), "no question is asked again");
    let outcome = graph(false).resume(position).journal(journal.clone()).await.unwrap();
    assert_eq!(outcome.finished().unwrap().text, "Ada");
}

/// An answer in memory is not stored before the run is resumed.
#[tokio::test]
async fn answers_are_stored_when_the_run_goes_on() {
    let (lab, journal) = (Lab::default(), Memory::default());
    let mut position = asking(&lab, &journal).await;
    let before = journal.read("r", ReadFrom::Record(0)).await.unwrap();
    position.answer("count:1.1", &1).unwrap();
    drop(position);
    assert_eq!(journal.read("r", ReadFrom::Record(0)).await.unwrap(), before);
    assert_eq!(graph(&lab).load(&journal, "r").await.unwrap().asks().len(), 1);
}

/// A node that still waits for an answer does not run again for the answers of its siblings.
#[tokio::test]
async fn a_node_runs_again_for_its_own_answers_only() {
    let (lab, journal) = (Lab::default(), Memory::default());
    let mut graph = StateGraph::<Doc>::new("two");
    let [left, right] = ["left", "right"].map(|name| {
        let lab = lab.clone();
        node!(graph, name, async move |_, context| {
            lab.run(context.node())?;
            let first: u32 = context.ask("First?").await?;
            let second: u32 = context.ask("Second?").await?;
            Ok(Doc::update().notes((first + second).to_string()))
        })
    });
    graph.start(left).start(right).end(left).end(right);
    let graph = graph.compile().unwrap();
    let mut position = paused(graph.run(Doc::default()).id("r").journal(journal.clone()).await.unwrap());
    assert_eq!(lab.take(), "left, right");
    for (id, ran) in [("left:1.1", "left"), ("right:1.1", "right"), ("right:1.2", "right")] {
        position.answer(id, &1).unwrap();
        position = paused(graph.resume(position).journal(journal.clone()).await.unwrap());
        assert_eq!(lab.take(), ran);
    }
    position.answer("left:1.2", &2).unwrap();
    let outcome = graph.resume(position).journal(journal.clone()).await.unwrap();
    assert_eq!(outcome.finished().unwrap().notes, ["3", "2"]);
}

/// The result of an error handler is recorded like the result of a node.
#[tokio::test]
async fn an_error_handler_is_not_called_again_for_the_answer_of_a_sibling() {
    let (lab, journal) = (Lab::default(), Memory::default());
    let build = || {
        let mut graph = StateGraph::<Doc>::new("desk");
        let fails = node!(graph, "fails", async move |_| Err("out of paper".into()));
        let asks = node!(graph, "asks", async move |_, context| {
            let name: String = context.ask("Who?").await?;
            Ok(Doc::update().notes(name))
        });
        let handled = lab.clone();
        graph.start(fails).start(asks).end(fails).end(asks).on_error(fails, (), move |_, failure, ()| {
            handled.log("handler");
            Some(Command::update(Doc::update().notes(failure.cause())))
        });
        graph.compile().unwrap()
    };
    paused(build().run(Doc::default()).id("r").journal(journal.clone()).await.unwrap());
    assert_eq!(lab.take(), "handler");
    let graph = build();
    let mut position = graph.load(&journal, "r").await.unwrap();
    position.answer("asks:1.1", "Ada").unwrap();
    let outcome = graph.resume(position).journal(journal.clone()).await.unwrap();
    assert_eq!(outcome.finished().unwrap().notes, ["out of paper", "Ada"]);
    assert_eq!(lab.take(), "");
}
