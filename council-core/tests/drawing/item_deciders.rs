//! Drawings of item deciders, and the paths of their runs.

use council_core::{Goto, Graph, NodeId, State, StateGraph, item_decider};
use expect_test::expect;

use super::paths::{counts, items, path_of};
use super::{Doc, pass};

/// Items of 1 and more send the next smaller item; an item of 9 also calls the alarm.
fn counting_down() -> Graph<Doc> {
    let mut graph = StateGraph::<Doc>::new("counting down");
    let count = item_decider!(graph, "count", async |_, item: &u32| Ok((Doc::update(), *item)));
    let [alarm, last] = ["alarm", "last"].map(|name| graph.node(name, pass));
    graph.fan_out(NodeId::START, count, |doc| doc.items.clone()).edge(count, last).defer(last).end(alarm).end(last);
    graph
        .decide(count, (count, alarm), |item, (count, alarm)| match item {
            0 => Goto::nowhere(),
            9 => count.send([8]).and(alarm),
            item => count.send([item - 1]),
        })
        .labels(["counted down", "too high"]);
    graph.compile().unwrap()
}

#[tokio::test]
async fn an_item_decider_is_drawn_as_a_decider_that_runs_for_each_item() {
    let graph = counting_down();
    expect![[r#"
        flowchart TD
          n0(["start"])
          n1{"count<br>once for each item"}
          n2["alarm"]
          n3["last<br>when all else is done"]
          n4(["end"])
          n0 -.->|"each item"| n1
          n1 --> n3
          n1 -.->|"counted down"| n1
          n1 -.->|"too high"| n2
          n2 --> n4
          n3 --> n4
          classDef deferred stroke-dasharray:5 5
          class n3 deferred
    "#]]
    .assert_eq(&graph.mermaid());
    let drawing = path_of(&graph, items([1, 2])).await;
    expect![[r#"
        __start__: 1
        count: 3, 5 tasks
        last: 1
        __end__: 1
        __start__ -> count (each item): 1
        count -> last: 3
        count -> count (counted down): 2
        last -> __end__: 1
    "#]]
    .assert_eq(&counts(&drawing));
    expect![[r#"
        __start__: 1
        count: 10, 10 tasks
        alarm: 1
        last: 1
        __end__: 1
        __start__ -> count (each item): 1
        count -> last: 10
        count -> count (counted down): 9
        count -> alarm (too high): 1
        alarm -> __end__: 1
        last -> __end__: 1
    "#]]
    .assert_eq(&counts(&path_of(&graph, items([9])).await));
    expect![[r#"{"id":"count","label":"count","kind":"decider","per_item":true,"notes":["once for each item"],"visits":3,"tasks":5}"#]].assert_eq(&serde_json::to_string(&drawing.nodes[1]).unwrap());
}
