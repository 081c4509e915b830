//! Tasks that `Caller` refuses to call.

use council_core::plan::{self, CallError, Caller};
use council_core::{Record, State, StateGraph, Subgraph};
use expect_test::expect;

use crate::{Doc, alone, note};

#[tokio::test]
async fn only_open_tasks_of_plain_nodes_are_called() {
    let inner = alone(|graph| graph.node("node", note));
    let mut graph = StateGraph::<Doc>::new("g");
    let node = graph.node("node", note);
    let nested = graph.node("nested", Subgraph::new(inner, Doc::clone, |_| Doc::update()));
    graph.start(node).start(nested).end(node).end(nested);
    let graph = graph.compile().unwrap();
    let caller = Caller::new(&graph, "r", ());
    let mut position = plan::begin(&graph, Doc::default());
    let done = Record::TaskDone { task: 0, update: Doc::update(), goto: None };
    plan::fold(&graph, &mut position, done).unwrap();
    let error = caller.call(&position, 1).await.unwrap_err();
    assert!(matches!(error, CallError::Subgraph { node } if node == "nested"));
    let mut picture = Vec::new();
    for task in [0, 1, 2] {
        picture.push(caller.call(&position, task).await.unwrap_err().to_string());
    }
    expect![[r#"
        the superstep has no open task in place 0
        `nested` is a subgraph, which needs a driver of its own
        the superstep has no open task in place 2"#]]
    .assert_eq(&picture.join("\n"));
}
