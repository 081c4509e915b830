//! Stored runs of item deciders: the choice of an item is stored with its update, and is not made again.

use council_core::journal::{Journal, Memory, ReadFrom};
use council_core::stored::At;
use council_core::{Graph, NodeId, State, StateGraph, error_chain, item_decider, worker};
use expect_test::expect;

use crate::instead_of::to_the_end;
use crate::{Doc, Lab, check, note, paused};

/// The names of the two targets of `sort`.
const NAMES: [&str; 2] = ["small", "pack"];

/// `sort` sends the item 1 to `small` and the others to `pack`, twice.
fn sorting([small, pack]: [&str; 2], lab: &Lab) -> Graph<Doc> {
    let mut graph = StateGraph::<Doc>::new("sorting");
    let own = lab.clone();
    let sort = item_decider!(graph, "sort", async move |_, item: &u32| {
        own.run(&format!("sort {item}"))?;
        Ok((Doc::update().notes(format!("{item}")), *item))
    });
    let pack = worker!(graph, pack, async move |_, item: &u32| Ok(Doc::update().notes(format!("packed {item}"))));
    let small = note(&mut graph, small, lab);
    graph.fan_out(NodeId::START, sort, |_| [7, 1, 8, 9]).end(sort).end(pack).end(small);
    graph.decide(sort, (small, pack), |item, (small, pack)| match item {
        1 => small.into(),
        item => pack.send([item, item * 10]),
    });
    graph.store_items(sort).store_items(pack);
    graph.compile().unwrap()
}

/// The run has failed at item 8. The choices of items 7 and 1 are stored.
async fn at_item_8(journal: &Memory) {
    let run = sorting(NAMES, &Lab::failing(["sort 8"])).run(Doc::default()).id("r");
    run.journal(journal.clone()).await.unwrap_err();
}

