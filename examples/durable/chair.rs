//! A council that asks a person at the terminal: one typed question, and an approval before each agent works.
//!
//! The person may leave at any time. The run waits in a SQLite file; started again with the same topic, the program asks again.
//! `cargo run --example chair -- "Rust"`; the answers can also come from a file: `... < answers.txt`.

use std::error::Error;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use council_core::journal::{self, JournalError, Sqlite};
use council_core::stored::LoadError;
use council_core::{
    Context, Detail, EventKind, Failure, Graph, NodeId, NodeResult, Outcome, Position, RunBuilder, RunError, State,
    StateGraph,
};
use council_llm::{CRITIC, Council, Critic, DEFAULT_THRESHOLD, MASTER, Master, Rehearsal, WRITER, Writer};
use serde::{Deserialize, Serialize};

/// A council with a person in the chair.
#[derive(Parser)]
struct Arguments {
    /// What to write about; it is also the id of the run
    topic: String,
    /// The SQLite file that stores the runs
    #[arg(long, value_name = "FILE", default_value = "chair.db")]
    database: PathBuf,
}

/// The question of a node. Any type that implements `Serialize` can be a question.
#[derive(Serialize, Deserialize)]
struct Question {
    text: String,
    choices: Vec<Audience>,
}

/// The answer. An answer of another type is refused, and the question stays open.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Audience {
    Newcomers,
    Experts,
}

async fn brief(council: &Council, context: &Context<Council>) -> NodeResult<Council> {
    let choices = vec![Audience::Newcomers, Audience::Experts];
    let audience: Audience = context.ask(Question { text: "Who is to read it?".to_owned(), choices }).await?;
    Ok(Council::update().topic(format!("{} for {audience:?}", council.topic).to_lowercase()))
}

/// The nodes of the council.
struct Nodes {
    brief: NodeId<Council>,
    master: NodeId<Council>,
    critic: NodeId<Council>,
    writer: NodeId<Council>,
}

fn council() -> Result<(Graph<Council>, Nodes), council_core::BuildError> {
    let model = Arc::new(Rehearsal::new().pace(Duration::ZERO));
    let mut graph = StateGraph::<Council>::new("council with a chair");
    let brief = graph.node("brief", brief);
    let master = graph.node(MASTER, Master::new(model.clone()));
    let critic = graph.node(CRITIC, Critic::new(model.clone(), DEFAULT_THRESHOLD));
    let writer = graph.node(WRITER, Writer::new(model));
    graph.start(brief).edge(brief, master).edge(master, critic).end(writer);
    graph.route(
        critic,
        [master, writer],
        |council, [rework, approve]| {
            if council.score >= Some(DEFAULT_THRESHOLD) { approve } else { rework }
        },
    );
    Ok((graph.compile()?, Nodes { brief, master, critic, writer }))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let Arguments { topic, database } = Arguments::parse();
    let ((graph, nodes), journal) = (council()?, Sqlite::open(&database).await?);
    let mut outcome = match graph.load(&journal, &topic).await {
        Ok(position) if position.is_paused() => Outcome::Paused { position },
        Ok(position) => run_to_pause(graph.resume(position), &nodes, &journal).await?, // it was killed between two pauses
        Err(LoadError::Journal(JournalError::NotFound { .. })) => {
            run_to_pause(graph.run(Council::new(&topic)).id(&*topic), &nodes, &journal).await?
        }
        Err(error) => return Err(error.into()),
    };
    while let Outcome::Paused { mut position } = outcome {
        match ask_person(&graph, &nodes, &mut position)? {
            Reply::Continue => outcome = run_to_pause(graph.resume(position), &nodes, &journal).await?,
            Reply::Reject => {
                journal::close(&journal, &topic, "rejected by the chair", None).await?;
                println!("rejected: the run has ended");
                return Ok(());
            }
            Reply::Leave => {
                println!("the run waits in {}; to continue, give the same command again", database.display());
                return Ok(());
            }
        }
    }
    let Council { score, iteration, document, .. } = outcome.finished()?;
    let words = document.unwrap_or_default().split_whitespace().count();
    println!("{} of 10 after {iteration} drafts; the document has {words} words", score.unwrap_or_default());
    Ok(())
}

/// Runs to the next pause or to the end.
async fn run_to_pause(
    run: RunBuilder<Council>,
    nodes: &Nodes,
    journal: &Sqlite,
) -> Result<Outcome<Council>, RunError<Council>> {
    let run = run.journal(journal.clone()).pause_before([nodes.master, nodes.critic, nodes.writer]);
    let ended = run.observe_in(Detail::TASKS, |event| {
        if let EventKind::NodeCompleted { task, .. } = &event.kind {
            println!("  {} is done", task.node);
        }
    });
    match ended.await {
        // A refused answer leaves the question open.
        Err(error) if matches!(error.failure(), Failure::WrongAnswer { .. }) => {
            println!("  {}", error.failure());
            Ok(Outcome::Paused { position: error.into_position() })
        }
        ended => ended,
    }
}

/// The decision of the person at a pause.
enum Reply {
    Continue,
    Reject,
    Leave,
}

/// Asks the open questions, and then for an approval of the next agent.
fn ask_person(
    graph: &Graph<Council>,
    nodes: &Nodes,
    position: &mut Position<Council>,
) -> Result<Reply, Box<dyn Error>> {
    for ask in position.asks() {
        let Question { text, choices } = ask.question()?;
        let Some(answer) = prompt(&format!("{text} {choices:?}").to_lowercase())? else { return Ok(Reply::Leave) };
        position.answer(&ask.id, &answer)?;
    }
    let Some(next) = position.open_tasks().next().map(|task| task.node.to_owned()) else { return Ok(Reply::Continue) };
    let is_next = |node| graph.node_name(node) == Some(&*next);
    if is_next(nodes.brief) {
        return Ok(Reply::Continue); // its questions are answered
    }
    let Council { iteration, score, .. } = position.state();
    println!("draft {iteration}, score {}; next is {next}", score.map_or("none".to_owned(), |score| score.to_string()));
    loop {
        let Some(line) = prompt("approve, change <feedback>, reject or leave?")? else { return Ok(Reply::Leave) };
        match line.split_once(' ').unwrap_or((&line, "")) {
            ("approve", "") => return Ok(Reply::Continue),
            ("reject", "") => return Ok(Reply::Reject),
            ("leave", "") => return Ok(Reply::Leave),
            ("change", feedback) if !feedback.is_empty() => {
                let update = Council::update().feedback(feedback);
                if is_next(nodes.writer) {
                    // An edit in the name of the critic: its route is asked again and leads to the master.
                    graph.edit_as(position, nodes.critic, "the chair", update.score(None))?;
                } else {
                    position.edit("the chair", update);
                }
                return Ok(Reply::Continue);
            }
            _ => println!("  `{line}` is not one of the four"),
        }
    }
}

/// Prints a question and reads the next line of standard input; `None` at its end.
fn prompt(question: &str) -> io::Result<Option<String>> {
    print!("{question} ");
    io::stdout().flush()?;
    let mut line = String::new();
    if io::stdin().read_line(&mut line)? == 0 {
        println!("(no answer)");
        return Ok(None);
    }
    if !io::stdin().is_terminal() {
        println!("{}", line.trim()); // a terminal shows it already
    }
    Ok(Some(line.trim().to_owned()))
}
