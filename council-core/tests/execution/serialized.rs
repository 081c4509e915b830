//! Events, outcomes, questions and failures as JSON.

use std::fmt::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use council_core::{
    Context, Event, Graph, Limits, NodeError, NodeId, NodeResult, Policy, Retry, RunBuilder, State, StateGraph,
    StopReason, Subgraph, node, worker,
};
use expect_test::expect;
use serde::Serialize;
use serde_json::json;

#[derive(State, Clone, Debug, Default, Serialize)]
struct Essay {
    draft: String,
    #[state(append)]
    notes: Vec<String>,
}

/// Runs to the end. Returns a line of JSON for each event, and one for the end; durations are 0.
async fn lines(run: RunBuilder<Essay>) -> String {
    let lines = Arc::new(Mutex::new(String::new()));
    let log = Arc::clone(&lines);
    let ended = run
        .id("r")
        .observe(move |event: &Event<Essay>| {
            let mut json = serde_json::to_value(event).unwrap();
            if let Some(duration) = json.get_mut("duration_ms") {
                assert!(duration.is_u64());
                *duration = json!(0);
            }
            writeln!(log.lock().unwrap(), "{json}").unwrap();
        })
        .await;
    let end = ended.map_or_else(|error| serde_json::to_string(&error), |outcome| serde_json::to_string(&outcome));
    format!("{}{}\n", lines.lock().unwrap(), end.unwrap())
}

async fn write(_: &Essay, context: &Context<Essay>) -> NodeResult<Essay> {
    context.token("a ");
    context.progress(1, 2);
    context.emit("source", &["a book"])?;
    Ok(Essay::update().draft("a draft"))
}

fn graph() -> Graph<Essay> {
    let mut graph = StateGraph::<Essay>::new("essay");
    let write = graph.node("write", write);
    graph.start(write).edge(write, write).visit_limit(write, 1, NodeId::END);
    graph.compile().unwrap()
}

