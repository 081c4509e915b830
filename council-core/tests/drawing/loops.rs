//! Drawings of a graph with a loop, a valve and a join.

use expect_test::expect;

use super::council;

#[test]
fn a_loop_with_a_valve_and_a_join_as_mermaid() {
    expect![[r#"
        flowchart TD
          n0(["start"])
          n1["master"]
          n2["critic"]
          n3["left #quot;quoted#quot; #lt;b#gt;"]
          n4["right #35;1"]
          n5["writer"]
          n6(("all"))
          n7(["end"])
          n0 --> n1
          n1 --> n2
          n1 --x|"after 5 visits"| n5
          n2 -.->|"score #lt; 8"| n1
          n2 -.->|"score #gt;= 8"| n3
          n2 -.->|"hopeless"| n7
          n3 --> n4
          n3 --> n6
          n4 --> n6
          n5 --> n7
          n6 --> n5
    "#]]
    .assert_eq(&council().compile().unwrap().mermaid());
}

#[test]
fn a_loop_with_a_valve_and_a_join_as_dot() {
    expect![[r#"
        digraph "council" {
          compound=true
          node [shape=box, fontname="sans-serif"]
          edge [fontname="sans-serif"]
          graph [fontname="sans-serif"]
          n0 [label="start", shape=oval]
          n1 [label="master"]
          n2 [label="critic"]
          n3 [label="left \"quoted\" <b>"]
          n4 [label="right #1"]
          n5 [label="writer"]
          n6 [label="all", shape=circle, margin=0]
          n7 [label="end", shape=oval]
          n0 -> n1
          n1 -> n2
          n1 -> n5 [label=" after 5 visits ", arrowhead=tee]
          n2 -> n1 [label=" score < 8 ", style=dashed]
          n2 -> n3 [label=" score >= 8 ", style=dashed]
          n2 -> n7 [label=" hopeless ", style=dashed]
          n3 -> n4
          n3 -> n6
          n4 -> n6
          n5 -> n7
          n6 -> n5
        }
    "#]]
    .assert_eq(&council().compile().unwrap().dot());
}

#[test]
fn a_loop_with_a_valve_and_a_join_as_json() {
    let json = serde_json::to_value(council().compile().unwrap().drawing()).unwrap();
    assert_eq!(json["name"], "council");
    assert_eq!(json["nodes"][0], serde_json::json!({"id": "__start__", "label": "start", "kind": "start"}));
    assert_eq!(json["nodes"][6], serde_json::json!({"id": "__join__:0", "label": "all", "kind": "join"}));
    assert_eq!(
        json["edges"][2],
        serde_json::json!({
            "source": "master", "target": "writer", "kind": "visit_limit", "label": "after 5 visits", "visit_limit": 5
        })
    );
    assert_eq!(
        json["edges"][3],
        serde_json::json!({"source": "critic", "target": "master", "kind": "route", "label": "score < 8"})
    );
    assert_eq!(json["edges"][10], serde_json::json!({"source": "__join__:0", "target": "writer", "kind": "join"}));
}
