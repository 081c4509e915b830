//! Nodes that ask the chair.

use std::time::Duration;

use council_core::journal::Memory;
use council_core::{
    Graph, NodeId, NodeResult, Outcome, Policy, Position, Retry, State, StateGraph, Subgraph, node, worker,
};
use expect_test::expect;
use serde::{Deserialize, Serialize};

use crate::{Doc, Lab, check, note, paused};

#[derive(Serialize, Deserialize)]
struct Proposal {
    title: String,
    pages: u32,
}

#[derive(Serialize, Deserialize)]
enum Decision {
    Print,
    Cut { to: u32 },
}

/// A graph of one node, beside a node `scribe` that asks nothing.
pub(crate) fn beside_a_scribe(lab: &Lab, asks: impl FnOnce(&mut StateGraph<Doc>) -> NodeId<Doc>) -> Graph<Doc> {
    let mut graph = StateGraph::<Doc>::new("desk");
    let asks = asks(&mut graph);
    let scribe = note(&mut graph, "scribe", lab);
    graph.start(asks).start(scribe).end(asks).end(scribe);
    graph.compile().unwrap()
}

pub(crate) async fn until_it_asks(graph: &Graph<Doc>, journal: &Memory) -> Vec<String> {
    let position = paused(graph.run(Doc::default()).id("r").journal(journal.clone()).await.unwrap());
    ids(&position)
}

fn ids(position: &Position<Doc>) -> Vec<String> {
    position.asks().into_iter().map(|ask| format!("{} {}", ask.id, ask.question)).collect()
}

/// Answers a question of the stored run, as another process would, and resumes the run.
async fn answer(graph: &Graph<Doc>, journal: &Memory, id: &str, answer: impl Serialize) -> Outcome<Doc> {
    let mut position = graph.load(journal, "r").await.unwrap();
    position.answer(id, &answer).unwrap();
    graph.resume(position).journal(journal.clone()).await.unwrap()
}