#[tokio::test]
async fn events_are_objects_with_their_kind() {
    expect![[r#"
        {"kind":"node_started","path":[],"run":"r","sequence":1,"superstep":1,"task":{"attempt":1,"node":"write","superstep":1,"visit":1}}
        {"kind":"token","path":[],"run":"r","sequence":2,"superstep":1,"task":{"attempt":1,"node":"write","superstep":1,"visit":1},"text":"a "}
        {"done":1,"kind":"progress","of":2,"path":[],"run":"r","sequence":3,"superstep":1,"task":{"attempt":1,"node":"write","superstep":1,"visit":1}}
        {"kind":"custom","name":"source","path":[],"run":"r","sequence":4,"superstep":1,"task":{"attempt":1,"node":"write","superstep":1,"visit":1},"value":["a book"]}
        {"cached":false,"duration_ms":0,"kind":"node_completed","path":[],"run":"r","sequence":5,"superstep":1,"task":{"attempt":1,"node":"write","superstep":1,"visit":1},"update":{"draft":"a draft"}}
        {"kind":"valve_opened","path":[],"run":"r","sequence":6,"superstep":1,"to":null,"valve":{"visits":{"node":"write","visits":1}}}
        {"kind":"values","path":[],"run":"r","sequence":7,"state":{"draft":"a draft","notes":[]},"superstep":1}
        {"kind":"finished","path":[],"run":"r","sequence":8,"superstep":1}
        {"outcome":"finished","state":{"draft":"a draft","notes":[]}}
    "#]].assert_eq(&lines(graph().run(Essay::default()).values()).await);
}

#[tokio::test]
async fn an_event_of_a_subgraph_has_its_path() {
    let mut outer = StateGraph::<Essay>::new("outer");
    let split = node!(outer, "split", async move |_| Ok(Essay::update()));
    let part = Subgraph::new(graph(), |_: &Essay| Essay::default(), |essay| Essay::update().notes(essay.draft));
    let part = outer.node("part", part);
    outer.start(split).edge(split, part).end(part);
    let outer = outer.compile().unwrap();
    expect![[r#"
        {"kind":"node_started","path":[],"run":"r","sequence":1,"superstep":1,"task":{"attempt":1,"node":"split","superstep":1,"visit":1}}
        {"cached":false,"duration_ms":0,"kind":"node_completed","path":[],"run":"r","sequence":2,"superstep":1,"task":{"attempt":1,"node":"split","superstep":1,"visit":1},"update":{}}
        {"kind":"node_started","path":[],"run":"r","sequence":3,"superstep":2,"task":{"attempt":1,"node":"part","superstep":2,"visit":1}}
        {"kind":"node_started","path":[{"attempt":1,"node":"part","superstep":2,"visit":1}],"run":"r","sequence":4,"superstep":1,"task":{"attempt":1,"node":"write","superstep":1,"visit":1}}
        {"kind":"token","path":[{"attempt":1,"node":"part","superstep":2,"visit":1}],"run":"r","sequence":5,"superstep":1,"task":{"attempt":1,"node":"write","superstep":1,"visit":1},"text":"a "}
        {"done":1,"kind":"progress","of":2,"path":[{"attempt":1,"node":"part","superstep":2,"visit":1}],"run":"r","sequence":6,"superstep":1,"task":{"attempt":1,"node":"write","superstep":1,"visit":1}}
        {"kind":"custom","name":"source","path":[{"attempt":1,"node":"part","superstep":2,"visit":1}],"run":"r","sequence":7,"superstep":1,"task":{"attempt":1,"node":"write","superstep":1,"visit":1},"value":["a book"]}
        {"cached":false,"duration_ms":0,"kind":"node_completed","path":[{"attempt":1,"node":"part","superstep":2,"visit":1}],"run":"r","sequence":8,"superstep":1,"task":{"attempt":1,"node":"write","superstep":1,"visit":1}}
        {"kind":"valve_opened","path":[{"attempt":1,"node":"part","superstep":2,"visit":1}],"run":"r","sequence":9,"superstep":1,"to":null,"valve":{"visits":{"node":"write","visits":1}}}
        {"cached":false,"duration_ms":0,"kind":"node_completed","path":[],"run":"r","sequence":10,"superstep":2,"task":{"attempt":1,"node":"part","superstep":2,"visit":1},"update":{"notes":["a draft"]}}
        {"kind":"finished","path":[],"run":"r","sequence":11,"superstep":2}
        {"outcome":"finished","state":{"draft":"","notes":["a draft"]}}
    "#]].assert_eq(&lines(outer.run(Essay::default())).await);
}

#[tokio::test(start_paused = true)]
async fn a_failure_has_its_kind_its_place_and_its_causes() {
    let mut graph = StateGraph::<Essay>::new("essay");
    let check = worker!(graph, "check", async move |_, word: &String| {
        Err(NodeError::from(std::io::Error::other(format!("no `{word}`"))))
    });
    graph.fan_out(NodeId::START, check, |_| ["owl".to_owned()]).end(check);
    let retry = Retry::default().attempts(2).pause(Duration::from_secs(3)).jitter(false);
    graph.policy(check, Policy::default().retry(retry));
    expect![[r#"
        {"kind":"node_started","path":[],"run":"r","sequence":1,"superstep":1,"task":{"attempt":1,"item":0,"node":"check","superstep":1,"visit":1}}
        {"error":"no `owl`","kind":"node_failed","path":[],"retry_in_ms":3000,"run":"r","sequence":2,"superstep":1,"task":{"attempt":1,"item":0,"node":"check","superstep":1,"visit":1}}
        {"kind":"node_started","path":[],"run":"r","sequence":3,"superstep":1,"task":{"attempt":2,"item":0,"node":"check","superstep":1,"visit":1}}
        {"error":"no `owl`","kind":"node_failed","path":[],"retry_in_ms":null,"run":"r","sequence":4,"superstep":1,"task":{"attempt":2,"item":0,"node":"check","superstep":1,"visit":1}}
        {"error":"node `check`, item 0, failed in superstep 1, attempt 2: no `owl`","kind":"failed","path":[],"run":"r","sequence":5,"superstep":0}
        {"run":"r","failure":{"kind":"node","node":"check","item":0,"superstep":1,"attempt":2,"error":"node `check`, item 0, failed in superstep 1, attempt 2: no `owl`"},"supersteps":0,"state":{"draft":"","notes":[]}}
    "#]].assert_eq(&lines(graph.compile().unwrap().run(Essay::default())).await);
}

#[tokio::test]
async fn a_pause_has_its_questions() {
    let mut graph = StateGraph::<Essay>::new("essay");
    let ask = node!(graph, "ask", async move |_, context| {
        let draft: String = context.ask(json!({ "which": "title" })).await?;
        Ok(Essay::update().draft(draft))
    });
    graph.start(ask).end(ask);
    expect![[r#"
        {"kind":"node_started","path":[],"run":"r","sequence":1,"superstep":1,"task":{"attempt":1,"node":"ask","superstep":1,"visit":1}}
        {"asks":[{"id":"ask:1.1","node":"ask","question":{"which":"title"}}],"kind":"paused","nodes":["ask"],"path":[],"run":"r","sequence":2,"superstep":0}
        {"outcome":"paused","supersteps":0,"asks":[{"id":"ask:1.1","node":"ask","question":{"which":"title"}}],"state":{"draft":"","notes":[]}}
    "#]].assert_eq(&lines(graph.compile().unwrap().run(Essay::default())).await);
}

#[tokio::test]
async fn a_stop_has_its_reason() {
    let run = |limits| graph().run(Essay::default()).limits(limits);
    let by_supersteps = lines(run(Limits { supersteps: 0, ..Limits::default() })).await;
    let by_time = lines(run(Limits { wall_clock: Some(Duration::ZERO), ..Limits::default() })).await;
    expect![[r#"
        {"kind":"stopped","path":[],"reason":{"supersteps":0},"run":"r","sequence":1,"superstep":0}
        {"outcome":"stopped","reason":{"supersteps":0},"supersteps":0,"state":{"draft":"","notes":[]}}
        {"kind":"stopped","path":[],"reason":{"wall_clock_ms":0},"run":"r","sequence":1,"superstep":0}
        {"outcome":"stopped","reason":{"wall_clock_ms":0},"supersteps":0,"state":{"draft":"","notes":[]}}
    "#]]
    .assert_eq(&(by_supersteps + &by_time));
    let reason = serde_json::to_string(&StopReason::SuperstepTime(Duration::from_secs(5))).unwrap();
    assert_eq!(reason, r#"{"superstep_time_ms":5000}"#);
    let unfinished = run(Limits { supersteps: 0, ..Limits::default() }).await.unwrap().finished().unwrap_err();
    assert_eq!(serde_json::to_value(&unfinished).unwrap()["reason"], json!({ "supersteps": 0 }));
}
