//! Stored runs that cannot be loaded: the error gives the reason, and nothing is changed.

use council_core::journal::{AppendRequest, Entry, Head, Journal, Memory, ReadFrom, Status};
use council_core::{Graph, State, StateGraph, error_chain, worker};
use expect_test::{Expect, expect};

use crate::{Doc, Lab, note};

/// `write -> (pack for each item) -> end`, with a guard.
fn graph() -> Graph<Doc> {
    let lab = Lab::default();
    let mut graph = StateGraph::<Doc>::new("g");
    let [write, cut] = ["write", "cut"].map(|name| note(&mut graph, name, &lab));
    let pack = worker!(graph, "pack", async move |_, item: &u32| Ok(Doc::update().notes(item.to_string())));
    graph.start(write).fan_out(write, pack, |_| [1]).end(pack).end(cut).store_items(pack);
    graph.guard("too long", |doc| doc.text.len() > 9, cut);
    graph.compile().unwrap()
}

/// The append of a run with these records.
fn first_append<const N: usize>(records: [&str; N]) -> AppendRequest {
    let entries = records.map(|json| Entry::new(1, json)).into();
    AppendRequest::new("r", 0, entries).head(Head::new("g", Status::Running))
}

/// Writes the records by hand, and compares the error of loading them with the picture.
async fn refused<const N: usize>(records: [&str; N], snapshot: Option<&str>, picture: Expect) {
    let journal = Memory::default();
    let mut append = first_append(records);
    append.snapshot = snapshot.map(Into::into);
    journal.append(append).await.unwrap();
    let before = journal.read("r", ReadFrom::Record(0)).await.unwrap();
    let error = graph().load(&journal, "r").await.unwrap_err();
    picture.assert_eq(&error_chain(&error));
    assert_eq!(journal.read("r", ReadFrom::Record(0)).await.unwrap(), before);
}

const STARTED: &str = r#"{"v":3,"record":{"started":{"graph":"g","input":{"text":"","notes":[]},"next":["write"]}}}"#;
const WRITTEN: &str = r#"{"v":3,"record":{"task_done":{"node":"write","update":{},"committed":{"next":["pack"],"sends":[{"worker":"pack","items":[1]}]}}}}"#;

#[tokio::test]
async fn a_missing_run_is_an_error() {
    let error = graph().load(&Memory::default(), "r").await.unwrap_err();
    expect!["there is no run `r` in the journal"].assert_eq(&error_chain(&error));
}

