//! Runs that are resumed inside subgraphs, in the middle of fan-outs, and after decisions.

use council_core::journal::Memory;
use council_core::{Outcome, State, StateGraph, Subgraph, decider, node, worker};
use expect_test::expect;

use crate::{Doc, Lab, check, note, paused};

/// Ended tasks of a subgraph and ended items of a worker do not run again.
#[tokio::test]
async fn a_run_resumes_inside_subgraphs_and_fan_outs() {
    let graph = |lab: &Lab| {
        let mut inner = StateGraph::<Doc>::new("inner");
        let [first, second] = ["first", "second"].map(|name| note(&mut inner, name, lab));
        inner.start(first).edge(first, second).end(second);
        let part = Subgraph::new(
            inner.compile().unwrap(),
            |_: &Doc| Doc::default(),
            |doc| Doc::update().notes(doc.notes.join(" and ")),
        );
        let mut graph = StateGraph::<Doc>::new("outer");
        let part = graph.node("part", part.stored());
        let own = lab.clone();
        let pack = worker!(graph, "pack", async move |_, item: &u32| {
            own.run(&format!("pack {item}"))?;
            Ok(Doc::update().notes(format!("packed {item}")))
        });
        graph.start(part).fan_out(part, pack, |_| [7, 8, 9]).end(pack).store_items(pack);
        graph.compile().unwrap()
    };
    let (lab, journal) = (Lab::failing(["second", "pack 8"]), Memory::default());
    graph(&lab).run(Doc::default()).id("r").journal(journal.clone()).await.unwrap_err();
    assert_eq!(lab.take(), "first, second");
    let position = graph(&lab).load(&journal, "r").await.unwrap();
    graph(&lab).resume(position).journal(journal.clone()).await.unwrap_err();
    assert_eq!(lab.take(), "second, pack 7, pack 8");
    let position = graph(&lab).load(&journal, "r").await.unwrap();
    let done = graph(&lab).resume(position).journal(journal.clone()).await.unwrap().into_state();
    assert_eq!(done.notes, ["first and second", "packed 7", "packed 8", "packed 9"]);
    assert_eq!(lab.take(), "pack 8, pack 9");
    check(&journal, "r", expect![[r#"
        r is finished
        {"record":{"started":{"graph":"outer","input":{"text":"","notes":[]},"next":["part"]}}}
        {"in":[{"node":"part"}],"record":{"started":{"graph":"inner","input":{"text":"","notes":[]},"next":["first"]}}}
        {"in":[{"node":"part"}],"record":{"task_done":{"node":"first","update":{"notes":["first"]},"committed":{"next":["second"]}}}}
        {"in":[{"node":"part"}],"record":{"task_failed":{"node":"second","error":"out of paper"}}}
        {"record":{"task_failed":{"node":"part","error":"node `second` failed in superstep 2, attempt 1: out of paper"}}}
        {"record":{"failed":{"error":"node `part` failed in superstep 1, attempt 1: node `second` failed in superstep 2, attempt 1: out of paper"}}}
        {"record":{"resumed":{}}}
        {"in":[{"node":"part"}],"record":{"task_done":{"node":"second","update":{"notes":["second"]},"committed":{"next":[],"end":true}}}}
        {"record":{"task_done":{"node":"part","update":{"notes":["first and second"]},"committed":{"next":["pack"],"sends":[{"worker":"pack","items":[7,8,9]}]}}}}
        {"record":{"task_done":{"node":"pack","item":0,"update":{"notes":["packed 7"]}}}}
        {"record":{"task_failed":{"node":"pack","item":1,"error":"out of paper"}}}
        {"record":{"failed":{"error":"node `pack`, item 1, failed in superstep 2, attempt 1: out of paper"}}}
        {"record":{"resumed":{}}}
        {"record":{"task_done":{"node":"pack","item":1,"update":{"notes":["packed 8"]}}}}
        {"record":{"task_done":{"node":"pack","item":2,"update":{"notes":["packed 9"]}}}}
        {"record":{"committed":{"next":[],"end":true}}}
        {"record":{"finished":{}}}"#]]).await;
}

/// The items that a decider sends are stored with its choice.
#[tokio::test]
async fn a_run_resumes_after_a_decision_that_sent_items() {
    let graph = |lab: &Lab| {
        let mut graph = StateGraph::<Doc>::new("g");
        let own = lab.clone();
        let chooser = decider!(graph, "pick", async move |_, context| {
            own.run(context.node())?;
            Ok((Doc::update(), 2_u32))
        });
        let own = lab.clone();
        let pack = worker!(graph, "pack", async move |_, item: &u32| {
            own.run(&format!("pack {item}"))?;
            Ok(Doc::update().notes(format!("packed {item}")))
        });
        let last = note(&mut graph, "last", lab);
        graph.start(chooser).edge(pack, last).end(last).store_items(pack);
        graph.decide(chooser, (pack, last), |count, (pack, last)| pack.send(0..count).and(last));
        let beside = note(&mut graph, "beside", lab);
        graph.start(beside).end(beside);
        graph.compile().unwrap()
    };
    let (lab, journal) = (Lab::failing(["beside"]), Memory::default());
    graph(&lab).run(Doc::default()).id("r").journal(journal.clone()).await.unwrap_err();
    let position = graph(&lab).load(&journal, "r").await.unwrap();
    let done = graph(&lab).resume(position).journal(journal.clone()).await.unwrap().into_state();
    assert_eq!(done.notes, ["beside", "packed 0", "packed 1", "last", "last"]);
    assert_eq!(lab.take(), "pick, beside, beside, pack 0, pack 1, last, last");
    check(
        &journal,
        "r",
        expect![[r#"
            r is finished
            {"record":{"started":{"graph":"g","input":{"text":"","notes":[]},"next":["pick","beside"]}}}
            {"record":{"task_done":{"node":"pick","update":{},"goto":{"to":["last"],"sends":[{"worker":"pack","items":[0,1]}]}}}}
            {"record":{"task_failed":{"node":"beside","error":"out of paper"}}}
            {"record":{"failed":{"error":"node `beside` failed in superstep 1, attempt 1: out of paper"}}}
            {"record":{"resumed":{}}}
            {"record":{"task_done":{"node":"beside","update":{"notes":["beside"]}}}}
            {"record":{"committed":{"next":["pack","last"],"sends":[{"worker":"pack","items":[0,1]}],"end":true}}}
            {"record":{"task_done":{"node":"pack","item":0,"update":{"notes":["packed 0"]}}}}
            {"record":{"task_done":{"node":"pack","item":1,"update":{"notes":["packed 1"]}}}}
            {"record":{"task_done":{"node":"last","update":{"notes":["last"]}}}}
            {"record":{"committed":{"next":["last"],"end":true}}}
            {"record":{"task_done":{"node":"last","update":{"notes":["last"]},"committed":{"next":[],"end":true}}}}
            {"record":{"finished":{}}}"#]],
    )
    .await;
}

/// Each item of a worker has a subgraph, which asks, fails and is resumed independently of the other items.
#[tokio::test]
async fn a_run_resumes_in_the_subgraph_of_each_item() {
    let graph = |lab: &Lab| {
        let mut inner = StateGraph::<Doc>::new("inner");
        let own = lab.clone();
        let sign = node!(inner, "sign", async move |doc, context| {
            own.run(&format!("sign {}", doc.text))?;
            let name: String = context.ask(format!("Who signs {}?", doc.text)).await?;
            Ok(Doc::update().notes(name))
        });
        let own = lab.clone();
        let seal = node!(inner, "seal", async move |doc| {
            own.run(&format!("seal {}", doc.text))?;
            Ok(Doc::update().notes("seal"))
        });
        inner.start(sign).edge(sign, seal).end(seal);
        let letter = Subgraph::per_item(
            inner.compile().unwrap(),
            |_: &Doc, item: &u32| Doc { text: item.to_string(), ..Doc::default() },
            |doc| Doc::update().notes(format!("{} by {}", doc.text, doc.notes.join(" under "))),
        );
        let mut graph = StateGraph::<Doc>::new("outer");
        let plan = note(&mut graph, "plan", lab);
        let letter = graph.worker("letter", letter.stored());
        graph.start(plan).fan_out(plan, letter, |_| [7, 8]).end(letter).store_items(letter);
        graph.compile().unwrap()
    };
    let (lab, journal) = (Lab::failing(["seal 7"]), Memory::default());
    let position = paused(graph(&lab).run(Doc::default()).id("r").journal(journal.clone()).await.unwrap());
    let ids: Vec<_> = position.asks().into_iter().map(|ask| ask.id).collect();
    assert_eq!(ids, ["letter:1[0]/sign:1.1", "letter:1[1]/sign:1.1"]);
    let mut position = graph(&lab).load(&journal, "r").await.unwrap();
    position.answer("letter:1[0]/sign:1.1", "Ada").unwrap();
    position.answer("letter:1[1]/sign:1.1", "Charles").unwrap();
    assert_eq!(lab.take(), "plan, sign 7, sign 8");
    graph(&lab).resume(position).journal(journal.clone()).await.unwrap_err();
    lab.take();
    let position = graph(&lab).load(&journal, "r").await.unwrap();
    let outcome = graph(&lab).resume(position).journal(journal.clone()).await.unwrap();
    assert!(
        matches!(outcome, Outcome::Finished(doc) if doc.notes == ["plan", "7 by Ada under seal", "8 by Charles under seal"])
    );
    check(&journal, "r", expect![[r#"
        r is finished
        {"record":{"started":{"graph":"outer","input":{"text":"","notes":[]},"next":["plan"]}}}
        {"record":{"task_done":{"node":"plan","update":{"notes":["plan"]},"committed":{"next":["letter"],"sends":[{"worker":"letter","items":[7,8]}]}}}}
        {"in":[{"node":"letter","item":0}],"record":{"started":{"graph":"inner","input":{"text":"7","notes":[]},"next":["sign"]}}}
        {"in":[{"node":"letter","item":0}],"record":{"asked":{"node":"sign","question":"Who signs 7?"}}}
        {"in":[{"node":"letter","item":1}],"record":{"started":{"graph":"inner","input":{"text":"8","notes":[]},"next":["sign"]}}}
        {"in":[{"node":"letter","item":1}],"record":{"asked":{"node":"sign","question":"Who signs 8?"}}}
        {"record":{"paused":{"nodes":["letter/sign"]}}}
        {"in":[{"node":"letter","item":0}],"record":{"answered":{"node":"sign","ask":0,"answer":"Ada"}}}
        {"in":[{"node":"letter","item":1}],"record":{"answered":{"node":"sign","ask":0,"answer":"Charles"}}}
        {"record":{"resumed":{}}}
        {"in":[{"node":"letter","item":0}],"record":{"task_done":{"node":"sign","update":{"notes":["Ada"]},"committed":{"next":["seal"]}}}}
        {"in":[{"node":"letter","item":0}],"record":{"task_failed":{"node":"seal","error":"out of paper"}}}
        {"record":{"task_failed":{"node":"letter","item":0,"error":"node `seal` failed in superstep 2, attempt 1: out of paper"}}}
        {"record":{"failed":{"error":"node `letter`, item 0, failed in superstep 2, attempt 1: node `seal` failed in superstep 2, attempt 1: out of paper"}}}
        {"record":{"resumed":{}}}
        {"in":[{"node":"letter","item":0}],"record":{"task_done":{"node":"seal","update":{"notes":["seal"]},"committed":{"next":[],"end":true}}}}
        {"record":{"task_done":{"node":"letter","item":0,"update":{"notes":["7 by Ada under seal"]}}}}
        {"in":[{"node":"letter","item":1}],"record":{"task_done":{"node":"sign","update":{"notes":["Charles"]},"committed":{"next":["seal"]}}}}
        {"in":[{"node":"letter","item":1}],"record":{"task_done":{"node":"seal","update":{"notes":["seal"]},"committed":{"next":[],"end":true}}}}
        {"record":{"task_done":{"node":"letter","item":1,"update":{"notes":["8 by Charles under seal"]}}}}
        {"record":{"committed":{"next":[],"end":true}}}
        {"record":{"finished":{}}}"#]]).await;
}
