//! Valves and limits: four ways to end a loop without losing work.
//!
//! `cargo run --example valves`

use std::error::Error;

use council_core::{Detail, Event, EventKind, Graph, Limits, NodeResult, Outcome, State, StateGraph, node};

#[derive(State, Clone, Default)]
struct Research {
    question: &'static str,
    #[state(append)]
    sources: Vec<String>,
    /// In cents.
    #[state(add)]
    spent: u32,
    answer: String,
}

async fn search(research: &Research) -> NodeResult<Research> {
    let number = research.sources.len() + 1;
    Ok(Research::update().sources(format!("source {number}")).spent(if number < 4 { 5 } else { 60 }))
}

async fn answer(research: &Research) -> NodeResult<Research> {
    Ok(Research::update().answer(format!("an answer from {} sources", research.sources.len())))
}

fn assistant(most_searches: u32, budget: u32) -> Result<Graph<Research>, council_core::BuildError> {
    let mut graph = StateGraph::<Research>::new("assistant");
    let search = graph.node("search", search);
    let read = node!(graph, "read", async |_| Ok(Research::update().spent(1)));
    let answer = graph.node("answer", answer);
    graph.start(search).edge(search, read).end(answer);
    graph.route(read, [search, answer], |research, [more, enough]| {
        let wanted = if research.question.contains("life") { usize::MAX } else { 2 };
        if research.sources.len() < wanted { more } else { enough }
    });
    // A search above the limit is replaced by `answer`. So is every next node when the budget is spent.
    graph.visit_limit(search, most_searches, answer);
    graph.guard("budget", move |research| research.spent > budget, answer);
    graph.compile()
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let easy = Research { question: "How tall is Mont Blanc?", ..Research::default() };
    let hard = Research { question: "What is the meaning of life?", ..Research::default() };

    for (research, most_searches, budget) in [(&easy, 10, 100), (&hard, 3, 100), (&hard, 10, 100)] {
        println!("{} At most {most_searches} searches, {budget} cents.", research.question);
        let graph = assistant(most_searches, budget)?;
        let outcome = graph.run(research.clone()).observe_in(Detail::TASKS, print_valve).await?;
        print(outcome.state());
    }

    println!("The last one again, 5 supersteps at a time.");
    let graph = assistant(10, 100)?;
    let mut limits = Limits { supersteps: 5, ..Limits::default() };
    let mut outcome = graph.run(hard).limits(limits).await?;
    // A stopped run is not an error. `Outcome::Stopped` has the position, with the state in it.
    while let Outcome::Stopped { reason, position } = outcome {
        let Research { sources, spent, .. } = position.state();
        println!("  stopped by {reason}: {} sources, {spent} cents", sources.len());
        limits.supersteps += 5;
        outcome = graph.resume(position).limits(limits).observe_in(Detail::TASKS, print_valve).await?;
    }
    print(outcome.state());
    Ok(())
}

fn print_valve(event: &Event<Research>) {
    if let EventKind::ValveOpened { valve, to, .. } = &event.kind {
        println!("  valve: {valve}; next is {}", to.as_deref().unwrap_or("the end"));
    }
}

fn print(research: &Research) {
    println!("  {} for {} cents", research.answer, research.spent);
}
