//! The path of a run through nodes and valves of every kind.

use council_core::{NodeId, StateGraph};
use expect_test::expect;

use super::paths::{check, counts, items, path_of};
use super::{Doc, everything, pass, turn};

#[tokio::test]
async fn an_opened_valve_is_marked() {
    let mut graph = StateGraph::<Doc>::new("valves");
    let again = graph.node("again", turn);
    let late = graph.node("late", turn);
    let over = graph.node("over", pass);
    graph.start(again).edge(again, again).visit_limit(again, 3, late);
    graph.edge(late, late).guard("patience", |doc| doc.round >= 5, over).guard("never", |_| false, over).end(over);
    let drawing = path_of(&graph.compile().unwrap(), Doc::default()).await;
    expect![[r#"
        __start__: 1
        again: 3
        late: 2
        over: 1
        __guard__:patience: 1
        __end__: 1
        __start__ -> again: 1
        again -> again: 2
        again -> late (after 3 visits): 1
        late -> late: 1
        over -> __end__: 1
        __guard__:patience -> over: 1
    "#]]
    .assert_eq(&counts(&drawing));
    expect![[r#"
        flowchart TD
          n0(["start"])
          n1["again<br>3 visits"]
          n2["late<br>2 visits"]
          n3["over<br>1 visit"]
          n4{{"patience<br>opened"}}
          n5{{"never"}}
          n6(["end"])
          n0 --> n1
          n1 -->|"2 times"| n1
          n1 --x|"after 3 visits, opened"| n2
          n2 --> n2
          n3 --> n6
          n4 -.-> n3
          n5 -.-> n3
          classDef faint opacity:0.4
          class n5 faint
          classDef opened stroke:#c00,stroke-width:3px
          class n4 opened
          linkStyle 6 opacity:0.4
          linkStyle 2,5 stroke:#c00,stroke-width:3px
          linkStyle 0,1,3,4 stroke-width:3px
    "#]]
    .assert_eq(&drawing.mermaid());
    expect![[r##"
        digraph "valves" {
          compound=true
          node [shape=box, fontname="sans-serif"]
          edge [fontname="sans-serif"]
          graph [fontname="sans-serif"]
          n0 [label="start", shape=oval]
          n1 [label="again\n3 visits"]
          n2 [label="late\n2 visits"]
          n3 [label="over\n1 visit"]
          n4 [label="patience\nopened", shape=hexagon, color="#c00000", penwidth=3]
          n5 [label="never", shape=hexagon, color="#b0b0b0", fontcolor="#b0b0b0"]
          n6 [label="end", shape=oval]
          n0 -> n1 [penwidth=3]
          n1 -> n1 [label=" 2 times ", penwidth=3]
          n1 -> n2 [label=" after 3 visits, opened ", arrowhead=tee, color="#c00000", penwidth=3]
          n2 -> n2 [penwidth=3]
          n3 -> n6 [penwidth=3]
          n4 -> n3 [style=dashed, color="#c00000", penwidth=3]
          n5 -> n3 [style=dashed, color="#b0b0b0", fontcolor="#b0b0b0"]
        }
    "##]]
    .assert_eq(&drawing.dot());
}

/// An edge to a node behind an open valve is not taken: `turn` leads to `over` only while the guard is shut, and to `late` only
/// while `late` has visits left.
#[tokio::test]
async fn an_edge_is_counted_only_if_no_valve_is_open() {
    let mut graph = StateGraph::<Doc>::new("instead");
    let turn = graph.node("turn", turn);
    let over = graph.node("over", pass);
    let late = graph.node("late", pass);
    let spare = graph.node("spare", pass);
    graph.start(turn).edge(turn, over).edge(turn, late).edge(late, turn).end(over).end(spare);
    graph.defer(late).visit_limit(late, 1, spare);
    graph.guard("twice", |doc| doc.round == 3, over);
    graph.route(spare, [turn, NodeId::END], |doc, [turn, end]| if doc.round < 3 { turn } else { end });
    check(
        graph,
        Doc::default(),
        expect![[r#"
        __start__: 1
        turn: 3
        over: 3
        late: 1
        spare: 1
        __guard__:twice: 1
        __end__: 1
        __start__ -> turn: 1
        turn -> over: 2
        turn -> late: 1
        over -> __end__: 3
        late -> turn: 1
        late -> spare (after 1 visit): 1
        spare -> __end__: 1
        spare -> turn: 1
        __guard__:twice -> over: 1
    "#]],
    )
    .await;
}

#[tokio::test]
async fn every_kind_is_counted() {
    let drawing = path_of(&everything(), items([0, 1, 5])).await;
    expect![[r#"
        __start__: 1
        read: 1
        count: 1, 3 tasks
        each: 1, 3 tasks
            __start__: 3
            draft: 4
            check: 4
            __end__: 3
            __start__ -> draft: 3
            draft -> check: 4
            check -> draft (again): 1
            check -> __end__ (good enough): 3
        deep: 1
            __start__: 1
            polish: 1
                __start__: 1
                draft: 2
                check: 2
                __end__: 1
                __start__ -> draft: 1
                draft -> check: 2
                check -> draft (again): 1
                check -> __end__ (good enough): 1
            __end__: 1
            __start__ -> polish: 1
            polish -> __end__: 1
        risky: 1
        rescue: 1
        one: 1
        two: 1
        last: 1
        __end__: 1
        __start__ -> read: 1
        read -> deep: 1
        read -> risky: 1
        read -> count (each item): 1
        read -> each (each item): 1
        count -> __join__:0: 1
        each -> __join__:0: 1
        deep -> __join__:0: 1
        deep -> __join__:1: 1
        risky -> rescue (on error): 1
        rescue -> two: 1
        one -> two: 1
        one -> __join__:3: 1
        two -> __end__: 1
        two -> __join__:3: 1
        last -> __end__: 1
        __join__:0 -> one: 1
        __join__:3 -> last: 1
    "#]]
    .assert_eq(&counts(&drawing));
}

#[tokio::test]
async fn every_kind_is_drawn() {
    let drawing = path_of(&everything(), items([0, 1, 5])).await;
    expect![[r#"
        flowchart TD
          n0(["start"])
          n1["read<br>1 visit"]
          n2[/"count<br>4 at once, cached<br>1 visit, 3 tasks"/]
          subgraph n3["each, once for each item, 1 visit, 3 tasks"]
            direction TB
            n3_0(["start"])
            n3_1["draft<br>4 visits"]
            n3_2{"check<br>4 visits"}
            n3_3(["end"])
            n3_0 -->|"3 times"| n3_1
            n3_1 -->|"4 times"| n3_2
            n3_2 -.->|"again"| n3_1
            n3_2 -.->|"good enough, 3 times"| n3_3
          end
          subgraph n4["deep, 1 visit"]
            direction TB
            n4_0(["start"])
            subgraph n4_1["polish, 1 visit"]
              direction TB
              n4_1_0(["start"])
              n4_1_1["draft<br>2 visits"]
              n4_1_2{"check<br>2 visits"}
              n4_1_3(["end"])
              n4_1_0 --> n4_1_1
              n4_1_1 -->|"2 times"| n4_1_2
              n4_1_2 -.->|"again"| n4_1_1
              n4_1_2 -.->|"good enough"| n4_1_3
            end
            n4_2(["end"])
            n4_0 --> n4_1
            n4_1 --> n4_2
          end
          n5["risky<br>up to 3 attempts, timeout 30s<br>1 visit"]
          n6["rescue<br>1 visit"]
          n7["one<br>1 visit"]
          n8["two<br>1 visit"]
          n9["last<br>when all else is done<br>1 visit"]
          n10(("all"))
          n11(("all"))
          n12(("all"))
          n13{{"budget"}}
          n14{{"time"}}
          n15(["end"])
          n0 --> n1
          n1 --> n4
          n1 --> n5
          n1 -.->|"each item"| n2
          n1 -.->|"each item"| n3
          n2 --> n10
          n3 --> n10
          n4 --> n10
          n4 --> n11
          n5 --x|"on error"| n6
          n5 --> n11
          n6 --> n8
          n7 --> n8
          n7 --> n12
          n8 --> n15
          n8 --> n12
          n9 --> n15
          n10 --> n7
          n11 --> n8
          n12 --> n9
          n13 -.-> n6
          n14 -.-> n15
          classDef deferred stroke-dasharray:5 5
          class n9 deferred
          classDef faint opacity:0.4
          class n13,n14 faint
          linkStyle 30,31 opacity:0.4
          linkStyle 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,21,22,23,24,25,26,27,29 stroke-width:3px
    "#]]
    .assert_eq(&drawing.mermaid());
}
