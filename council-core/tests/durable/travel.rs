//! The history of runs, edits and forks.

use council_core::journal::{Journal, Memory, ReadFrom};
use council_core::stored::At;
use council_core::{Graph, State, StateGraph, error_chain};
use expect_test::expect;

use crate::{Doc, Lab, check, diamond, note};

async fn whole(lab: &Lab, journal: &Memory) -> Graph<Doc> {
    let graph = diamond(lab);
    graph.run(Doc::default()).id("r").journal(journal.clone()).await.unwrap();
    lab.take();
    graph
}

#[tokio::test]
async fn a_run_can_be_loaded_at_any_superstep() {
    let (lab, journal) = (Lab::default(), Memory::default());
    let graph = whole(&lab, &journal).await;
    let mut seen = Vec::new();
    for superstep in 0..=3 {
        let position = graph.load_at(&journal, "r", At::Superstep(superstep)).await.unwrap();
        let next: Vec<_> = position.open_tasks().map(|task| task.node.to_owned()).collect();
        seen.push(format!("{} | {}", position.state().notes.join(" "), next.join(" ")));
    }
    assert_eq!(seen, [" | plan", "plan | left right", "plan left right | both", "plan left right both | "]);
    for at in [At::Superstep(4), At::Record(0), At::Record(99)] {
        let error = graph.load_at(&journal, "r", at).await.unwrap_err();
        assert!(error_chain(&error).starts_with("run `r` has not reached"), "{error}");
    }
    let error = graph.load_at(&journal, "r", At::Superstep(4)).await.unwrap_err();
    expect!["run `r` has not reached superstep 4: it has 3 supersteps in 7 records"].assert_eq(&error_chain(&error));
}

