//! Joins and deferred nodes: a node that waits for two paths of different length, and a node that runs last.
//!
//! `cargo run --example joins`

use std::error::Error;

use council_core::{Context, Graph, Node, NodeResult, State, StateGraph, async_trait};

#[derive(State, Default)]
struct Article {
    #[state(append)]
    material: Vec<&'static str>,
    #[state(add)]
    cost: u32,
    /// One line per task. Lines of one superstep are in the order in which the nodes are declared.
    #[state(append)]
    log: Vec<String>,
}

/// Finds a piece of material at a cost. Several nodes share this implementation.
struct Find(&'static str, u32);

#[async_trait]
impl Node<Article> for Find {
    async fn run(&self, _: &Article, context: &Context<Article>) -> NodeResult<Article> {
        let Self(what, cost) = *self;
        Ok(Article::update().material(what).cost(cost).log(line(context, "done")))
    }
}

async fn plan(_: &Article, context: &Context<Article>) -> NodeResult<Article> {
    Ok(Article::update().log(line(context, format!("round {}", context.visit()))))
}

async fn write(article: &Article, context: &Context<Article>) -> NodeResult<Article> {
    Ok(Article::update().log(line(context, format!("from {} pieces of material", article.material.len()))))
}

async fn publish(_: &Article, context: &Context<Article>) -> NodeResult<Article> {
    Ok(Article::update().log(line(context, "done")))
}

async fn expenses(article: &Article, context: &Context<Article>) -> NodeResult<Article> {
    Ok(Article::update().log(line(context, format!("{} euros in all", article.cost))))
}

fn line(context: &Context<Article>, what: impl std::fmt::Display) -> String {
    format!("{:>2}  {:<10}  {what}", context.superstep(), context.node())
}

fn newspaper() -> Result<Graph<Article>, council_core::BuildError> {
    let mut graph = StateGraph::<Article>::new("newspaper");
    let plan = graph.node("plan", plan);
    let archive = graph.node("archive", Find("old issues", 5));
    let interview = graph.node("interview", Find("an interview", 120));
    let transcribe = graph.node("transcribe", Find("its transcript", 40));
    let write = graph.node("write", write);
    let publish = graph.node("publish", publish);
    let expenses = graph.node("expenses", expenses);

    graph.start(plan);
    graph.edge(plan, archive).edge(plan, interview).edge(interview, transcribe);
    // `archive` ends one superstep before `transcribe`. `write` waits for both, and again for both in the second round.
    graph.join([archive, transcribe], write);
    graph.route(
        write,
        [plan, publish],
        |article, [more, enough]| if article.material.len() < 6 { more } else { enough },
    );
    // Each interview leads to `expenses`. That node is deferred, so it runs once, when no other task is left.
    graph.edge(interview, expenses).defer(expenses);
    graph.end(publish).end(expenses);
    graph.compile()
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let article = newspaper()?.run(Article::default()).await?.into_state();
    println!("{}", article.log.join("\n"));
    Ok(())
}
