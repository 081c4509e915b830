//! Spans of runs and attempts for `tracing`.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![cfg(feature = "tracing")]

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use council_core::journal::Memory;
use council_core::{Limits, NodeId, NodeResult, Policy, Retry, RunBuilder, State, StateGraph, Subgraph, node};
use expect_test::expect;
use serde::{Deserialize, Serialize};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::layer::{Layer, SubscriberExt};

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
        run ended run="r" supersteps=1 ended="finished"
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
        run ended run="r" supersteps=1 ended="finished"
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
        run{run="r" graph="try"}:superstep{number=1 tasks=1}: attempt failed run="r" node="once" superstep=1 visit=1 attempt=1 timed_out=false retry_in_ms=1000 error="not yet"
        run{run="r" graph="try"}:superstep{number=1 tasks=1}:node{node="once" superstep=1 visit=1 attempt=2}: new
        run{run="r" graph="try"}:superstep{number=1 tasks=1}:node{node="once" superstep=1 visit=1 attempt=2}: at work
        run ended run="r" supersteps=1 ended="finished"
    "#]]
    .assert_eq(&heard(graph.run(Doc::default())).await);
}

/// Returns the events of the engine, which have a level and a target.
async fn told<S: State>(run: RunBuilder<S>) -> String {
    let lines = Lines::default();
    let targets = tracing_subscriber::filter::Targets::new().with_target("council_core", tracing::Level::DEBUG);
    let format =
        tracing_subscriber::fmt::layer().with_writer(lines.clone()).without_time().with_level(false).with_ansi(false);
    let subscriber = tracing_subscriber::registry().with(format.with_filter(targets));
    let guard = tracing::subscriber::set_default(subscriber);
    let _ = run.id("r").await;
    drop(guard);
    let lines = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    lines.lines().map(|line| line.rsplit_once("}: ").map_or(line, |(_, event)| event).to_owned() + "\n").collect()
}

#[tokio::test(start_paused = true)]
async fn failed_attempts_opened_valves_and_ends_of_runs_are_events() {
    let mut graph = StateGraph::<Doc>::new("try");
    let wait = node!(graph, "wait", async move |_, context| {
        match context.attempt() {
            1 => Err(std::io::Error::other("not yet").into()),
            2 => std::future::pending().await,
            _ => Ok(Doc::update()),
        }
    });
    graph.start(wait).edge(wait, wait).visit_limit(wait, 1, NodeId::END);
    let retry = Retry::default().pause(Duration::from_secs(1)).jitter(false);
    graph.policy(wait, Policy::default().retry(retry).timeout(Duration::from_secs(5)));
    let graph = graph.compile().unwrap();
    expect![[r#"
        council_core: attempt failed run="r" node="wait" superstep=1 visit=1 attempt=1 timed_out=false retry_in_ms=1000 error="not yet"
        council_core: attempt failed run="r" node="wait" superstep=1 visit=1 attempt=2 timed_out=true retry_in_ms=2000 error="took longer than its 5 s"
        council_core: valve opened run="r" superstep=1 valve=wait has had its 1 visits
        council_core: run ended run="r" supersteps=1 ended="finished"
    "#]].assert_eq(&told(graph.run(Doc::default())).await);
}

#[tokio::test]
async fn a_run_that_fails_says_why() {
    let mut graph = StateGraph::<Doc>::new("try");
    let fall = node!(graph, "fall", async move |_| Err(std::io::Error::other("too steep").into()));
    graph.start(fall).end(fall);
    let graph = graph.compile().unwrap();
    expect![[r#"
        council_core: attempt failed run="r" node="fall" superstep=1 visit=1 attempt=1 timed_out=false error="too steep"
        council_core: run ended run="r" supersteps=0 ended="failed" why=node `fall` failed in superstep 1, attempt 1: too steep
    "#]].assert_eq(&told(graph.run(Doc::default())).await);
}

/// The run goes on without them.
#[tokio::test]
async fn a_snapshot_and_a_summary_that_cannot_be_written_are_events() {
    #[derive(State, Clone, Debug, Default, Serialize, Deserialize)]
    struct Sum {
        #[state(add)]
        sum: f64,
        text: String,
    }
    let mut graph = StateGraph::<Sum>::new("sum");
    let add = node!(graph, "add", async move |_| Ok(Sum::update().sum(f64::MAX).text("t".repeat(9_000))));
    graph.start(add).edge(add, add).endless();
    let graph = graph.compile().unwrap();
    let run = graph.run(Sum::default()).journal(Memory::default());
    let run = run.limits(Limits { supersteps: 3, ..Limits::default() });
    let run = run.summary(|sum, _| if sum.text.is_empty() { 0.0 } else { panic!("no summary") });
    expect![[r#"
        council_core: not written run="r" what="snapshot" error="`sum`: JSON cannot represent an infinite number; use an `Option`, with `None` for this case"
        council_core: not written run="r" what="summary" error="a panic: no summary"
        council_core: run ended run="r" supersteps=3 ended="stopped" why=the limit of 3 supersteps
    "#]].assert_eq(&told(run).await);
}
