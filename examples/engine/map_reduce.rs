//! Map and reduce: one worker task for each change of a release, and a node that joins the results.
//!
//! `cargo run --example map_reduce`

use std::error::Error;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use council_core::{Context, Graph, Limits, NodeResult, State, StateGraph, Work, async_trait, node};

#[derive(State, Default)]
struct Notes {
    version: String,
    changes: Vec<Change>,
    /// One line for each change, in the order of the changes. It does not matter which worker ends first.
    #[state(append)]
    lines: Vec<String>,
    text: String,
}

/// The item of one worker task. Its type is part of the worker's handle, so another type does not compile.
#[derive(Clone, Debug)]
struct Change {
    number: u32,
    title: &'static str,
    /// How long it takes to describe.
    effort: Duration,
}

/// A worker that counts how many of its tasks run at the same time.
struct Describe;

static RUNNING: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

#[async_trait]
impl Work<Notes, Change> for Describe {
    async fn run(&self, _: &Notes, change: &Change, context: &Context<Notes>) -> NodeResult<Notes> {
        MOST.fetch_max(RUNNING.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
        tokio::time::sleep(change.effort).await;
        RUNNING.fetch_sub(1, Ordering::Relaxed);
        let index = context.item().unwrap_or_default();
        Ok(Notes::update().lines(format!("{}. {} (#{})", index + 1, change.title, change.number)))
    }
}

fn release_notes() -> Result<Graph<Notes>, council_core::BuildError> {
    let mut graph = StateGraph::<Notes>::new("release notes");
    let collect = node!(graph, "collect", async |notes| {
        Ok(Notes::update().changes(if notes.version == "1.4.0" { changes().to_vec() } else { Vec::new() }))
    });
    let describe = graph.worker("describe", Describe);
    let publish = node!(graph, "publish", async |notes| {
        let lines = if notes.lines.is_empty() { "Nothing has changed.".to_owned() } else { notes.lines.join("\n") };
        Ok(Notes::update().text(format!("Release {}\n{lines}", notes.version)))
    });
    graph.start(collect);
    graph.fan_out(collect, describe, |notes| notes.changes.clone()); // one task for each change
    graph.edge(describe, publish); // once, after all tasks; without items, at once
    graph.end(publish);
    graph.compile()
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let graph = release_notes()?;
    let limits = Limits { concurrency: NonZeroUsize::new(3), ..Limits::default() };
    for version in ["1.4.0", "1.4.1"] {
        let notes = Notes { version: version.to_owned(), ..Notes::default() };
        let notes = graph.run(notes).limits(limits).await?.into_state();
        println!("{}\n", notes.text);
    }
    println!("At most {} tasks ran at the same time.", MOST.load(Ordering::Relaxed));
    Ok(())
}

fn changes() -> [Change; 5] {
    [
        (812, "Faster start", 30),
        (815, "Dark mode", 5),
        (816, "Export as CSV", 20),
        (820, "A crash on empty files", 10),
        (821, "Polish translation", 1),
    ]
    .map(|(number, title, effort)| Change { number, title, effort: Duration::from_millis(effort) })
}
