//! The examples of how a run is watched.

use expect_test::expect;

use crate::support::run;

#[test]
fn events_reach_each_reader_in_its_detail() {
    expect![[r#"
        The stream of the run:
          superstep 1: read #1 started
          page: {"title":"Owls","bytes":4200}
          superstep 1: read #1 has done 1 of 2
          page: {"title":"Bridges","bytes":1100}
          superstep 1: read #1 has done 2 of 2
          read returned ReportUpdate
          superstep 2: write #1 started
          write returned ReportUpdate(text, words)
          superstep 3: sign #1 started
          sign returned ReportUpdate(text)
          finished after 3 supersteps

        The state after each superstep:
          1: 0 words, ""
          2: 12 words, "Owls sleep under bridges while the town above them is wide awake"
          3: 12 words, "Owls sleep under bridges while the town above them is wide awake. Yours, the desk"

        A reader that starts after the end:
          number 9: superstep 2: write #1 wrote "Owls "
          number 10: superstep 2: write #1 wrote "sleep "
          number 11: superstep 2: write #1 wrote "under "
          number 25: 9 events lost
          number 26: finished after 3 supersteps

        The observer was called for 26 events of run `monday`.
        The run waited for no reader: Owls sleep under bridges while the town above them is wide awake. Yours, the desk.
    "#]]
    .assert_eq(&run("events", &[]));
}

#[test]
fn spans_say_where_a_line_was_said() {
    expect![[r#"
        run{run="r-1" graph="month end"}:node{node="pay" superstep=1 visit=1 attempt=1}:run{run="r-1" graph="payment" path=pay}:node{node="charge" superstep=1 visit=1 attempt=1}: the bank is busy
        run{run="r-1" graph="month end"}:node{node="pay" superstep=1 visit=1 attempt=1}:run{run="r-1" graph="payment" path=pay}:node{node="charge" superstep=1 visit=1 attempt=2}: charged customer="Ada"
        run{run="r-1" graph="month end"}:node{node="mail" superstep=2 visit=1 attempt=1}: the receipt is out
    "#]].assert_eq(&run("spans", &[]));
}

#[test]
fn drawing_opens_subgraphs_and_counts_visits() {
    expect![[r#"
        flowchart TD
          n0(["start"])
          n1["plan<br>1 visit"]
          subgraph n2["chapter, once for each item, 1 visit, 2 tasks"]
            direction TB
            n2_0(["start"])
            n2_1["write<br>4 visits"]
            n2_2(["end"])
            n2_0 -->|"2 times"| n2_1
            n2_1 -.->|"too short, 2 times"| n2_1
            n2_1 -.->|"long enough, 2 times"| n2_2
          end
          n3["cover<br>1 visit"]
          n4["review<br>2 visits"]
          n5["print<br>1 visit"]
          n6(("all"))
          n7{{"thick"}}
          n8(["end"])
          n0 --> n1
          n1 --> n3
          n1 -.->|"each item"| n2
          n2 --> n6
          n3 --> n6
          n4 -.->|"once more"| n4
          n4 -.->|"good"| n5
          n4 --x|"after 5 visits"| n5
          n5 --> n8
          n6 --> n4
          n7 -.-> n5
          classDef faint opacity:0.4
          class n7 faint
          linkStyle 10,13 opacity:0.4
          linkStyle 0,1,2,3,4,5,6,7,8,9,11,12 stroke-width:3px
    "#]]
    .assert_eq(&run("drawing", &["--path"]));
    expect![[r#"
        digraph "book" {
          compound=true
          node [shape=box, fontname="sans-serif"]
          edge [fontname="sans-serif"]
          graph [fontname="sans-serif"]
          n0 [label="start", shape=oval]
          n1 [label="plan"]
          n2 [label="chapter\nonce for each item", shape=box3d]
          n3 [label="cover"]
          n4 [label="review"]
          n5 [label="print"]
          n6 [label="all", shape=circle, margin=0]
          n7 [label="thick", shape=hexagon]
          n8 [label="end", shape=oval]
          n0 -> n1
          n1 -> n3
          n1 -> n2 [label=" each item ", style=dashed]
          n2 -> n6
          n3 -> n6
          n4 -> n4 [label=" once more ", style=dashed]
          n4 -> n5 [label=" good ", style=dashed]
          n4 -> n5 [label=" after 5 visits ", arrowhead=tee]
          n5 -> n8
          n6 -> n4
          n7 -> n5 [style=dashed]
        }
    "#]]
    .assert_eq(&run("drawing", &["--closed", "--dot"]));
}
