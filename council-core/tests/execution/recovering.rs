//! Error handlers: results in place of a failure.

use std::error::Error;

use council_core::{Command, Failure, Graph, NodeId, Policy, Retry, State, StateGraph, error_chain, node, worker};
use expect_test::expect;

use crate::support::check;
use crate::{Doc, note};

type Handled = Option<Command<Doc>>;

/// `asks`, which fails, beside `well`. `usual` and a join of both follow. The handler may choose `rescue`.
fn failing(handler: impl Fn(&Doc, &Failure, [NodeId<Doc>; 1]) -> Handled + Send + Sync + 'static) -> Graph<Doc> {
    let mut graph = StateGraph::<Doc>::new("failing");
    let asks = node!(graph, "asks", async move |_| Err("the line is dead".into()));
    let well = graph.node("well", note);
    let usual = graph.node("usual", note);
    let joined = graph.node("joined", note);
    let rescue = graph.node("rescue", note);
    graph.start(asks).start(well).edge(asks, usual).end(usual).join([asks, well], joined).end(joined).end(rescue);
    graph.end(well).on_error(asks, [rescue], handler);
    graph.compile().unwrap()
}

#[tokio::test]
async fn the_update_of_a_handler_replaces_the_result_of_the_node() {
    let graph = failing(|doc, failure, _| {
        let why = failure.source()?.to_string();
        Some(Command::update(Doc::update().notes(format!("{why}, after {}", doc.notes.len()))))
    });
    let outcome = check(
        graph.run(Doc::default()),
        expect![[r#"
            superstep 1: asks #1 started
            superstep 1: asks #1 failed: the line is dead
            superstep 1: asks #1 completed with DocUpdate(notes)
            superstep 1: well #1 started
            superstep 1: well #1 completed with DocUpdate(notes)
            superstep 2: usual #1 started
            superstep 2: usual #1 completed with DocUpdate(notes)
            superstep 2: joined #1 started
            superstep 2: joined #1 completed with DocUpdate(notes)
            finished after 2 supersteps
        "#]],
    )
    .await
    .unwrap();
    assert_eq!(outcome.state().notes, ["the line is dead, after 0", "well", "usual", "joined"]);
}

#[tokio::test]
async fn a_goto_of_a_handler_replaces_the_edges_and_does_not_count_for_joins() {
    let graph = failing(|_, _, [rescue]| Some(Command::goto(rescue).and_update(Doc::update().notes("instead"))));
    let outcome = check(
        graph.run(Doc::default()),
        expect![[r#"
            superstep 1: asks #1 started
            superstep 1: asks #1 failed: the line is dead
            superstep 1: asks #1 completed with DocUpdate(notes)
            superstep 1: well #1 started
            superstep 1: well #1 completed with DocUpdate(notes)
            superstep 2: rescue #1 started
            superstep 2: rescue #1 completed with DocUpdate(notes)
            finished after 2 supersteps
        "#]],
    )
    .await
    .unwrap();
    assert_eq!(outcome.state().notes, ["instead", "well", "rescue"]);
}

#[tokio::test]
async fn a_handler_that_returns_none_leaves_the_failure() {
    let error = check(
        failing(|_, _, _| None).run(Doc::default()).id("r"),
        expect![[r#"
            superstep 1: asks #1 started
            superstep 1: asks #1 failed: the line is dead
            failed: node `asks` failed in superstep 1, attempt 1: the line is dead
        "#]],
    )
    .await
    .unwrap_err();
    expect![[r#"
        run `r`: node `asks` failed in superstep 1, attempt 1: the line is dead"#]]
    .assert_eq(&error_chain(&error));
}

#[tokio::test]
async fn a_handler_cannot_choose_a_node_outside_its_targets() {
    let error = failing(|_, _, _| Some(Command::goto(NodeId::END))).run(Doc::default()).id("r").await.unwrap_err();
    expect!["run `r`: the route, decision or error handler of `asks` chose a node that is not among its targets, or a worker without items, in superstep 1"].assert_eq(&error_chain(&error));
}

#[tokio::test]
async fn a_handler_that_panics_is_named() {
    let error = failing(|_, _, _| panic!("worse")).run(Doc::default()).id("r").await.unwrap_err();
    expect!["run `r`: the error handler of `asks` panicked in superstep 1: worse"].assert_eq(&error_chain(&error));
}

#[tokio::test]
async fn an_error_handler_handles_a_panic() {
    let mut graph = StateGraph::<Doc>::new("panic");
    let node = node!(graph, "node", async move |doc: &Doc| {
        assert!(doc.round > 0, "no round yet");
        Ok(Doc::update())
    });
    graph.start(node).end(node).on_error(node, [], |_: &Doc, failure, []: [NodeId<Doc>; 0]| match failure {
        Failure::NodePanicked { message, .. } => Some(Command::update(Doc::update().notes(message.as_str()))),
        _ => None,
    });
    let outcome = graph.compile().unwrap().run(Doc::default()).await.unwrap();
    assert_eq!(outcome.state().notes, ["no round yet"]);
}

#[tokio::test(start_paused = true)]
async fn a_handler_is_called_once_after_the_last_attempt() {
    let mut graph = StateGraph::<Doc>::new("retried");
    let node = node!(graph, "node", async move |_| Err("still dead".into()));
    graph.start(node).end(node);
    graph.policy(node, Policy::default().retry(Retry::default().attempts(2).jitter(false)));
    graph.on_error(node, [], |_: &Doc, failure, []: [NodeId<Doc>; 0]| {
        Some(Command::update(Doc::update().notes(failure.to_string())))
    });
    let outcome = check(
        graph.compile().unwrap().run(Doc::default()),
        expect![[r#"
            superstep 1: node #1 started
            superstep 1: node #1 failed, tried again in 500ms: still dead
            superstep 1: node #1 (attempt 2) started
            superstep 1: node #1 (attempt 2) failed: still dead
            superstep 1: node #1 (attempt 2) completed with DocUpdate(notes)
            finished after 1 supersteps
        "#]],
    )
    .await
    .unwrap();
    assert_eq!(outcome.state().notes, ["node `node` failed in superstep 1, attempt 2"]);
}

/// Three items. The items in `bad` fail and lead to `rescue`; the others lead to `usual`.
fn items(bad: &'static [u32]) -> Graph<Doc> {
    let mut graph = StateGraph::<Doc>::new("items");
    let read = graph.node("read", note);
    let pack = worker!(graph, "pack", async move |_, item: &u32| {
        if bad.contains(item) { Err("torn".into()) } else { Ok(Doc::update().notes(format!("packed {item}"))) }
    });
    let (usual, rescue) = (graph.node("usual", note), graph.node("rescue", note));
    graph.start(read).fan_out(read, pack, |_| 0..3).edge(pack, usual).end(usual).end(rescue);
    graph.on_error(pack, [rescue], |_, _, [rescue]| Some(Command::goto(rescue)));
    graph.compile().unwrap()
}

#[tokio::test]
async fn a_worker_follows_its_edges_if_one_of_its_tasks_does() {
    let notes = async |bad| items(bad).run(Doc::default()).await.unwrap().into_state().notes.split_off(1);
    assert_eq!(notes(&[0]).await, ["packed 1", "packed 2", "usual", "rescue"]);
    assert_eq!(notes(&[2, 1]).await, ["packed 0", "usual", "rescue"]);
    assert_eq!(notes(&[0, 1, 2]).await, ["rescue"]);
}

#[tokio::test]
async fn a_handled_failure_is_not_handled_again_on_resume() {
    let mut graph = StateGraph::<Doc>::new("resumed");
    let asks = node!(graph, "asks", async move |_| Err("the line is dead".into()));
    let shaky = node!(graph, "shaky", async move |_, context| {
        if context.attempt() == 1 { Err("not yet".into()) } else { Ok(Doc::update()) }
    });
    let (usual, rescue) = (graph.node("usual", note), graph.node("rescue", note));
    graph.start(asks).start(shaky).edge(asks, usual).end(shaky).end(usual).end(rescue);
    graph
        .on_error(asks, [rescue], |_, _, [rescue]| Some(Command::goto(rescue).and_update(Doc::update().notes("once"))));
    let graph = graph.compile().unwrap();
    let position = graph.run(Doc::default()).await.unwrap_err().into_position();
    let outcome = graph.resume(position).await.unwrap();
    assert_eq!(outcome.state().notes, ["once", "rescue"]);
}
