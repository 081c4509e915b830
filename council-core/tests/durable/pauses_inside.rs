//! Runs that pause before and after nodes inside subgraphs.

use std::sync::{Arc, Mutex};

use council_core::journal::{Journal, Memory, ReadFrom};
use council_core::{
    EventKind, Graph, Limits, NodeId, NodePath, Outcome, Position, RunBuilder, State, StateGraph, Subgraph, Worker,
    error_chain,
};
use expect_test::expect;

use crate::{Doc, Lab, check, note, paused};

/// `plan -> letter -> last`; `letter` runs `sign -> seal -> send`, once for the run or once for each item.
struct Letters {
    graph: Graph<Doc>,
    plan: NodeId<Doc>,
    one: NodeId<Doc>,
    each: Worker<Doc, u32>,
    sign: NodeId<Doc>,
    seal: NodeId<Doc>,
    send: NodeId<Doc>,
}

fn letters(lab: &Lab) -> Letters {
    let mut inner = StateGraph::<Doc>::new("inner");
    let [sign, seal, send] = ["sign", "seal", "send"].map(|name| note(&mut inner, name, lab));
    inner.start(sign).edge(sign, seal).edge(seal, send).end(send);
    let inner = inner.compile().unwrap();
    let output = |doc: Doc| Doc::update().notes(format!("{}({})", doc.text, doc.notes.join(" ")));
    let input = |_: &Doc, item: &u32| Doc { text: item.to_string(), ..Doc::default() };
    let mut graph = StateGraph::<Doc>::new("outer");
    let plan = note(&mut graph, "plan", lab);
    let one = graph.node("one", Subgraph::new(inner.clone(), |_| Doc::default(), output).stored());
    let each = graph.worker("each", Subgraph::per_item(inner, input, output).stored());
    let last = note(&mut graph, "last", lab);
    graph.start(plan).edge(plan, one).edge(one, last).end(last).store_items(each);
    graph.fan_out(one, each, |_| [7, 8]).end(each);
    Letters { graph: graph.compile().unwrap(), plan, one, each, sign, seal, send }
}

