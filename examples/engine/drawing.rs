//! Drawings of a graph with every kind of node and edge, and of the path of a run.
//!
//! `cargo run --example drawing` prints Mermaid, which GitHub and many editors show as a picture. `-- --closed` hides the inside
//! of the subgraph. `-- --path` runs the graph and adds the number of visits. `-- --dot` prints DOT for Graphviz:
//! `cargo run --example drawing -- --dot | dot -Tsvg > book.svg`.

use std::error::Error;

use clap::Parser;
use council_core::{Detail, Graph, NodeId, NodeResult, RunPath, State, StateGraph, Subgraph, node};

#[derive(State, Clone, Default)]
struct Chapter {
    title: &'static str,
    #[state(add)]
    pages: u32,
}

#[derive(State, Default)]
struct Book {
    #[state(append)]
    titles: Vec<&'static str>,
    #[state(add)]
    pages: u32,
    #[state(add)]
    reviews: u32,
}

async fn write(chapter: &Chapter) -> NodeResult<Chapter> {
    Ok(Chapter::update().pages(u32::try_from(chapter.title.len())?))
}

fn chapter() -> Result<Graph<Chapter>, council_core::BuildError> {
    let mut graph = StateGraph::<Chapter>::new("chapter");
    let write = graph.node("write", write);
    graph.start(write);
    graph
        .route(write, [write, NodeId::END], |chapter, [more, enough]| if chapter.pages < 10 { more } else { enough })
        .labels(["too short", "long enough"]);
    graph.compile()
}

fn book() -> Result<Graph<Book>, council_core::BuildError> {
    let mut graph = StateGraph::<Book>::new("book");
    let plan = node!(graph, "plan", async |_| Ok(Book::update().titles("Owls").titles("Night birds")));
    let chapter = graph.worker(
        "chapter",
        Subgraph::per_item(
            chapter()?,
            |_: &Book, title: &&'static str| Chapter { title, pages: 0 },
            |chapter| Book::update().pages(chapter.pages),
        ),
    );
    let cover = node!(graph, "cover", async |_| Ok(Book::update().pages(1)));
    let review = node!(graph, "review", async |_| Ok(Book::update().reviews(1)));
    let print = node!(graph, "print", async |_| Ok(Book::update()));

    graph.start(plan).edge(plan, cover).join([chapter.id(), cover], review).end(print);
    graph.fan_out(plan, chapter, |book| book.titles.clone());
    graph
        .route(review, [review, print], |book, [again, done]| if book.reviews < 2 { again } else { done })
        .labels(["once more", "good"]);
    graph.visit_limit(review, 5, print);
    graph.guard("thick", |book| book.pages > 500, print);
    graph.compile()
}

/// Prints a drawing of a graph.
#[derive(Parser)]
struct Arguments {
    /// Run the graph and add the number of visits
    #[arg(long)]
    path: bool,
    /// Hide the inside of the subgraph
    #[arg(long)]
    closed: bool,
    /// Print DOT for Graphviz instead of Mermaid
    #[arg(long)]
    dot: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let graph = book()?;
    let mut drawing = graph.drawing();
    if arguments.path {
        let path = RunPath::new(drawing);
        graph.run(Book::default()).observe_in(Detail::TASKS, path.observer()).await?;
        drawing = path.drawing();
    }
    if arguments.closed {
        drawing = drawing.closed();
    }
    print!("{}", if arguments.dot { drawing.dot() } else { drawing.mermaid() });
    Ok(())
}
