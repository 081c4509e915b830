//! The path of a run in its drawing.

use council_core::{Detail, Drawing, Event, Graph, Limits, Outcome, RunPath, State, StateGraph, Subgraph, plan};
use expect_test::{Expect, expect};

use super::{Doc, council, everything, fail, pass, polish, work};

/// The counts, one a line: visits of nodes, and edges that were certainly taken.
pub(super) fn counts(drawing: &Drawing) -> String {
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

pub(super) async fn path_of(graph: &Graph<Doc>, input: Doc) -> Drawing {
    let path = RunPath::new(graph.drawing());
    graph.run(input).observe_in(Detail::TASKS, path.observer()).await.unwrap();
    path.drawing()
}

pub(super) async fn check(graph: StateGraph<Doc>, input: Doc, picture: Expect) {
    let graph = graph.compile().unwrap();
    picture.assert_eq(&counts(&path_of(&graph, input).await));
}

pub(super) fn items(items: impl IntoIterator<Item = u32>) -> Doc {
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
async fn a_resumed_run_is_one_path() {
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

/// The path counts the nodes that it sees, and no edge that is uncertain.
#[tokio::test]
async fn a_path_that_begins_in_the_middle() {
    let graph = council().compile().unwrap();
    let limits = Limits { supersteps: 4, ..Limits::default() };
    let outcome = graph.run(Doc::default()).limits(limits).await.unwrap();
    let Outcome::Stopped { position, .. } = outcome else {
        panic!("the run ended before the limit of four supersteps")
    };
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
async fn a_failure_in_a_subgraph_that_a_resumed_run_repairs() {
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
    assert_eq!(failed.edges[1].taken, Some(0), "the path has not left the subgraph");
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

/// A node whose result is the update of a person is on the path, whether it has begun before or not.
#[tokio::test]
async fn an_edit_in_the_place_of_a_node_is_a_visit() {
    let mut inner = StateGraph::<Doc>::new("inner");
    let (first, second) = (inner.node("first", pass), inner.node("second", pass));
    inner.start(first).edge(first, second).end(second);
    let mut graph = StateGraph::<Doc>::new("outer");
    let (plan, broken) = (graph.node("plan", pass), graph.node("broken", fail));
    let inner = Subgraph::new(inner.compile().unwrap(), Doc::clone, |_| Doc::update());
    let (inside, each) = (graph.node("inside", inner), graph.worker("each", work));
    let last = graph.node("last", pass);
    graph.start(plan).edge(plan, broken).edge(broken, inside).fan_out(inside, each, |_| [1, 2]).edge(each, last);
    graph.end(last);
    let graph = graph.compile().unwrap();
    let path = RunPath::new(graph.drawing());
    let go_on = async |position| {
        let run = graph.resume(position).pause_before(["plan", "inside/second", "each"]);
        match run.observe_in(Detail::TASKS, path.observer()).await {
            Ok(outcome) => outcome.finished().map_err(|unfinished| unfinished.position),
            Err(error) => Err(Box::new(error.into_position())),
        }
    };
    let mut position = go_on(plan::begin(&graph, Doc::default())).await.unwrap_err();
    for (node, item) in [("plan", None), ("broken", None), ("inside", None), ("each", Some(1))] {
        match item {
            None => graph.edit_instead_of(&mut position, node, "me", Doc::update()).unwrap(),
            Some(item) => graph.edit_instead_of_item(&mut position, node, item, "me", Doc::update()).unwrap(),
        }
        match go_on(*position).await {
            Ok(_) => break,
            Err(waits) => position = waits,
        }
    }
    expect![[r#"
        __start__: 1
        plan: 1
        broken: 1
        inside: 1
            __start__: 1
            first: 1
            __start__ -> first: 1
        each: 1, 2 tasks
        last: 1
        __end__: 1
        __start__ -> plan: 1
        plan -> broken: 1
        broken -> inside: 1
        inside -> each (each item): 1
        each -> last: 1
        last -> __end__: 1
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
async fn a_path_can_be_built_from_a_stream_of_events() {
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