#[tokio::test]
async fn a_choice_is_not_made_again_after_a_failure() {
    let (lab, journal) = (Lab::default(), Memory::default());
    at_item_8(&journal).await;
    let graph = sorting(NAMES, &lab);
    let done = to_the_end(&graph, &journal, graph.load(&journal, "r").await.unwrap()).await;
    let notes = "7, 1, 8, 9, packed 7, packed 70, packed 8, packed 80, packed 9, packed 90, small";
    assert_eq!((done.notes.join(", "), lab.take()), (notes.to_owned(), "sort 8, sort 9, small".to_owned()));
    check(&journal, "r", expect![[r#"
        r is finished
        {"record":{"started":{"graph":"sorting","input":{"text":"","notes":[]}}}}
        {"record":{"committed":{"next":["sort"],"sends":[{"worker":"sort","items":[7,1,8,9]}]}}}
        {"record":{"task_done":{"node":"sort","item":0,"update":{"notes":["7"]},"goto":{"sends":[{"worker":"pack","items":[7,70]}]}}}}
        {"record":{"task_done":{"node":"sort","item":1,"update":{"notes":["1"]},"goto":{"to":["small"]}}}}
        {"record":{"task_failed":{"node":"sort","item":2,"error":"out of paper"}}}
        {"record":{"failed":{"error":"node `sort`, item 2, failed in superstep 1, attempt 1: out of paper"}}}
        {"record":{"resumed":{}}}
        {"record":{"task_done":{"node":"sort","item":2,"update":{"notes":["8"]},"goto":{"sends":[{"worker":"pack","items":[8,80]}]}}}}
        {"record":{"task_done":{"node":"sort","item":3,"update":{"notes":["9"]},"goto":{"sends":[{"worker":"pack","items":[9,90]}]}}}}
        {"record":{"committed":{"next":["pack","small"],"sends":[{"worker":"pack","items":[7,70]},{"worker":"pack","items":[8,80]},{"worker":"pack","items":[9,90]}],"end":true}}}
        {"record":{"task_done":{"node":"pack","item":0,"update":{"notes":["packed 7"]}}}}
        {"record":{"task_done":{"node":"pack","item":1,"update":{"notes":["packed 70"]}}}}
        {"record":{"task_done":{"node":"pack","item":2,"update":{"notes":["packed 8"]}}}}
        {"record":{"task_done":{"node":"pack","item":3,"update":{"notes":["packed 80"]}}}}
        {"record":{"task_done":{"node":"pack","item":4,"update":{"notes":["packed 9"]}}}}
        {"record":{"task_done":{"node":"pack","item":5,"update":{"notes":["packed 90"]}}}}
        {"record":{"task_done":{"node":"small","update":{"notes":["small"]}}}}
        {"record":{"committed":{"next":[],"end":true}}}
        {"record":{"finished":{}}}"#]]).await;
}

#[tokio::test]
async fn a_run_goes_on_alike_from_every_record() {
    let journal = Memory::default();
    let graph = sorting(NAMES, &Lab::default());
    let done = graph.run(Doc::default()).id("r").journal(journal.clone()).await.unwrap().into_state();
    let records = journal.read("r", ReadFrom::Record(0)).await.unwrap().entries.len() as u64;
    for record in 1..=records {
        let position = graph.load_at(&journal, "r", At::Record(record)).await.unwrap();
        // A snapshot of this moment has the choices too.
        let restored = graph.restore(&graph.snapshot(&position).unwrap()).unwrap();
        assert_eq!(graph.resume(restored).await.unwrap().state(), &done, "after record {record}");

        let id = format!("fork {record}");
        let fork = graph.fork(&journal, "r", At::Record(record), &id).await.unwrap();
        let forked = graph.resume(fork).journal(journal.clone()).await.unwrap();
        assert_eq!(forked.state(), &done, "after record {record}");
        assert_eq!(graph.load(&journal, &id).await.unwrap().state(), &done, "after record {record}");
    }
}

#[tokio::test]
async fn an_edit_in_the_place_of_an_item_chooses_nothing() {
    let (lab, journal) = (Lab::default(), Memory::default());
    let graph = sorting(NAMES, &lab);
    let run = graph.run(Doc::default()).id("r").journal(journal.clone()).pause_before(["sort"]);
    let mut position = paused(run.await.unwrap());
    for item in [1, 3] {
        let by_hand = Doc::update().notes("by hand");
        graph.edit_instead_of_item(&mut position, "sort", item, "the chair", by_hand).unwrap();
    }
    let done = to_the_end(&graph, &journal, position).await;
    assert_eq!(
        (done.notes.join(", "), lab.take()),
        ("7, by hand, 8, by hand, packed 7, packed 70, packed 8, packed 80".to_owned(), "sort 7, sort 8".to_owned())
    );
}

/// Each reader names what is gone, and the journal does not change.
#[tokio::test]
async fn a_choice_whose_target_is_gone_is_refused_with_its_name() {
    let journal = Memory::default();
    at_item_8(&journal).await;
    let snapshot = {
        let graph = sorting(NAMES, &Lab::default());
        graph.snapshot(&graph.load(&journal, "r").await.unwrap()).unwrap()
    };
    let mut picture = Vec::new();
    for names in [["little", "pack"], ["small", "bag"]] {
        let graph = sorting(names, &Lab::default());
        picture.push(error_chain(&graph.load(&journal, "r").await.unwrap_err()));
        picture.push(error_chain(&graph.restore(&snapshot).unwrap_err()));
    }
    expect![[r#"
        record 3 of run `r` does not fit the graph `sorting`: the graph has no node `small`: add it again, or restore its former name
        the graph has no node `small`: add it again, or restore its former name
        record 2 of run `r` does not fit the graph `sorting`: the graph has no node `pack`: add it again, or restore its former name
        the graph has no node `pack`: add it again, or restore its former name"#]].assert_eq(&picture.join("\n"));
    let graph = sorting(NAMES, &Lab::default());
    let position = graph.load(&journal, "r").await.unwrap();
    assert!(graph.resume(position).journal(journal).await.unwrap().is_finished());
}

/// The items that ended in the former program have chosen nothing.
#[tokio::test]
async fn a_worker_of_the_former_program_decides_from_now_on() {
    let journal = Memory::default();
    let mut former = StateGraph::<Doc>::new("sorting");
    let lab = Lab::failing(["sort 8"]);
    let sort = worker!(former, "sort", async move |_, item: &u32| {
        lab.run(&format!("sort {item}"))?;
        Ok(Doc::update().notes(item.to_string()))
    });
    former.fan_out(NodeId::START, sort, |_| [7, 1, 8, 9]).end(sort).store_items(sort);
    former.compile().unwrap().run(Doc::default()).id("r").journal(journal.clone()).await.unwrap_err();

    let graph = sorting(NAMES, &Lab::default());
    let done = to_the_end(&graph, &journal, graph.load(&journal, "r").await.unwrap()).await;
    assert_eq!(done.notes.join(", "), "7, 1, 8, 9, packed 8, packed 80, packed 9, packed 90");
}
