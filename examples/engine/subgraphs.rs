//! Subgraphs: one graph that polishes a text, used as a node and as a worker of another graph.
//!
//! `cargo run --example subgraphs`

use std::error::Error;
use std::time::Duration;

use council_core::{
    Detail, EventKind, Graph, Limits, NodeId, NodeResult, Outcome, State, StateGraph, StopReason, Subgraph, node,
};

/// The state of the inner graph. It must be `Clone`, because the position of a stopped run holds it.
#[derive(State, Clone, Default)]
struct Text {
    text: String,
    #[state(add)]
    rounds: u32,
}

#[derive(State, Default)]
struct Newsletter {
    topics: Vec<&'static str>,
    #[state(append)]
    stories: Vec<String>,
    headline: String,
    #[state(add)]
    rounds: u32,
}

async fn draft(text: &Text) -> NodeResult<Text> {
    tokio::time::sleep(Duration::from_millis(50)).await;
    Ok(Text::update().text(format!("{}!", text.text)))
}

async fn shorten(text: &Text) -> NodeResult<Text> {
    Ok(Text::update().text(text.text.replacen("very ", "", 1)).rounds(1))
}

/// The inner graph. It is independent of the outer one and can be run alone.
fn polish() -> Result<Graph<Text>, council_core::BuildError> {
    let mut graph = StateGraph::<Text>::new("polish");
    let draft = graph.node("draft", draft);
    let shorten = graph.node("shorten", shorten);
    graph.start(draft).edge(draft, shorten);
    graph.route(
        shorten,
        [shorten, NodeId::END],
        |text, [again, done]| {
            if text.text.contains("very ") { again } else { done }
        },
    );
    graph.compile()
}

fn newsletter() -> Result<Graph<Newsletter>, council_core::BuildError> {
    let polish = polish()?;
    let mut graph = StateGraph::<Newsletter>::new("newsletter");
    let choose = node!(graph, "choose", async |_| {
        Ok(Newsletter::update().topics(["Our very old bridge", "The very very loud owl", "Rain"]))
    });
    // As a worker: one run of the inner graph for each topic. One function makes its input, the other one its update.
    let story = graph.worker(
        "story",
        Subgraph::per_item(
            polish.clone(),
            |_: &Newsletter, topic: &&'static str| Text { text: (*topic).to_owned(), rounds: 0 },
            |text| Newsletter::update().stories(text.text).rounds(text.rounds),
        ),
    );
    // As a node: one run for the whole newsletter.
    let headline = graph.node(
        "headline",
        Subgraph::new(
            polish,
            |letter: &Newsletter| Text { text: format!("{} very short stories", letter.stories.len()), rounds: 0 },
            |text| Newsletter::update().headline(text.text).rounds(text.rounds),
        ),
    );
    graph.start(choose);
    graph.fan_out(choose, story, |letter| letter.topics.clone());
    graph.edge(story, headline).end(headline);
    graph.compile()
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let graph = newsletter()?;

    println!("Events from inside have the path of the subgraph:");
    let mut run = graph.run(Newsletter::default()).detail(Detail::TASKS).start();
    while let Some(event) = run.next().await {
        if let EventKind::NodeCompleted { task, .. } = &event.kind
            && task.node.as_ref() == "shorten"
        {
            println!("  {} > {}, visit {}", event.path, task.node, task.visit);
        }
    }
    print(&run.await?.into_state());

    println!("\nLimits also stop a run inside a subgraph, and it resumes there:");
    let limits =
        [Limits { supersteps: 2, ..Limits::default() }, Limits { wall_clock: Some(SOON), ..Limits::default() }];
    for limits in limits {
        let run = graph.run(Newsletter::default()).limits(limits);
        let Outcome::Stopped { reason, position } = run.await? else { return Err("the run was not stopped".into()) };
        let by = if matches!(reason, StopReason::WallClock(_)) { "the clock".to_owned() } else { reason.to_string() };
        let open: Vec<_> = position.open_tasks().filter_map(|task| task.item).collect();
        println!("  stopped by {by}; unfinished stories: {open:?}");
        print(&graph.resume(position).await?.into_state());
    }
    Ok(())
}

fn print(letter: &Newsletter) {
    println!("  {} {} In {} rounds.", letter.headline, letter.stories.join(" "), letter.rounds);
}

/// Less time than one story needs.
const SOON: Duration = Duration::from_millis(1);
