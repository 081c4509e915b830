//! The context of a node: dependencies of the run, the place of the task, events of its own, and cancellation.
//!
//! `cargo run --example context`

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use council_core::{Context, Detail, EventKind, Graph, Limits, NodeId, Outcome, Policy, Retry};
use council_core::{NodeResult, State, StateGraph};

/// Dependencies of a run, for example a database, a client or the current user. No journal stores them.
struct Tenant {
    name: &'static str,
    translator: fn(&str) -> String,
}

#[derive(State, Default)]
#[state(deps = Tenant)]
struct Manual {
    pages: Vec<&'static str>,
    #[state(append)]
    translated: Vec<String>,
    good_enough: bool,
}

/// Fails at the first attempt. The context has the number of the attempt.
async fn load(_: &Manual, context: &Context<Manual>) -> NodeResult<Manual> {
    if context.attempt() == 1 {
        return Err("the disk is asleep".into());
    }
    let tenant = context.deps();
    let place = (context.run(), context.node(), context.superstep(), context.visit(), context.attempt());
    context.emit("loading", &format!("for {}, at {place:?}", tenant.name))?;
    Ok(Manual::update().pages(["open", "press", "turn", "close"]))
}

/// A long node. When the run is cancelled, it ends early and returns the pages that are already translated.
async fn translate(manual: &Manual, context: &Context<Manual>) -> NodeResult<Manual> {
    let mut update = Manual::update();
    let translated = manual.translated.len();
    for (done, page) in (1..).zip(&manual.pages).skip(translated) {
        tokio::select! {
            biased;
            () = context.cancelled() => break,
            () = tokio::time::sleep(Duration::from_millis(1)) => {}
        }
        update = update.translated((context.deps().translator)(page));
        context.progress(done, manual.pages.len() as u64);
    }
    Ok(update)
}

/// Would loop for ever. It stops before the run reaches its limit of supersteps.
async fn proofread(_: &Manual, context: &Context<Manual>) -> NodeResult<Manual> {
    let left = context.remaining_supersteps();
    context.emit("supersteps left", &left)?;
    Ok(Manual::update().good_enough(left == 0))
}

fn office() -> Result<Graph<Manual>, council_core::BuildError> {
    let mut graph = StateGraph::<Manual>::new("office");
    let load = graph.node("load", load);
    let translate = graph.node("translate", translate);
    let proofread = graph.node("proofread", proofread);
    let retry = Retry::default().pause(Duration::from_millis(1));
    graph.policy(load, Policy::default().retry(retry));
    graph.start(load).edge(load, translate);
    graph.route(translate, [translate, proofread], |manual, [more, done]| {
        if manual.translated.len() < manual.pages.len() { more } else { done }
    });
    graph.route(
        proofread,
        [proofread, NodeId::END],
        |manual, [again, end]| {
            if manual.good_enough { end } else { again }
        },
    );
    graph.compile()
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let graph = office()?;
    let tenant = Arc::new(Tenant { name: "Ada & Co", translator: |page| page.to_uppercase() });

    let run = graph.run_with(Manual::default(), Arc::clone(&tenant)).id("r-1").detail(Detail::CUSTOM);
    let canceller = run.canceller();
    let mut run = run.start();
    while let Some(event) = run.next().await {
        println!("{event}");
        if matches!(event.kind, EventKind::Progress { done: 2, .. }) {
            canceller.cancel(); // a canceller can be sent to any thread
        }
    }
    let Outcome::Stopped { position, .. } = run.await? else { return Err("the run was not cancelled".into()) };
    println!("{:?} so far\n", position.state().translated);

    let limits = Limits { supersteps: 6, ..Limits::default() };
    let mut run = graph.resume_with(position, tenant).id("r-1").limits(limits).detail(Detail::CUSTOM).start();
    while let Some(event) = run.next().await {
        println!("{event}");
    }
    println!("{:?}", run.await?.state().translated);
    Ok(())
}