/// Where the run waits.
fn places(position: &Position<Doc>) -> String {
    position.open_paths().iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// Runs to the end, with the pauses in each leg. Every leg loads the run again. Returns the nodes that ran in each leg, with the places
/// at which the leg waited.
async fn legs(pauses: impl Fn(&Letters, RunBuilder<Doc>) -> RunBuilder<Doc>) -> Vec<String> {
    let (lab, journal) = (Lab::default(), Memory::default());
    let letters = letters(&lab);
    let run = letters.graph.run(Doc::default()).id("r").journal(journal.clone());
    let (mut outcome, mut legs) = (pauses(&letters, run).await.unwrap(), Vec::new());
    while let Outcome::Paused { position } = &outcome {
        legs.push(format!("{} | {}", lab.take(), places(position)));
        let letters = self::letters(&lab);
        let loaded = letters.graph.load(&journal, "r").await.unwrap();
        assert_eq!((loaded.is_paused(), places(&loaded)), (true, places(position)));
        assert_eq!(letters.graph.snapshot(&loaded).unwrap(), letters.graph.snapshot(position).unwrap());
        outcome = pauses(&letters, letters.graph.resume(loaded).journal(journal.clone())).await.unwrap();
    }
    assert_eq!(outcome.state().notes, ["plan", "(sign seal send)", "7(sign seal send)", "8(sign seal send)", "last"]);
    legs.push(lab.take());
    legs
}

#[tokio::test]
async fn a_run_pauses_before_and_after_a_node_inside_a_subgraph() {
    let ran = legs(|at, run| run.pause_before([at.one.inner(at.sign), at.one.inner(at.send)])).await;
    expect![[r#"
        plan | one/sign
        sign, seal | one/send
        send, sign, seal, send, sign, seal, send, last"#]]
    .assert_eq(&ran.join("\n"));
    let ran = legs(|at, run| run.pause_after([at.one.inner(at.sign), at.one.inner(at.send)])).await;
    expect![[r#"
        plan, sign | one/seal
        seal, send | one
        sign, seal, send, sign, seal, send, last"#]]
    .assert_eq(&ran.join("\n"));
}

/// All items come to the breakpoint, and one resume continues all.
#[tokio::test]
async fn a_run_pauses_inside_the_subgraph_of_each_item() {
    let ran = legs(|at, run| run.pause_before([at.each.inner(at.seal)]).pause_after([at.each.inner(at.send)])).await;
    expect![[r#"
        plan, sign, seal, send, sign, sign, last | each[0]/seal each[1]/seal
        seal, send, seal, send | each[0] each[1]
    "#]]
    .assert_eq(&ran.join("\n"));
}

#[tokio::test]
async fn the_pause_inside_a_subgraph_is_in_the_journal() {
    let (lab, journal) = (Lab::default(), Memory::default());
    let at = letters(&lab);
    let run = at.graph.run(Doc::default()).id("r").journal(journal.clone());
    paused(run.pause_before(["one/seal"]).await.unwrap());
    let position = at.graph.load(&journal, "r").await.unwrap();
    let limits = Limits { supersteps: 2, ..Limits::default() };
    let resumed = at.graph.resume(position).journal(journal.clone()).limits(limits).pause_before(["one/seal"]);
    assert!(matches!(resumed.await.unwrap(), Outcome::Stopped { .. }), "the pause is acknowledged");
    check(&journal, "r", expect![[r#"
        r is stopped
        {"record":{"started":{"graph":"outer","input":{"text":"","notes":[]},"next":["plan"]}}}
        {"record":{"task_done":{"node":"plan","update":{"notes":["plan"]},"committed":{"next":["one"]}}}}
        {"in":[{"node":"one"}],"record":{"started":{"graph":"inner","input":{"text":"","notes":[]},"next":["sign"]}}}
        {"in":[{"node":"one"}],"record":{"task_done":{"node":"sign","update":{"notes":["sign"]},"committed":{"next":["seal"]}}}}
        {"record":{"paused":{"nodes":["one/seal"]}}}
        {"record":{"resumed":{}}}
        {"in":[{"node":"one"}],"record":{"task_done":{"node":"seal","update":{"notes":["seal"]},"committed":{"next":["send"]}}}}
        {"record":{"stopped":{"reason":"the limit of 2 supersteps"}}}"#]]).await;
}

/// The record and the event of the pause name each node once, as a path that `pause_before` takes.
#[tokio::test]
async fn a_pause_names_the_nodes_inside_subgraphs() {
    let (lab, journal) = (Lab::default(), Memory::default());
    let at = letters(&lab);
    let events = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&events);
    let run = at.graph.run(Doc::default()).id("r").journal(journal.clone()).observe(move |event| {
        if let EventKind::Paused { nodes, .. } = &event.kind {
            log.lock().unwrap().push(format!("{event}: {nodes:?}"));
        }
    });
    paused(run.pause_before(["each/seal"]).await.unwrap());
    assert_eq!(*events.lock().unwrap(), [r#"paused at each/seal: ["each/seal"]"#]);
    let last = journal.read("r", ReadFrom::Record(0)).await.unwrap().entries.pop().unwrap();
    assert_eq!(last.json, r#"{"v":3,"record":{"paused":{"nodes":["each/seal"]}}}"#);
}

#[tokio::test]
async fn a_run_pauses_before_every_superstep_of_its_subgraphs() {
    let ran = legs(|_, run| run.pause_everywhere()).await;
    expect![[r#"
         | plan
        plan | one
         | one/sign
        sign | one/seal
        seal | one/send
        send | each[0] each[1] last
        last | each[0]/sign each[1]/sign
        sign, sign | each[0]/seal each[1]/seal
        seal, seal | each[0]/send each[1]/send
        send, send"#]]
    .assert_eq(&ran.join("\n"));
    let ran = legs(|at, run| run.pause_always().pause_after([at.one.inner(at.seal)])).await;
    expect![[r#"
         | plan
        plan | one
        sign, seal | one/send
        send | each[0] each[1] last
        sign, seal, send, sign, seal, send, last"#]]
    .assert_eq(&ran.join("\n"));
    let ran = legs(|at, run| run.pause_after([at.one.inner(at.send)]).pause_everywhere()).await;
    expect![[r#"
         | plan
        plan | one
         | one/sign
        sign | one/seal
        seal | one/send
        send | one
         | each[0] each[1] last
        last | each[0]/sign each[1]/sign
        sign, sign | each[0]/seal each[1]/seal
        seal, seal | each[0]/send each[1]/send
        send, send"#]]
    .assert_eq(&ran.join("\n"));
}

/// The failure of another task comes first, so no human has seen the pause.
#[tokio::test]
async fn a_failure_does_not_acknowledge_a_pause_inside_a_subgraph() {
    let (lab, journal) = (Lab::failing(["last"]), Memory::default());
    let at = letters(&lab);
    let before = [at.each.inner(at.seal)];
    let run = at.graph.run(Doc::default()).id("r").journal(journal.clone());
    run.pause_before(before).await.unwrap_err();
    let position = at.graph.load(&journal, "r").await.unwrap();
    let before = [at.each.inner(at.seal)];
    let position = paused(at.graph.resume(position).pause_before(before).await.unwrap());
    assert_eq!(places(&position), "each[0]/seal each[1]/seal");
    assert!(at.graph.resume(position).pause_before([at.each.inner(at.seal)]).await.unwrap().is_finished());
}

/// Without a journal the pause is in the position too.
#[tokio::test]
async fn a_pause_inside_a_subgraph_needs_no_journal() {
    let lab = Lab::default();
    let at = letters(&lab);
    let position = paused(at.graph.run(Doc::default()).pause_before(["each/send"]).await.unwrap());
    assert_eq!(places(&position), "each[0]/send each[1]/send");
    lab.take();
    assert!(at.graph.resume(position).pause_before(["each/send"]).await.unwrap().is_finished());
    assert_eq!(lab.take(), "send, send");
}

/// A graph of three levels, whose nodes have names with slashes and tildes.
fn nested(lab: &Lab) -> Graph<Doc> {
    let mut graph = StateGraph::<Doc>::new("bottom");
    let leaf = note(&mut graph, "a/~b", lab);
    graph.start(leaf).end(leaf);
    let mut graph = graph.compile().unwrap();
    for (name, node) in [("middle", "in/side"), ("top", "in")] {
        let mut outer = StateGraph::<Doc>::new(name);
        let inside =
            outer.node(node, Subgraph::new(graph, |_| Doc::default(), |doc| Doc::update().notes(doc.notes.join(" "))));
        outer.start(inside).end(inside);
        graph = outer.compile().unwrap();
    }
    graph
}

#[tokio::test]
async fn a_path_as_text_leads_through_subgraphs_and_escapes_the_names() {
    let lab = Lab::default();
    for path in ["in/in~1side/a~1~0b", "in/in~1side/a/~b"] {
        let position = paused(nested(&lab).run(Doc::default()).pause_before([path]).await.unwrap());
        assert_eq!(places(&position), "in/in~1side/a~1~0b");
    }
    let mut graph = StateGraph::<Doc>::new("slash");
    let slash = note(&mut graph, "in/side", &lab);
    graph.start(slash).end(slash);
    let position = paused(graph.compile().unwrap().run(Doc::default()).pause_before(["in/side"]).await.unwrap());
    assert_eq!(position.open_tasks().next().unwrap().node, "in/side");
}

#[tokio::test]
async fn a_pause_at_an_unknown_node_of_a_subgraph_is_refused() {
    let (lab, journal) = (Lab::default(), Memory::default());
    let at = letters(&lab);
    let refused = async |node: NodePath<Doc>| {
        let run = at.graph.run(Doc::default()).id("r").journal(journal.clone());
        let error = run.pause_before([at.plan]).pause_after([node]).await.unwrap_err();
        assert!(journal.read("r", ReadFrom::Snapshot).await.is_err(), "nothing is stored");
        error_chain(error.failure())
    };
    let mut texts = Vec::new();
    for path in ["one/sael", "eahc/seal", "one/critic", "plan/seal", "one/seal/wax", "one/"] {
        texts.push(refused(path.into()).await);
    }
    texts.push(refused(at.one.inner(at.plan)).await);
    texts.push(refused(at.plan.inner(at.seal)).await);
    expect![[r#"
        the run cannot pause at `one/sael`: the graph `inner` has no such node; did you mean `one/seal`?
        the run cannot pause at `eahc/seal`: the graph `outer` has no such node; did you mean `each/seal`?
        the run cannot pause at `one/critic`: the graph `inner` has no such node
        the run cannot pause inside `plan`: this node is not a subgraph
        the run cannot pause inside `one/seal`: this node is not a subgraph
        the run cannot pause at `one/`: the graph `inner` has no such node
        the run cannot pause at a handle that is not of a node of the graph `inner`: use the handles of this graph
        the run cannot pause inside `plan`: this node is not a subgraph"#]]
    .assert_eq(&texts.join("\n"));
    assert_eq!(lab.take(), "");
}
