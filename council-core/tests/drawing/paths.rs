//! The path of a run over its drawing.

use council_core::{
    Command, Detail, Drawing, Event, Graph, Limits, NodeId, Outcome, RunPath, State, StateGraph, Subgraph,
};
use expect_test::{Expect, expect};

use super::{Doc, council, everything, fail, pass, polish, turn, work};

/// What was counted, line by line: visits of nodes, and edges that were surely taken.
fn counts(drawing: &Drawing) -> String {
    let mut lines = Vec::new();
    list(drawing, "", &mut lines);
    lines.join("\n") + "\n"
}

fn list(drawing: &Drawing, indent: &str, lines: &mut Vec<String>) {
    for shape in drawing.nodes.iter().filter(|shape| shape.visits > Some(0)) {
        let tasks = shape.tasks.map(|tasks| format!(", {tasks} tasks")).unwrap_or_default();
        lines.push(format!("{indent}{}: {}{tasks}", shape.id, shape.visits.unwrap()));
        if let Some(inner) = &shape.inner {
            list(inner, &format!("{indent}    "), lines);
        }
    }
    for link in drawing.edges.iter().filter(|link| link.taken > Some(0)) {
        let label = link.label.as_ref().map(|label| format!(" ({label})")).unwrap_or_default();
        lines.push(format!("{indent}{} -> {}{label}: {}", link.source, link.target, link.taken.unwrap()));
    }
}

async fn path_of(graph: &Graph<Doc>, input: Doc) -> Drawing {
    let path = RunPath::new(graph.drawing());
    graph.run(input).observe_in(Detail::TASKS, path.observer()).await.unwrap();
    path.drawing()
}

async fn check(graph: StateGraph<Doc>, input: Doc, picture: Expect) {
    let graph = graph.compile().unwrap();
    picture.assert_eq(&counts(&path_of(&graph, input).await));
}

fn items(items: impl IntoIterator<Item = u32>) -> Doc {
    Doc { items: items.into_iter().collect(), ..Doc::default() }
}

