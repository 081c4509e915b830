//! Drawings of a graph that contains every kind of node and edge.

use expect_test::expect;

use super::everything;

#[test]
fn every_kind_as_mermaid() {
    expect![[r#"
        flowchart TD
          n0(["start"])
          n1["read"]
          n2[/"count<br>4 at once, cached"/]
          subgraph n3["each, once for each item"]
            direction TB
            n3_0(["start"])
            n3_1["draft"]
            n3_2{"check"}
            n3_3(["end"])
            n3_0 --> n3_1
            n3_1 --> n3_2
            n3_2 -.->|"again"| n3_1
            n3_2 -.->|"good enough"| n3_3
          end
          subgraph n4["deep"]
            direction TB
            n4_0(["start"])
            subgraph n4_1["polish"]
              direction TB
              n4_1_0(["start"])
              n4_1_1["draft"]
              n4_1_2{"check"}
              n4_1_3(["end"])
              n4_1_0 --> n4_1_1
              n4_1_1 --> n4_1_2
              n4_1_2 -.->|"again"| n4_1_1
              n4_1_2 -.->|"good enough"| n4_1_3
            end
            n4_2(["end"])
            n4_0 --> n4_1
            n4_1 --> n4_2
          end
          n5["risky<br>up to 3 attempts, timeout 30s"]
          n6["rescue"]
          n7["one"]
          n8["two"]
          n9["last<br>when all else is done"]
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
    "#]]
    .assert_eq(&everything().mermaid());
}

#[test]
fn every_kind_as_dot() {
    expect![[r#"
        digraph "everything" {
          compound=true
          node [shape=box, fontname="sans-serif"]
          edge [fontname="sans-serif"]
          graph [fontname="sans-serif"]
          n0 [label="start", shape=oval]
          n1 [label="read"]
          n2 [label="count\n4 at once, cached", shape=parallelogram]
          subgraph "cluster_n3" {
            graph [label="each, once for each item", style="rounded"]
            n3_0 [label="start", shape=oval]
            n3_1 [label="draft"]
            n3_2 [label="check", shape=diamond]
            n3_3 [label="end", shape=oval]
            n3_0 -> n3_1
            n3_1 -> n3_2
            n3_2 -> n3_1 [label=" again ", style=dashed]
            n3_2 -> n3_3 [label=" good enough ", style=dashed]
          }
          subgraph "cluster_n4" {
            graph [label="deep", style="rounded"]
            n4_0 [label="start", shape=oval]
            subgraph "cluster_n4_1" {
              graph [label="polish", style="rounded"]
              n4_1_0 [label="start", shape=oval]
              n4_1_1 [label="draft"]
              n4_1_2 [label="check", shape=diamond]
              n4_1_3 [label="end", shape=oval]
              n4_1_0 -> n4_1_1
              n4_1_1 -> n4_1_2
              n4_1_2 -> n4_1_1 [label=" again ", style=dashed]
              n4_1_2 -> n4_1_3 [label=" good enough ", style=dashed]
            }
            n4_2 [label="end", shape=oval]
            n4_0 -> n4_1_0 [lhead="cluster_n4_1"]
            n4_1_3 -> n4_2 [ltail="cluster_n4_1"]
          }
          n5 [label="risky\nup to 3 attempts, timeout 30s"]
          n6 [label="rescue"]
          n7 [label="one"]
          n8 [label="two"]
          n9 [label="last\nwhen all else is done", style=dashed]
          n10 [label="all", shape=circle, margin=0]
          n11 [label="all", shape=circle, margin=0]
          n12 [label="all", shape=circle, margin=0]
          n13 [label="budget", shape=hexagon]
          n14 [label="time", shape=hexagon]
          n15 [label="end", shape=oval]
          n0 -> n1
          n1 -> n4_0 [lhead="cluster_n4"]
          n1 -> n5
          n1 -> n2 [label=" each item ", style=dashed]
          n1 -> n3_0 [label=" each item ", style=dashed, lhead="cluster_n3"]
          n2 -> n10
          n3_3 -> n10 [ltail="cluster_n3"]
          n4_2 -> n10 [ltail="cluster_n4"]
          n4_2 -> n11 [ltail="cluster_n4"]
          n5 -> n6 [label=" on error ", arrowhead=tee]
          n5 -> n11
          n6 -> n8
          n7 -> n8
          n7 -> n12
          n8 -> n15
          n8 -> n12
          n9 -> n15
          n10 -> n7
          n11 -> n8
          n12 -> n9
          n13 -> n6 [style=dashed]
          n14 -> n15 [style=dashed]
        }
    "#]]
    .assert_eq(&everything().dot());
}

#[test]
fn every_kind_with_closed_subgraphs() {
    let closed = everything().drawing().closed();
    expect![[r#"
        flowchart TD
          n0(["start"])
          n1["read"]
          n2[/"count<br>4 at once, cached"/]
          n3[["each<br>once for each item"]]
          n4[["deep"]]
          n5["risky<br>up to 3 attempts, timeout 30s"]
          n6["rescue"]
          n7["one"]
          n8["two"]
          n9["last<br>when all else is done"]
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
    "#]]
    .assert_eq(&closed.mermaid());
    assert!(!closed.dot().contains("cluster"));
}

#[test]
fn every_kind_as_json() {
    let json = serde_json::to_value(everything().drawing()).unwrap();
    let nodes: Vec<_> = json["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| {
            let mut node = node.clone();
            if let Some(inner) = node.get_mut("inner") {
                *inner = inner["name"].clone();
            }
            node.to_string()
        })
        .collect();
    expect![[r#"
        {"id":"__start__","kind":"start","label":"start"}
        {"id":"read","kind":"node","label":"read"}
        {"id":"count","kind":"worker","label":"count","notes":["4 at once","cached"],"per_item":true}
        {"id":"each","inner":"polish","kind":"subgraph","label":"each","notes":["once for each item"],"per_item":true}
        {"id":"deep","inner":"inner","kind":"subgraph","label":"deep"}
        {"id":"risky","kind":"node","label":"risky","notes":["up to 3 attempts","timeout 30s"]}
        {"id":"rescue","kind":"node","label":"rescue"}
        {"id":"one","kind":"node","label":"one"}
        {"id":"two","kind":"node","label":"two"}
        {"deferred":true,"id":"last","kind":"node","label":"last"}
        {"id":"__join__:0","kind":"join","label":"all"}
        {"id":"__join__:1","kind":"join","label":"all"}
        {"id":"__join__:3","kind":"join","label":"all"}
        {"id":"__guard__:budget","kind":"guard","label":"budget"}
        {"id":"__guard__:time","kind":"guard","label":"time"}
        {"id":"__end__","kind":"end","label":"end"}"#]]
    .assert_eq(&nodes.join("\n"));
}
