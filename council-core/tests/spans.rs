//! Spans of runs and attempts for `tracing`.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![cfg(feature = "tracing")]

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use council_core::{NodeResult, Policy, Retry, RunBuilder, State, StateGraph, Subgraph, node};
use expect_test::expect;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

#[derive(State, Clone, Debug, Default)]
struct Doc {
    #[state(append)]
    trail: Vec<String>,
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// Runs to the end. Returns a line for each span that opened and for each event in it.
async fn heard(run: RunBuilder<Doc>) -> String {
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(lines.clone())
        .with_max_level(tracing::Level::DEBUG)
        .with_span_events(FmtSpan::NEW)
        .without_time()
        .with_target(false)
        .with_level(false)
        .with_ansi(false)
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let _ = run.id("r").await;
    drop(guard);
    let bytes = lines.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

async fn speak(_: &Doc) -> NodeResult<Doc> {
    tracing::info!("at work");
    Ok(Doc::update())
}

#[tokio::test]
async fn a_run_a_superstep_and_a_node_have_spans() {
    let mut graph = StateGraph::<Doc>::new("talk");
    let speak = graph.node("speak", speak);
    let shout = node!(graph, "shout", async move |_| Ok(Doc::update()));
    graph.start(speak).start(shout).end(speak).end(shout);
    let graph = graph.compile().unwrap();
    expect![[r#"
        run{run="r" graph="talk"}: new
        run{run="r" graph="talk"}:superstep{number=1 tasks=2}: new
        run{run="r" graph="talk"}:superstep{number=1 tasks=2}:node{node="speak" superstep=1 visit=1 attempt=1}: new
        run{run="r" graph="talk"}:superstep{number=1 tasks=2}:node{node="speak" superstep=1 visit=1 attempt=1}: at work
        run{run="r" graph="talk"}:superstep{number=1 tasks=2}:node{node="shout" superstep=1 visit=1 attempt=1}: new
    "#]]
    .assert_eq(&heard(graph.run(Doc::default())).await);
}

#[tokio::test]
async fn spans_of_a_subgraph_have_its_path() {
    let mut inner = StateGraph::<Doc>::new("inner");
    let speak = inner.node("speak", speak);
    inner.start(speak).end(speak);
    let mut graph = StateGraph::<Doc>::new("outer");
    let nested = graph.node("nested", Subgraph::new(inner.compile().unwrap(), Doc::clone, |_| Doc::update()));
    graph.start(nested).end(nested);
    let graph = graph.compile().unwrap();
    expect![[r#"
        run{run="r" graph="outer"}: new
        run{run="r" graph="outer"}:superstep{number=1 tasks=1}: new
        run{run="r" graph="outer"}:superstep{number=1 tasks=1}:node{node="nested" superstep=1 visit=1 attempt=1}: new
        run{run="r" graph="outer"}:superstep{number=1 tasks=1}:node{node="nested" superstep=1 visit=1 attempt=1}:run{run="r" graph="inner" path=nested}: new
        run{run="r" graph="outer"}:superstep{number=1 tasks=1}:node{node="nested" superstep=1 visit=1 attempt=1}:run{run="r" graph="inner" path=nested}:superstep{number=1 tasks=1}: new
        run{run="r" graph="outer"}:superstep{number=1 tasks=1}:node{node="nested" superstep=1 visit=1 attempt=1}:run{run="r" graph="inner" path=nested}:superstep{number=1 tasks=1}:node{node="speak" superstep=1 visit=1 attempt=1}: new
        run{run="r" graph="outer"}:superstep{number=1 tasks=1}:node{node="nested" superstep=1 visit=1 attempt=1}:run{run="r" graph="inner" path=nested}:superstep{number=1 tasks=1}:node{node="speak" superstep=1 visit=1 attempt=1}: at work
    "#]].assert_eq(&heard(graph.run(Doc::default())).await);
}

#[tokio::test(start_paused = true)]
async fn each_attempt_has_a_span_on_every_thread() {
    let mut graph = StateGraph::<Doc>::new("try");
    let once = node!(graph, "once", async move |_, context| {
        tracing::info!("at work");
        if context.attempt() == 1 { Err("not yet".into()) } else { Ok(Doc::update()) }
    });
    graph.start(once).end(once);
    let retry = Retry::default().pause(Duration::from_secs(1)).jitter(false);
    graph.policy(once, Policy::default().retry(retry).spawned(true));
    let graph = graph.compile().unwrap();
    expect![[r#"
        run{run="r" graph="try"}: new
        run{run="r" graph="try"}:superstep{number=1 tasks=1}: new
        run{run="r" graph="try"}:superstep{number=1 tasks=1}:node{node="once" superstep=1 visit=1 attempt=1}: new
        run{run="r" graph="try"}:superstep{number=1 tasks=1}:node{node="once" superstep=1 visit=1 attempt=1}: at work
        run{run="r" graph="try"}:superstep{number=1 tasks=1}:node{node="once" superstep=1 visit=1 attempt=2}: new
        run{run="r" graph="try"}:superstep{number=1 tasks=1}:node{node="once" superstep=1 visit=1 attempt=2}: at work
    "#]]
    .assert_eq(&heard(graph.run(Doc::default())).await);
}