#[tokio::test]
async fn a_loop_is_counted_and_drawn() {
    let drawing = path_of(&council().compile().unwrap(), Doc::default()).await;
    expect![[r#"
        __start__: 1
        master: 3
        critic: 3
        left "quoted" <b>: 1
        right #1: 1
        writer: 1
        __end__: 1
        __start__ -> master: 1
        master -> critic: 3
        critic -> master (score < 8): 2
        critic -> left "quoted" <b> (score >= 8): 1
        left "quoted" <b> -> right #1: 1
        left "quoted" <b> -> __join__:0: 1
        right #1 -> __join__:0: 1
        writer -> __end__: 1
        __join__:0 -> writer: 1
    "#]]
    .assert_eq(&counts(&drawing));
    expect![[r#"
        flowchart TD
          n0(["start"])
          n1["master<br>3 visits"]
          n2["critic<br>3 visits"]
          n3["left #quot;quoted#quot; #lt;b#gt;<br>1 visit"]
          n4["right #35;1<br>1 visit"]
          n5["writer<br>1 visit"]
          n6(("all"))
          n7(["end"])
          n0 --> n1
          n1 -->|"3 times"| n2
          n1 --x|"after 5 visits"| n5
          n2 -.->|"score #lt; 8, 2 times"| n1
          n2 -.->|"score #gt;= 8"| n3
          n2 -.->|"hopeless"| n7
          n3 --> n4
          n3 --> n6
          n4 --> n6
          n5 --> n7
          n6 --> n5
          linkStyle 2 opacity:0.4
          linkStyle 0,1,3,4,6,7,8,9,10 stroke-width:3px
    "#]]
    .assert_eq(&drawing.mermaid());
    expect![[r##"
        digraph "council" {
          compound=true
          node [shape=box, fontname="sans-serif"]
          edge [fontname="sans-serif"]
          graph [fontname="sans-serif"]
          n0 [label="start", shape=oval]
          n1 [label="master\n3 visits"]
          n2 [label="critic\n3 visits"]
          n3 [label="left \"quoted\" <b>\n1 visit"]
          n4 [label="right #1\n1 visit"]
          n5 [label="writer\n1 visit"]
          n6 [label="all", shape=circle, margin=0]
          n7 [label="end", shape=oval]
          n0 -> n1 [penwidth=3]
          n1 -> n2 [label=" 3 times ", penwidth=3]
          n1 -> n5 [label=" after 5 visits ", arrowhead=tee, color="#b0b0b0", fontcolor="#b0b0b0"]
          n2 -> n1 [label=" score < 8, 2 times ", style=dashed, penwidth=3]
          n2 -> n3 [label=" score >= 8 ", style=dashed, penwidth=3]
          n2 -> n7 [label=" hopeless ", style=dashed]
          n3 -> n4 [penwidth=3]
          n3 -> n6 [penwidth=3]
          n4 -> n6 [penwidth=3]
          n5 -> n7 [penwidth=3]
          n6 -> n5 [penwidth=3]
        }
    "##]]
    .assert_eq(&drawing.dot());
}

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

/// Where valves send the run away from, nothing leads: `turn` leads to `over` only while the guard is shut, and to `late` only
/// while that has visits left.
#[tokio::test]
async fn an_opened_valve_is_what_counts() {
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
async fn one_of_every_kind_is_counted() {
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
async fn one_of_every_kind_is_drawn() {
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

#[tokio::test]
async fn a_worker_without_items_may_have_led_on() {
    let mut graph = StateGraph::<Doc>::new("maybe");
    let read = graph.node("read", pass);
    let other = graph.node("other", pass);
    let count = graph.worker("count", work);
    let sum = graph.node("sum", pass);
    let after = graph.node("after", pass);
    graph.start(read).edge(read, other).edge(count, sum).edge(sum, after).end(after);
    graph.fan_out(read, count, |doc| doc.items.clone());
    graph.route(other, [sum, NodeId::END], |_, [_, end]| end);
    // The worker led to `sum`, which nothing tells; the route may have.
    check(
        graph,
        Doc::default(),
        expect![[r#"
        __start__: 1
        read: 1
        other: 1
        sum: 1
        after: 1
        __end__: 1
        __start__ -> read: 1
        read -> other: 1
        sum -> after: 1
        after -> __end__: 1
    "#]],
    )
    .await;
}

#[tokio::test]
async fn only_what_is_certain_is_counted() {
    let mut graph = StateGraph::<Doc>::new("doubt");
    let one = graph.node("one", pass);
    let two = graph.node("two", pass);
    let three = graph.node("three", pass);
    let four = graph.node("four", pass);
    graph.start(one).start(two);
    // Either route may have led to `three`, and both did not: nobody can say from what ran.
    graph.route(one, [three, four], |_, [three, _]| three);
    graph.route(two, [three, four], |_, [_, four]| four);
    graph.end(three).end(four);
    check(
        graph,
        Doc::default(),
        expect![[r#"
        __start__: 1
        one: 1
        two: 1
        three: 1
        four: 1
        __end__: 1
        __start__ -> one: 1
        __start__ -> two: 1
        three -> __end__: 1
        four -> __end__: 1
    "#]],
    )
    .await;
}

#[tokio::test]
async fn a_join_beside_an_edge() {
    let mut graph = StateGraph::<Doc>::new("join");
    let one = graph.node("one", pass);
    let two = graph.node("two", pass);
    let later = graph.node("later", pass);
    let sum = graph.node("sum", pass);
    graph.start(one).start(two).edge(two, later).edge(one, sum);
    graph.join([one, two], sum).join([sum, later], later).end(sum).end(later);
    check(
        graph,
        Doc::default(),
        expect![[r#"
        __start__: 1
        one: 1
        two: 1
        later: 2
        sum: 1
        __end__: 1
        __start__ -> one: 1
        __start__ -> two: 1
        one -> sum: 1
        one -> __join__:0: 1
        two -> later: 1
        two -> __join__:0: 1
        later -> __end__: 2
        later -> __join__:1: 2
        sum -> __end__: 1
        sum -> __join__:1: 1
        __join__:0 -> sum: 1
        __join__:1 -> later: 1
    "#]],
    )
    .await;
}

#[tokio::test]
async fn a_deferred_node_and_the_end() {
    let mut graph = StateGraph::<Doc>::new("deferred");
    let fork = graph.node("fork", pass);
    let short = graph.node("short", pass);
    let long = graph.node("long", turn);
    let last = graph.node("last", pass);
    graph.start(fork).edge(fork, short).edge(fork, long).edge(short, last).defer(last).end(last);
    graph.route(long, [long, last], |doc, [long, last]| if doc.round < 3 { long } else { last });
    check(
        graph,
        Doc::default(),
        expect![[r#"
        __start__: 1
        fork: 1
        short: 1
        long: 3
        last: 1
        __end__: 1
        __start__ -> fork: 1
        fork -> short: 1
        fork -> long: 1
        short -> last: 1
        long -> long: 2
        last -> __end__: 1
    "#]],
    )
    .await;
}

#[tokio::test]
async fn an_error_handler_sends_the_run_elsewhere() {
    let mut graph = StateGraph::<Doc>::new("errors");
    let risky = graph.node("risky", fail);
    let mild = graph.node("mild", fail);
    let rescue = graph.node("rescue", pass);
    let after = graph.node("after", pass);
    graph.start(risky).start(mild).edge(risky, after).edge(mild, after).end(after).end(rescue);
    graph.on_error(risky, [rescue], |_, _, [rescue]| Some(Command::goto(rescue)));
    graph.on_error(mild, [rescue], |_, _, _| Some(Command::update(Doc::update())));
    check(
        graph,
        Doc::default(),
        expect![[r#"
        __start__: 1
        risky: 1
        mild: 1
        rescue: 1
        after: 1
        __end__: 1
        __start__ -> risky: 1
        __start__ -> mild: 1
        rescue -> __end__: 1
        after -> __end__: 1
    "#]],
    )
    .await;
}

#[tokio::test]
async fn a_run_that_goes_on_is_one_path() {
    let graph = council().compile().unwrap();
    let (whole, parts) = (path_of(&graph, Doc::default()).await, RunPath::new(graph.drawing()));
    let limits = |supersteps| Limits { supersteps, ..Limits::default() };
    let mut outcome = graph.run(Doc::default()).limits(limits(1)).observe(parts.observer()).await.unwrap();
    for supersteps in 2.. {
        let Outcome::Stopped { position, .. } = outcome else { break };
        outcome = graph.resume(position).limits(limits(supersteps)).observe(parts.observer()).await.unwrap();
    }
    assert_eq!(parts.drawing(), whole);
}

/// A path that begins in the middle counts what it sees, and no edge that it has to guess.
#[tokio::test]
async fn a_path_that_begins_in_the_middle() {
    let graph = council().compile().unwrap();
    let limits = Limits { supersteps: 4, ..Limits::default() };
    let outcome = graph.run(Doc::default()).limits(limits).await.unwrap();
    let Outcome::Stopped { position, .. } = outcome else { panic!("it has more than four supersteps") };
    let path = RunPath::new(graph.drawing());
    graph.resume(position).observe(path.observer()).await.unwrap();
    expect![[r#"
        master: 1
        critic: 1
        left "quoted" <b>: 1
        right #1: 1
        writer: 1
        __end__: 1
        master -> critic: 1
        critic -> left "quoted" <b> (score >= 8): 1
        left "quoted" <b> -> right #1: 1
        left "quoted" <b> -> __join__:0: 1
        right #1 -> __join__:0: 1
        writer -> __end__: 1
        __join__:0 -> writer: 1
    "#]]
    .assert_eq(&counts(&path.drawing()));
}

#[tokio::test]
async fn a_failure_inside_a_subgraph_that_is_mended() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    let failures = Arc::new(AtomicU32::new(1));
    let mut inner = StateGraph::<Doc>::new("inner");
    let first = inner.node("first", pass);
    let flaky = council_core::node!(inner, "flaky", async move |_| {
        match failures.fetch_sub(1, Ordering::Relaxed) {
            1 => Err("not yet".into()),
            _ => Ok(Doc::update()),
        }
    });
    inner.start(first).edge(first, flaky).end(flaky);
    let mut graph = StateGraph::<Doc>::new("outer");
    let inner = Subgraph::new(inner.compile().unwrap(), Doc::clone, |_| Doc::update());
    let inner = graph.node("inside", inner);
    graph.start(inner).end(inner);
    let graph = graph.compile().unwrap();
    let path = RunPath::new(graph.drawing());
    let error = graph.run(Doc::default()).observe(path.observer()).await.unwrap_err();
    let failed = path.drawing();
    assert_eq!(failed.edges[1].taken, Some(0), "it has not left the subgraph");
    graph.resume(error.into_position()).observe(path.observer()).await.unwrap();
    expect![[r#"
        __start__: 1
        inside: 1
            __start__: 1
            first: 1
            flaky: 1
            __start__ -> first: 1
            first -> flaky: 1
        __end__: 1
        __start__ -> inside: 1
        inside -> __end__: 1
    "#]]
    .assert_eq(&counts(&path.drawing()));
}

#[tokio::test]
async fn several_runs_add_up_and_closed_subgraphs_stay_closed() {
    let graph = everything();
    let path = RunPath::new(graph.drawing().closed());
    for _ in 0..2 {
        graph.run(items([1])).observe(path.observer()).await.unwrap();
    }
    let drawing = path.drawing();
    assert!(drawing.nodes.iter().all(|shape| shape.inner.is_none()));
    assert_eq!(drawing.nodes[1].visits, Some(2));
}

/// A stream of events can be watched, too.
#[tokio::test]
async fn from_a_stream() {
    let graph = polish();
    let path = RunPath::new(graph.drawing());
    let see = path.observer();
    let mut run = graph.run(Doc::default()).start();
    while let Some(event) = run.next().await {
        let event: Event<Doc> = event;
        see(&event);
    }
    assert_eq!(path.drawing(), path_of(&graph, Doc::default()).await);
}
