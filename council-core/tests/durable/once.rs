//! `once` blocks.

use council_core::journal::Memory;
use council_core::{State, StateGraph, error_chain, node};
use expect_test::expect;

use crate::asks::{beside_a_scribe, until_it_asks};
use crate::{Doc, Lab, check};

/// A block whose name looks like the name of a repeated block is another block.
#[tokio::test]
async fn no_two_once_blocks_share_a_name() {
    let mut graph = StateGraph::<Doc>::new("g");
    let node = node!(graph, "node", async move |_, context| {
        let mut notes = Vec::new();
        for (place, name) in ["pay", "pay#2", "pay", "pay#2", "pay#2#2", "pay"].into_iter().enumerate() {
            notes.push(context.once(name, async { Ok(place) }).await?.to_string());
        }
        let _: bool = context.ask("Go on?").await?;
        Ok(Doc::update().text(notes.join(" ")))
    });
    graph.start(node).end(node);
    let (graph, journal) = (graph.compile().unwrap(), Memory::default());
    until_it_asks(&graph, &journal).await;
    let mut position = graph.load(&journal, "r").await.unwrap();
    position.answer("node:1.1", &true).unwrap();
    let doc = graph.resume(position).journal(journal.clone()).await.unwrap().into_state();
    assert_eq!(doc.text, "0 1 2 3 4 5");
}

/// If the type of a `once` block has changed, the error names the block.
#[tokio::test]
async fn an_unreadable_result_of_a_once_block_names_the_block() {
    let journal = Memory::default();
    let mut graph = StateGraph::<Doc>::new("g");
    let node = node!(graph, "node", async move |_, context| {
        context.once("count", async { Ok("three".to_owned()) }).await?;
        let _: bool = context.ask("Go on?").await?;
        Ok(Doc::update())
    });
    graph.start(node).end(node);
    until_it_asks(&graph.compile().unwrap(), &journal).await;
    let mut graph = StateGraph::<Doc>::new("g");
    let node = node!(graph, "node", async move |_, context| {
        let count: u32 = context.once("count", async { Ok(3) }).await?;
        Ok(Doc::update().text(count.to_string()))
    });
    graph.start(node).end(node);
    let graph = graph.compile().unwrap();
    let mut position = graph.load(&journal, "r").await.unwrap();
    position.answer("node:1.1", &true).unwrap();
    let error = graph.resume(position).journal(journal.clone()).await.unwrap_err();
    expect![[r#"run `r`: node `node` failed in superstep 1, attempt 1: the stored result of the `once` block `count` cannot be read: invalid type: string "three", expected u32 at line 1 column 7; rename the block to run it again"#]]
        .assert_eq(&error_chain(&error));
}

/// Code before a question runs again after the answer, unless it is in a `once` block.
#[tokio::test]
async fn a_once_block_is_not_repeated() {
    let (lab, journal) = (Lab::failing(["ship"]), Memory::default());
    let graph = |lab: &Lab| {
        let own = lab.clone();
        beside_a_scribe(lab, |graph| {
            node!(graph, "order", async move |_, context| {
                own.run("look")?;
                let pay = async || Ok(own.run("pay").map(|()| 90)?);
                let first: u32 = context.once("pay", pay()).await?;
                let second: u32 = context.once("pay", pay()).await?;
                let ship: bool = context.ask(first + second).await?;
                own.run("ship")?;
                Ok(Doc::update().text(format!("shipped: {ship}")))
            })
        })
    };
    until_it_asks(&graph(&lab), &journal).await;
    assert_eq!(lab.take(), "look, pay, pay, scribe");
    let mut position = graph(&lab).load(&journal, "r").await.unwrap();
    position.answer("order:1.1", &true).unwrap();
    graph(&lab).resume(position).journal(journal.clone()).await.unwrap_err();
    assert_eq!(lab.take(), "look, ship");
    // The answer is kept too, although the node failed after it.
    let position = graph(&lab).load(&journal, "r").await.unwrap();
    let outcome = graph(&lab).resume(position).journal(journal.clone()).await.unwrap();
    assert_eq!((outcome.into_state().text.as_str(), lab.take().as_str()), ("shipped: true", "look, ship"));
    check(
        &journal,
        "r",
        expect![[r#"
            r is finished
            {"record":{"started":{"graph":"desk","input":{"text":"","notes":[]},"next":["order","scribe"]}}}
            {"record":{"once":{"node":"order","name":"pay","value":90}}}
            {"record":{"once":{"node":"order","name":"pay#2","value":90}}}
            {"record":{"asked":{"node":"order","question":180}}}
            {"record":{"task_done":{"node":"scribe","update":{"notes":["scribe"]}}}}
            {"record":{"paused":{"nodes":["order"]}}}
            {"record":{"answered":{"node":"order","ask":0,"answer":true}}}
            {"record":{"resumed":{}}}
            {"record":{"task_failed":{"node":"order","error":"out of paper"}}}
            {"record":{"failed":{"error":"node `order` failed in superstep 1, attempt 1: out of paper"}}}
            {"record":{"resumed":{}}}
            {"record":{"task_done":{"node":"order","update":{"text":"shipped: true"}}}}
            {"record":{"committed":{"next":[],"end":true}}}
            {"record":{"finished":{}}}"#]],
    )
    .await;
}
