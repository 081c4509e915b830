//! `once` blocks.

use council_core::journal::Memory;
use council_core::{State, node};
use expect_test::expect;

use crate::asks::{beside_a_scribe, until_it_asks};
use crate::{Doc, Lab, check};

/// Code before a question runs again after the answer, unless it is in a `once` block.
#[tokio::test]
async fn a_once_block_is_not_repeated() {
    let (lab, journal) = (Lab::failing(["ship"]), Memory::default());
    let graph = |lab: &Lab| {
        let own = lab.clone();
        beside_a_scribe(lab, |graph| {
            node!(graph, "order", async move |_, context| {
                own.run("look")?;
                let pay = async || own.run("pay").map(|()| 90);
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