#[tokio::test]
async fn the_history_names_the_author_of_each_edit() {
    let (lab, journal) = (Lab::default(), Memory::default());
    let graph = diamond(&lab);
    let run = graph.run(Doc::default()).id("r").journal(journal.clone()).pause_before(["left"]);
    let mut position = crate::paused(run.await.unwrap());
    position.edit("the chair", Doc::update().text("shorter").notes("a word"));
    assert_eq!(position.state().notes, ["plan", "a word"], "the edit goes through the reducers");
    graph.resume(position).journal(journal.clone()).await.unwrap();
    let history = graph.history(&journal, "r").await.unwrap();
    let lines: Vec<_> = history.iter().map(|change| format!("after record {}, {change:?}", change.record)).collect();
    expect![[r#"
        after record 2, superstep 1: plan wrote DocUpdate(notes)
        after record 4, superstep 2: the chair wrote DocUpdate(text, notes)
        after record 6, superstep 2: left wrote DocUpdate(notes)
        after record 7, superstep 2: right wrote DocUpdate(notes)
        after record 9, superstep 3: both wrote DocUpdate(notes)"#]]
    .assert_eq(&lines.join("\n"));
    check(
        &journal,
        "r",
        expect![[r#"
            r is finished
            {"record":{"started":{"graph":"diamond","input":{"text":"","notes":[]},"next":["plan"]}}}
            {"record":{"task_done":{"node":"plan","update":{"notes":["plan"]},"committed":{"next":["left","right"]}}}}
            {"record":{"paused":{"nodes":["left","right"]}}}
            {"record":{"edited":{"by":"the chair","update":{"text":"shorter","notes":["a word"]}}}}
            {"record":{"resumed":{}}}
            {"record":{"task_done":{"node":"left","update":{"notes":["left"]}}}}
            {"record":{"task_done":{"node":"right","update":{"notes":["right"]}}}}
            {"record":{"committed":{"next":["both"]}}}
            {"record":{"task_done":{"node":"both","update":{"notes":["both"]},"committed":{"next":[],"end":true}}}}
            {"record":{"finished":{}}}"#]],
    )
    .await;
    for change in history {
        let position = graph.load_at(&journal, "r", At::Record(change.record)).await;
        position.unwrap();
    }
}

/// An edit of a position that is never resumed is not stored.
#[tokio::test]
async fn an_edit_is_stored_when_the_run_goes_on() {
    let (lab, journal) = (Lab::default(), Memory::default());
    let graph = diamond(&lab);
    let run = graph.run(Doc::default()).id("r").journal(journal.clone()).pause_before(["left"]);
    crate::paused(run.await.unwrap()).edit("the chair", Doc::update().text("lost"));
    assert_eq!(graph.load(&journal, "r").await.unwrap().state().text, "");
}

/// The edit is applied after the merged updates, in the running process and when the run is loaded.
#[tokio::test]
async fn an_edit_after_a_failed_route_wins_over_the_merged_updates() {
    let (lab, journal) = (Lab::default(), Memory::default());
    let graph = |lab: &Lab| {
        let mut graph = StateGraph::<Doc>::new("g");
        let write = council_core::node!(graph, "write", async move |_| Ok(Doc::update().text("written")));
        let last = note(&mut graph, "last", lab);
        graph.start(write).end(last);
        graph.route(write, [last], |doc, [last]| if doc.text == "written" { panic!("it is bad") } else { last });
        graph.compile().unwrap()
    };
    let error = graph(&lab).run(Doc::default()).id("r").journal(journal.clone()).await.unwrap_err();
    let mut position = error.into_position();
    assert_eq!(position.state().text, "written");
    position.edit("the chair", Doc::update().text("rewritten"));
    let done = graph(&lab).resume(position).journal(journal.clone()).await.unwrap().into_state();
    assert_eq!(done.text, "rewritten");
    let stored = graph(&lab).load(&journal, "r").await.unwrap();
    assert_eq!(stored.state(), &done);
    check(
        &journal,
        "r",
        expect![[r#"
            r is finished
            {"record":{"started":{"graph":"g","input":{"text":"","notes":[]},"next":["write"]}}}
            {"record":{"task_done":{"node":"write","update":{"text":"written"}}}}
            {"record":{"merged":{}}}
            {"record":{"failed":{"error":"the route from `write` panicked after superstep 1: it is bad"}}}
            {"record":{"edited":{"by":"the chair","update":{"text":"rewritten"}}}}
            {"record":{"resumed":{}}}
            {"record":{"committed":{"next":["last"]}}}
            {"record":{"task_done":{"node":"last","update":{"notes":["last"]},"committed":{"next":[],"end":true}}}}
            {"record":{"finished":{}}}"#]],
    )
    .await;
}

/// A fork at any record has the same end, and the original run does not change.
#[tokio::test]
async fn forks_at_any_point_come_to_the_same_end() {
    let (lab, journal) = (Lab::failing(["right"]), Memory::default());
    let graph = diamond(&lab);
    let run = graph.run(Doc::default()).id("r").journal(journal.clone()).pause_before(["left"]);
    let position = crate::paused(run.await.unwrap());
    let error = graph.resume(position).journal(journal.clone()).await.unwrap_err();
    let done = graph.resume(error.into_position()).journal(journal.clone()).await.unwrap().into_state();
    let before = journal.read("r", ReadFrom::Record(0)).await.unwrap();
    for record in 1..=before.head.records {
        let fork = format!("fork at {record}");
        let position = graph.fork(&journal, "r", At::Record(record), &fork).await.unwrap();
        assert_eq!(position.run(), Some(&*fork));
        let outcome = graph.resume(position).journal(journal.clone()).await.unwrap();
        assert_eq!(outcome.finished().unwrap(), done, "{fork}");
    }
    assert_eq!(journal.read("r", ReadFrom::Record(0)).await.unwrap(), before, "the former records stay");
}

#[tokio::test]
async fn a_fork_of_a_fork_has_its_own_records() {
    let (lab, journal) = (Lab::default(), Memory::default());
    let graph = whole(&lab, &journal).await;
    let mut position = graph.fork(&journal, "r", At::Superstep(1), "s").await.unwrap();
    position.edit("the chair", Doc::update().notes("again"));
    graph.resume(position).journal(journal.clone()).await.unwrap();
    assert_eq!(lab.take(), "left, right, both");
    let position = graph.fork(&journal, "s", At::Superstep(2), "t").await.unwrap();
    let done = graph.resume(position).journal(journal.clone()).await.unwrap().into_state();
    assert_eq!(done.notes, ["plan", "again", "left", "right", "both"]);
    assert_eq!(lab.take(), "both");
    check(
        &journal,
        "t",
        expect![[r#"
            t is finished; its first 7 records are those of s
            {"record":{"started":{"graph":"diamond","input":{"text":"","notes":[]},"next":["plan"]}}}
            {"record":{"task_done":{"node":"plan","update":{"notes":["plan"]},"committed":{"next":["left","right"]}}}}
            {"record":{"edited":{"by":"the chair","update":{"notes":["again"]}}}}
            {"record":{"resumed":{}}}
            {"record":{"task_done":{"node":"left","update":{"notes":["left"]}}}}
            {"record":{"task_done":{"node":"right","update":{"notes":["right"]}}}}
            {"record":{"committed":{"next":["both"]}}}
            {"record":{"resumed":{}}}
            {"record":{"task_done":{"node":"both","update":{"notes":["both"]},"committed":{"next":[],"end":true}}}}
            {"record":{"finished":{}}}"#]],
    )
    .await;
}

/// A position that is resumed under another id, without a fork, starts a run without the earlier records.
#[tokio::test]
async fn a_loaded_position_under_another_id_starts_a_new_run() {
    let (lab, journal) = (Lab::default(), Memory::default());
    let graph = whole(&lab, &journal).await;
    let position = graph.load_at(&journal, "r", At::Superstep(2)).await.unwrap();
    graph.resume(position).id("s").journal(journal.clone()).await.unwrap();
    // The same holds for a position at the end of a run.
    let position = graph.load(&journal, "r").await.unwrap();
    assert!(graph.resume(position).id("t").journal(journal.clone()).await.unwrap().is_finished());
    assert_eq!(lab.take(), "both");
    check(&journal, "s", expect![[r#"
        s is finished
        {"record":{"started_at":{"graph":"diamond","position":{"supersteps":2,"state":{"text":"","notes":["plan","left","right"]},"committed":{"next":["both"]},"visits":{"both":1,"left":1,"plan":1,"right":1},"joins":[{"target":"both","arrived":[],"missing":["left","right"]}]},"next":["both"]}}}
        {"record":{"task_done":{"node":"both","update":{"notes":["both"]},"committed":{"next":[],"end":true}}}}
        {"record":{"finished":{}}}"#]]).await;
    check(&journal, "t", expect![[r#"
        t is finished
        {"record":{"started_at":{"graph":"diamond","position":{"supersteps":3,"state":{"text":"","notes":["plan","left","right","both"]},"committed":{"next":[],"end":true},"visits":{"both":1,"left":1,"plan":1,"right":1},"joins":[{"target":"both","arrived":[],"missing":["left","right"]}]}}}}
        {"record":{"finished":{}}}"#]]).await;
    let error = graph.load_at(&journal, "s", At::Superstep(1)).await.unwrap_err();
    expect!["run `s` has not reached superstep 1: it has 3 supersteps in 3 records"].assert_eq(&error_chain(&error));
}

/// A run and its fork have different answers to the same question.
#[tokio::test]
async fn a_fork_has_its_own_answers() {
    let journal = Memory::default();
    let mut graph = StateGraph::<Doc>::new("g");
    let asks = council_core::node!(graph, "asks", async move |_, context| {
        let answer: String = context.ask("Which?").await?;
        Ok(Doc::update().text(answer))
    });
    graph.start(asks).end(asks);
    let graph = graph.compile().unwrap();
    crate::paused(graph.run(Doc::default()).id("r").journal(journal.clone()).await.unwrap());
    graph.fork(&journal, "r", At::End, "s").await.unwrap();
    for (run, answer) in [("r", "this"), ("s", "that")] {
        let mut position = graph.load(&journal, run).await.unwrap();
        assert!(position.is_paused());
        position.answer("asks:1.1", answer).unwrap();
        let outcome = graph.resume(position).journal(journal.clone()).await.unwrap();
        assert_eq!(outcome.finished().unwrap().text, answer);
    }
    check(
        &journal,
        "s",
        expect![[r#"
            s is finished; its first 3 records are those of r
            {"record":{"started":{"graph":"g","input":{"text":"","notes":[]},"next":["asks"]}}}
            {"record":{"asked":{"node":"asks","question":"Which?"}}}
            {"record":{"paused":{"nodes":["asks"]}}}
            {"record":{"answered":{"node":"asks","ask":0,"answer":"that"}}}
            {"record":{"resumed":{}}}
            {"record":{"task_done":{"node":"asks","update":{"text":"that"},"committed":{"next":[],"end":true}}}}
            {"record":{"finished":{}}}"#]],
    )
    .await;
}
