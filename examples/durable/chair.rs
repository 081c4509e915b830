//! A chair at the terminal: the council asks a person a question, and waits for a word before each of its agents works. The person
//! may leave; the run waits in a SQLite file, and asks again when it is started again with the same topic.
//!
//! `cargo run --example chair -- "Rust"`, or with the answers from elsewhere: `... < answers.txt`

use std::error::Error;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use council_core::journal::{self, JournalError, LoadError, Sqlite};
use council_core::{
    Context, Detail, EventKind, Failure, Graph, NodeResult, Outcome, Position, RunBuilder, RunError, State, StateGraph,
};
use council_llm::{CRITIC, Council, Critic, DEFAULT_THRESHOLD, MASTER, Master, Rehearsal, WRITER, Writer};
use serde::{Deserialize, Serialize};

/// A council with a person in the chair.
#[derive(Parser)]
struct Arguments {
    /// What to write about; a run is found again by it
    topic: String,
    /// The file that keeps the runs
    #[arg(long, value_name = "FILE", default_value = "chair.db")]
    database: PathBuf,
}

/// What a node asks: any type that serialises.
#[derive(Serialize, Deserialize)]
struct Question {
    text: String,
    choices: Vec<Audience>,
}

/// What it wants to hear. Anything else is refused, and the question stays open.
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

fn council() -> Result<Graph<Council>, council_core::BuildError> {
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
    graph.compile()
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let Arguments { topic, database } = Arguments::parse();
    let (graph, journal) = (council()?, Sqlite::open(&database).await?);
    let mut outcome = match graph.load(&journal, &topic).await {
        Ok(position) if position.is_paused() => Outcome::Paused { position },
        Ok(position) => go_on(graph.resume(position), &journal).await?, // it was killed between two pauses
        Err(LoadError::Journal(JournalError::NotFound { .. })) => {
            go_on(graph.run(Council::new(&topic)).id(&*topic), &journal).await?
        }
        Err(error) => return Err(error.into()),
    };
    while let Outcome::Paused { mut position } = outcome {
        match consult(&graph, &mut position)? {
            Word::GoOn => outcome = go_on(graph.resume(position), &journal).await?,
            Word::Reject => {
                journal::close(&journal, &topic, "rejected by the chair", None).await?;
                println!("rejected: it does not go on");
                return Ok(());
            }
            Word::Leave => {
                println!("the run waits in {}; to go on, give the same command again", database.display());
                return Ok(());
            }
        }
    }
    let Council { score, iteration, document, .. } = outcome.finished()?;
    let words = document.unwrap_or_default().split_whitespace().count();
    println!("{} of 10 after {iteration} drafts; the document has {words} words", score.unwrap_or_default());
    Ok(())
}

/// To the next pause, or to the end.
async fn go_on(run: RunBuilder<Council>, journal: &Sqlite) -> Result<Outcome<Council>, RunError<Council>> {
    let run = run.journal(journal.clone()).pause_before([MASTER, CRITIC, WRITER]);
    let ended = run.observe_in(Detail::TASKS, |event| {
        if let EventKind::NodeCompleted { task, .. } = &event.kind {
            println!("  {} has worked", task.node);
        }
    });
    match ended.await {
        // The question is open again.
        Err(error) if matches!(error.failure(), Failure::WrongAnswer { .. }) => {
            println!("  {}", error.failure());
            Ok(Outcome::Paused { position: error.into_position() })
        }
        ended => ended,
    }
}

/// What a person wants.
enum Word {
    GoOn,
    Reject,
    Leave,
}

fn consult(graph: &Graph<Council>, position: &mut Position<Council>) -> Result<Word, Box<dyn Error>> {
    for ask in position.asks() {
        let Question { text, choices } = ask.question()?;
        let Some(answer) = hear(&format!("{text} {choices:?}").to_lowercase())? else { return Ok(Word::Leave) };
        position.answer(&ask.id, &answer)?;
    }
    let Some(next) = position.open_tasks().next().map(|task| task.node.to_owned()) else { return Ok(Word::GoOn) };
    if next == "brief" {
        return Ok(Word::GoOn); // it has its answers
    }
    let Council { iteration, score, .. } = position.state();
    println!("draft {iteration}, score {}; next is {next}", score.map_or("none".to_owned(), |score| score.to_string()));
    loop {
        let Some(line) = hear("approve, change <what is wrong>, reject or leave?")? else { return Ok(Word::Leave) };
        match line.split_once(' ').unwrap_or((&line, "")) {
            ("approve", "") => return Ok(Word::GoOn),
            ("reject", "") => return Ok(Word::Reject),
            ("leave", "") => return Ok(Word::Leave),
            ("change", wish) if !wish.is_empty() => {
                let update = Council::update().feedback(wish);
                if next == WRITER {
                    // As if the critic had said it: its route is asked again, and leads to the master.
                    graph.edit_as(position, CRITIC, "the chair", update.score(None))?;
                } else {
                    position.edit("the chair", update);
                }
                return Ok(Word::GoOn);
            }
            _ => println!("  `{line}` is none of these"),
        }
    }
}

/// The next line of whoever answers, or `None` if there are no more.
fn hear(question: &str) -> io::Result<Option<String>> {
    print!("{question} ");
    io::stdout().flush()?;
    let mut line = String::new();
    if io::stdin().read_line(&mut line)? == 0 {
        println!("(no answer)");
        return Ok(None);
    }
    if !io::stdin().is_terminal() {
        println!("{}", line.trim()); // a terminal shows what is typed
    }
    Ok(Some(line.trim().to_owned()))
}