/// Question and answer have types. The sibling ends, and its update is kept.
#[tokio::test]
async fn a_question_outlives_its_process() {
    let (lab, journal) = (Lab::default(), Memory::default());
    let graph = |lab: &Lab| {
        let own = lab.clone();
        beside_a_scribe(lab, |graph| {
            node!(graph, "edit", async move |_, context| {
                own.run("edit")?;
                let proposal = Proposal { title: "On trees".into(), pages: 12 };
                match context.ask(proposal).await? {
                    Decision::Print => Ok(Doc::update().text("printed")),
                    Decision::Cut { to } => Ok(Doc::update().text(format!("cut to {to}"))),
                }
            })
        })
    };
    assert_eq!(until_it_asks(&graph(&lab), &journal).await, [r#"edit:1.1 {"title":"On trees","pages":12}"#]);
    assert_eq!(lab.take(), "edit, scribe");
    let position = graph(&lab).load(&journal, "r").await.unwrap();
    let proposal: Proposal = position.asks()[0].question().unwrap();
    assert_eq!((proposal.title.as_str(), proposal.pages), ("On trees", 12));
    let outcome = answer(&graph(&lab), &journal, "edit:1.1", Decision::Cut { to: 9 }).await;
    assert_eq!(outcome.into_state(), Doc { text: "cut to 9".into(), notes: vec!["scribe".into()] });
    assert_eq!(lab.take(), "edit", "the scribe is not run again");
    check(
        &journal,
        "r",
        expect![[r#"
            r is finished
            {"record":{"started":{"graph":"desk","input":{"text":"","notes":[]},"next":["edit","scribe"]}}}
            {"record":{"asked":{"node":"edit","question":{"title":"On trees","pages":12}}}}
            {"record":{"task_done":{"node":"scribe","update":{"notes":["scribe"]}}}}
            {"record":{"paused":{"nodes":["edit"]}}}
            {"record":{"answered":{"node":"edit","ask":0,"answer":{"Cut":{"to":9}}}}}
            {"record":{"resumed":{}}}
            {"record":{"task_done":{"node":"edit","update":{"text":"cut to 9"}}}}
            {"record":{"committed":{"next":[],"end":true}}}
            {"record":{"finished":{}}}"#]],
    )
    .await;
}

/// Several questions are open at once: of several tasks, and of a task that asks two questions together.
#[tokio::test]
async fn several_questions_are_open_at_once() {
    async fn ask_two(_: &Doc, context: &council_core::Context<Doc>) -> NodeResult<Doc> {
        let (name, age) = tokio::join!(context.ask::<String>("Name?"), context.ask::<u32>("Age?"));
        Ok(Doc::update().notes(format!("{} is {}", name?, age?)))
    }
    async fn ask_one(_: &Doc, context: &council_core::Context<Doc>) -> NodeResult<Doc> {
        Ok(Doc::update().notes(context.ask::<String>("And you?").await?))
    }
    let mut graph = StateGraph::<Doc>::new("census");
    let (two, one) = (graph.node("two", ask_two), graph.node("one", ask_one));
    graph.start(two).start(one).end(two).end(one);
    let (graph, journal) = (graph.compile().unwrap(), Memory::default());
    assert_eq!(
        until_it_asks(&graph, &journal).await,
        [r#"two:1.1 "Name?""#, r#"two:1.2 "Age?""#, r#"one:1.1 "And you?""#]
    );
    let position = paused(answer(&graph, &journal, "two:1.2", 36).await);
    assert_eq!(ids(&position), [r#"two:1.1 "Name?""#, r#"one:1.1 "And you?""#]);
    let position = paused(answer(&graph, &journal, "one:1.1", "I, too").await);
    assert_eq!(ids(&position), [r#"two:1.1 "Name?""#]);
    let outcome = answer(&graph, &journal, "two:1.1", "Ada").await;
    assert_eq!(outcome.into_state().notes, ["Ada is 36", "I, too"]);
    check(
        &journal,
        "r",
        expect![[r#"
            r is finished
            {"record":{"started":{"graph":"census","input":{"text":"","notes":[]},"next":["two","one"]}}}
            {"record":{"asked":{"node":"two","question":"Name?"}}}
            {"record":{"asked":{"node":"two","question":"Age?"}}}
            {"record":{"asked":{"node":"one","question":"And you?"}}}
            {"record":{"paused":{"nodes":["two","one"]}}}
            {"record":{"answered":{"node":"two","ask":1,"answer":36}}}
            {"record":{"resumed":{}}}
            {"record":{"paused":{"nodes":["two","one"]}}}
            {"record":{"answered":{"node":"one","ask":0,"answer":"I, too"}}}
            {"record":{"resumed":{}}}
            {"record":{"task_done":{"node":"one","update":{"notes":["I, too"]}}}}
            {"record":{"paused":{"nodes":["two"]}}}
            {"record":{"answered":{"node":"two","ask":0,"answer":"Ada"}}}
            {"record":{"resumed":{}}}
            {"record":{"task_done":{"node":"two","update":{"notes":["Ada is 36"]}}}}
            {"record":{"committed":{"next":[],"end":true}}}
            {"record":{"finished":{}}}"#]],
    )
    .await;
}

/// A worker asks for each item, and a node in a subgraph asks in each visit.
#[tokio::test]
async fn questions_in_workers_and_in_subgraphs() {
    let lab = Lab::default();
    let mut inner = StateGraph::<Doc>::new("inner");
    let sign = node!(inner, "sign", async move |_, context| {
        let name: String = context.ask("Who signs?").await?;
        Ok(Doc::update().notes(name))
    });
    inner.start(sign).end(sign);
    let part = Subgraph::new(
        inner.compile().unwrap(),
        |_: &Doc| Doc::default(),
        |doc| Doc::update().notes(doc.notes.join(" ")),
    );
    let mut graph = StateGraph::<Doc>::new("outer");
    let plan = note(&mut graph, "plan", &lab);
    let part = graph.node("part", part.stored());
    let pack = worker!(graph, "pack", async move |_, item: &u32, context| {
        if *item == 2 {
            return Ok(Doc::update().notes("2 needs no answer"));
        }
        let where_to: String = context.ask(format!("Where to with {item}?")).await?;
        Ok(Doc::update().notes(format!("{item} to {where_to}")))
    });
    graph.start(plan).edge(plan, part).fan_out(plan, pack, |_| [1, 2, 3]).end(part).end(pack).store_items(pack);
    let (graph, journal) = (graph.compile().unwrap(), Memory::default());
    let asks =
        [r#"part:1/sign:1.1 "Who signs?""#, r#"pack:1[0].1 "Where to with 1?""#, r#"pack:1[2].1 "Where to with 3?""#];
    assert_eq!(until_it_asks(&graph, &journal).await, asks);
    paused(answer(&graph, &journal, "pack:1[2].1", "Rome").await);
    paused(answer(&graph, &journal, "part:1/sign:1.1", "Ada").await);
    let outcome = answer(&graph, &journal, "pack:1[0].1", "Oslo").await;
    assert_eq!(outcome.into_state().notes, ["plan", "Ada", "1 to Oslo", "2 needs no answer", "3 to Rome"]);
    check(
        &journal,
        "r",
        expect![[r#"
            r is finished
            {"record":{"started":{"graph":"outer","input":{"text":"","notes":[]},"next":["plan"]}}}
            {"record":{"task_done":{"node":"plan","update":{"notes":["plan"]},"committed":{"next":["part","pack"],"sends":[{"worker":"pack","items":[1,2,3]}]}}}}
            {"in":[{"node":"part"}],"record":{"started":{"graph":"inner","input":{"text":"","notes":[]},"next":["sign"]}}}
            {"in":[{"node":"part"}],"record":{"asked":{"node":"sign","question":"Who signs?"}}}
            {"record":{"asked":{"node":"pack","item":0,"question":"Where to with 1?"}}}
            {"record":{"task_done":{"node":"pack","item":1,"update":{"notes":["2 needs no answer"]}}}}
            {"record":{"asked":{"node":"pack","item":2,"question":"Where to with 3?"}}}
            {"record":{"paused":{"nodes":["part/sign","pack"]}}}
            {"record":{"answered":{"node":"pack","item":2,"ask":0,"answer":"Rome"}}}
            {"record":{"resumed":{}}}
            {"record":{"task_done":{"node":"pack","item":2,"update":{"notes":["3 to Rome"]}}}}
            {"record":{"paused":{"nodes":["part/sign","pack"]}}}
            {"in":[{"node":"part"}],"record":{"answered":{"node":"sign","ask":0,"answer":"Ada"}}}
            {"record":{"resumed":{}}}
            {"in":[{"node":"part"}],"record":{"task_done":{"node":"sign","update":{"notes":["Ada"]},"committed":{"next":[],"end":true}}}}
            {"record":{"task_done":{"node":"part","update":{"notes":["Ada"]}}}}
            {"record":{"paused":{"nodes":["pack"]}}}
            {"record":{"answered":{"node":"pack","item":0,"ask":0,"answer":"Oslo"}}}
            {"record":{"resumed":{}}}
            {"record":{"task_done":{"node":"pack","item":0,"update":{"notes":["1 to Oslo"]}}}}
            {"record":{"committed":{"next":[],"end":true}}}
            {"record":{"finished":{}}}"#]],
    )
    .await;
}

/// The time of the human does not count for a timeout, and a question is no failed attempt.
#[tokio::test(start_paused = true)]
async fn questions_of_nodes_with_policies_and_of_spawned_nodes() {
    let policies = [
        Policy::default().timeout(Duration::from_secs(1)),
        Policy::default().retry(Retry::default().attempts(2)),
        Policy::default().spawned(true),
    ];
    for policy in policies {
        let (lab, journal) = (Lab::default(), Memory::default());
        let graph = beside_a_scribe(&lab, |graph| {
            let asks = node!(graph, "asks", async move |_, context| {
                let before = context.once("wait", async {
                    tokio::time::sleep(Duration::from_millis(900)).await;
                    Ok("waited".to_owned())
                });
                let before = before.await?;
                let answer: String = context.ask("On?").await?;
                tokio::time::sleep(Duration::from_millis(900)).await;
                Ok(Doc::update().text(format!("{before}, {answer}, in attempt {}", context.attempt())))
            });
            graph.policy(asks, policy);
            asks
        });
        assert_eq!(until_it_asks(&graph, &journal).await, [r#"asks:1.1 "On?""#]);
        tokio::time::sleep(Duration::from_secs(100)).await;
        let outcome = answer(&graph, &journal, "asks:1.1", "on").await;
        assert_eq!(outcome.into_state().text, "waited, on, in attempt 1");
    }
}

/// A node that continues without an answer leaves no open question.
#[tokio::test]
async fn an_abandoned_question_is_not_open() {
    let (lab, journal) = (Lab::failing(["scribe"]), Memory::default());
    let graph = beside_a_scribe(&lab, |graph| {
        node!(graph, "asks", async move |_, context| {
            tokio::select! {
                biased;
                answer = context.ask::<String>("Quick?") => Ok(Doc::update().text(answer?)),
                () = async {} => Ok(Doc::update().text("too late")),
            }
        })
    });
    let error = graph.run(Doc::default()).id("r").journal(journal.clone()).await.unwrap_err();
    assert!(error.position().asks().is_empty());
    let position = graph.load(&journal, "r").await.unwrap();
    assert!(position.asks().is_empty());
    let outcome = graph.resume(position).journal(journal.clone()).await.unwrap();
    assert_eq!(outcome.finished().unwrap().text, "too late");
}

/// A question and an answer may both be `null`.
#[tokio::test]
async fn a_question_may_be_null() {
    let (lab, journal) = (Lab::default(), Memory::default());
    let graph = beside_a_scribe(&lab, |graph| {
        node!(graph, "asks", async move |_, context| {
            context.once("nothing", async { Ok(()) }).await?;
            let nothing: Option<u32> = context.ask(()).await?;
            Ok(Doc::update().text(format!("{nothing:?}")))
        })
    });
    assert_eq!(until_it_asks(&graph, &journal).await, ["asks:1.1 null"]);
    let outcome = answer(&graph, &journal, "asks:1.1", None::<u32>).await;
    assert_eq!(outcome.finished().unwrap().text, "None");
}