#[tokio::test]
async fn records_that_start_twice_or_not_at_all_are_refused() {
    refused(
        [STARTED, STARTED],
        None,
        expect![[r#"
        record 1 of run `r` does not fit the graph `g`: the record starts a graph that has already started"#]],
    )
    .await;
    refused(
        [WRITTEN],
        None,
        expect![[r#"
        record 0 of run `r` does not fit the graph `g`: the first record does not start the run"#]],
    )
    .await;
}

#[tokio::test]
async fn a_run_of_another_graph_is_refused() {
    let (lab, journal) = (Lab::default(), Memory::default());
    crate::diamond(&lab).run(Doc::default()).id("r").journal(journal.clone()).await.unwrap();
    let error = graph().load(&journal, "r").await.unwrap_err();
    expect!["run `r` is a run of the graph `diamond`, not of `g`"].assert_eq(&error_chain(&error));
}

#[tokio::test]
async fn a_record_of_a_removed_node_is_refused() {
    refused(
        [STARTED, r#"{"v":3,"record":{"task_done":{"node":"wrote","update":{}}}}"#],
        None,
        expect![[r#"
        record 1 of run `r` does not fit the graph `g`: the graph has no node `wrote`: add it again, or restore its former name"#]],
    )
    .await;
    refused(
        [STARTED, r#"{"v":3,"record":{"task_done":{"node":"write","update":{},"committed":{"next":["publish"]}}}}"#],
        None,
        expect![[r#"
        record 1 of run `r` does not fit the graph `g`: the graph has no node `publish`: add it again, or restore its former name"#]],
    )
    .await;
}

#[tokio::test]
async fn a_record_of_a_removed_guard_is_refused() {
    let record = r#"{"v":3,"record":{"task_done":{"node":"write","update":{},"committed":{"next":["cut"],"guards":["too short"]}}}}"#;
    refused(
        [STARTED, record],
        None,
        expect![[r#"
        record 1 of run `r` does not fit the graph `g`: the graph has no guard `too short`: add it again, or restore its former name"#]],
    )
    .await;
}

#[tokio::test]
async fn a_node_that_became_a_worker_or_the_reverse_is_refused() {
    refused(
        [STARTED, r#"{"v":3,"record":{"task_done":{"node":"write","update":{},"committed":{"next":["pack"]}}}}"#],
        None,
        expect![[r#"
            record 1 of run `r` does not fit the graph `g`: `pack` is a worker in the graph, but was a plain node in the run: give the node another name"#]],
    )
    .await;
    let record = r#"{"v":3,"record":{"task_done":{"node":"write","update":{},"committed":{"next":["cut"],"sends":[{"worker":"cut","items":[1]}]}}}}"#;
    refused(
        [STARTED, record],
        None,
        expect![[r#"
        record 1 of run `r` does not fit the graph `g`: `cut` is a plain node in the graph, but was a worker in the run: give the node another name"#]],
    )
    .await;
}

#[tokio::test]
async fn a_state_an_update_or_an_item_that_does_not_parse_is_refused() {
    refused(
        [r#"{"v":3,"record":{"started":{"graph":"g","input":{"text":7,"notes":[]}}}}"#],
        None,
        expect![[r#"
        record 0 of run `r` does not fit the graph `g`: the state does not parse: did the type change?: invalid type: integer `7`, expected a string at line 1 column 9"#]],
    )
    .await;
    refused(
        [STARTED, r#"{"v":3,"record":{"task_done":{"node":"write","update":{"text":7}}}}"#],
        None,
        expect![[r#"
        record 1 of run `r` does not fit the graph `g`: an update does not parse: did the type change?: invalid type: integer `7`, expected a string at line 1 column 9"#]],
    )
    .await;
    let record = r#"{"v":3,"record":{"task_done":{"node":"write","update":{},"committed":{"next":["pack"],"sends":[{"worker":"pack","items":["one"]}]}}}}"#;
    refused(
        [STARTED, record],
        None,
        expect![[r#"
            record 1 of run `r` does not fit the graph `g`: an item of `pack` does not parse: did the type change?: invalid type: string "one", expected u32 at line 1 column 6"#]],
    )
    .await;
}

#[tokio::test]
async fn records_of_another_format_are_refused() {
    refused(
        [r#"{"v":4,"begun":{"graph":"g"}}"#],
        None,
        expect![[r#"
            record 0 of run `r` does not fit the graph `g`: the text has format 4, but this program reads format 3"#]],
    )
    .await;
    refused(
        [STARTED, r#"{"v":2,"record":{"once":{"node":"write","name":"order #7","value":1}}}"#],
        None,
        expect![[r#"
            record 1 of run `r` does not fit the graph `g`: the text has format 2, but this program reads format 3"#]],
    )
    .await;
    refused(
        [STARTED, WRITTEN],
        Some(r#"{"v":1,"rest":{}}"#),
        expect![[r#"
            record 2 of run `r` does not fit the graph `g`: the text has format 1, but this program reads format 3"#]],
    )
    .await;
}

#[tokio::test]
async fn a_malformed_record_or_one_out_of_order_is_refused() {
    refused(
        ["a letter"],
        None,
        expect![[r#"
            record 0 of run `r` does not fit the graph `g`: the text is not a record of format 3: expected value at line 1 column 1"#]],
    )
    .await;
    refused(
        [r#"{"v":3,"record":{}}"#],
        None,
        expect![[r#"
            record 0 of run `r` does not fit the graph `g`: the text is not a record of format 3: expected value at line 1 column 18"#]],
    )
    .await;
    refused(
        [STARTED, r#"{"v":3,"record":{"task_done":{"node":"cut","update":{}}}}"#],
        None,
        expect![[r#"
        record 1 of run `r` does not fit the graph `g`: no task of `cut` was open"#]],
    )
    .await;
    refused(
        [STARTED, r#"{"v":3,"record":{"committed":{"next":["cut"]}}}"#],
        None,
        expect![[r#"
        record 1 of run `r` does not fit the graph `g`: the superstep cannot be completed: a task has not ended"#]],
    )
    .await;
    refused(
        [STARTED, r#"{"v":3,"record":{"answered":{"node":"write","ask":3,"answer":1}}}"#],
        None,
        expect![[r#"
            record 1 of run `r` does not fit the graph `g`: the task has not asked question 3, counted from 0"#]],
    )
    .await;
    refused(
        [STARTED, r#"{"v":3,"in":[{"node":"write"}],"record":{"task_done":{"node":"x","update":{}}}}"#],
        None,
        expect![[r#"
        record 1 of run `r` does not fit the graph `g`: `write` is not a stored subgraph"#]],
    )
    .await;
}

#[tokio::test]
async fn a_snapshot_that_does_not_fit_is_refused() {
    let with = |rest: &str| {
        format!(
            r#"{{"v":3,"program":{{}},"position":{{"state":{{"text":"","notes":[]}},"committed":{{"next":["write"]}},{rest}}}}}"#
        )
    };
    let snapshot = with(r#""supersteps":1,"visits":{},"joins":[{"target":"cut","arrived":["write"]}]"#);
    refused(
        [STARTED, WRITTEN],
        Some(&snapshot),
        expect![[r#"
            record 2 of run `r` does not fit the graph `g`: the graph has no such join to `cut`: add it again"#]],
    )
    .await;
    let snapshot = with(
        r#""supersteps":0,"visits":{"write":1},"tasks":[{"node":"write","attempt":1,"nested":{"supersteps":0,"state":{},"committed":{"next":[]},"visits":{}}}]"#,
    );
    refused(
        [STARTED, WRITTEN],
        Some(&snapshot),
        expect![[r#"
        record 2 of run `r` does not fit the graph `g`: `write` is not a stored subgraph"#]],
    )
    .await;
}

/// A context that outlives its node can emit no event.
#[tokio::test]
async fn an_event_of_a_context_that_outlives_its_node_is_ignored() {
    let journal = Memory::default();
    let late = [
        r#"{"v":3,"record":{"once":{"node":"write","name":"pay","value":1}}}"#,
        r#"{"v":3,"record":{"asked":{"node":"write","question":"Really?"}}}"#,
    ];
    journal.append(first_append([STARTED, WRITTEN, late[0], late[1]])).await.unwrap();
    let position = graph().load(&journal, "r").await.unwrap();
    assert_eq!((position.open_tasks().count(), position.asks().len()), (1, 0));
}
