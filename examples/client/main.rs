//! A client of a running `council-server`: `cargo run --example client -- start --watch "your topic"`.
//!
//! Results go to standard output, remarks to standard error. The files: the command line (`args`), requests (`server`), the
//! WebSocket (`watch`), the texts for the terminal (`show`), and the errors (`error`).

mod args;
mod error;
mod server;
mod show;
#[path = "../variables.rs"]
mod variables;
mod watch;

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use serde_json::{Value, json};

use args::{Arguments, Command};
use error::ClientError;
use server::Server;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    variables::refuse_misspelt(Arguments::command());
    execute(arguments).await.unwrap_or_else(|error| {
        eprintln!("client: {error}");
        ExitCode::FAILURE
    })
}

async fn execute(arguments: Arguments) -> Result<ExitCode, ClientError> {
    let Arguments { server, token, json, key, command } = arguments;
    let server = Server::new(server, token, key)?;
    let (answer, text): (Value, fn(&Value) -> String) = match &command {
        Command::Start { topic, chair, watch, blueprint } => {
            let body = json!({ "input_topic": topic.join(" "), "god_mode": chair });
            let started = match blueprint {
                Some(blueprint) => server.post_once(&[blueprint, "run"], &body).await?,
                None => server.post_once(&["run"], &body).await?,
            };
            if *watch {
                let run = show::run(&started);
                eprintln!("run {run}");
                return watch::watch(&server, &run, 0, json).await;
            }
            (started, show::run)
        }
        Command::Watch { run, after } => return watch::watch(&server, run, *after, json).await,
        Command::Approve { run } => (server.decide(run, "approve", None).await?, show::status),
        Command::Reject { run } => (server.decide(run, "reject", None).await?, show::status),
        Command::Modify { run, change } => (server.decide(run, "modify", Some(change.state()?)).await?, show::status),
        Command::Cancel { run } => (server.post(&["run", run, "cancel"], &json!({})).await?, show::status),
        Command::Retry { run, watch } => {
            let seen = if *watch { server.last_event(run).await? } else { 0 };
            let answer = server.post_once(&["run", run, "retry"], &json!({})).await?;
            if let Some(note) = answer["note"].as_str() {
                eprintln!("{note}");
            }
            if *watch {
                return watch::watch(&server, run, seen, json).await;
            }
            (answer, show::status)
        }
        Command::State { run } => (server.get(&["run", run, "state"]).await?, show::state),
        Command::Result { run, draft } => return show_result(&server.get(&["run", run]).await?, *draft, json),
        Command::Calls { run } => (server.get(&["run", run]).await?, show::calls),
        Command::Save { file } => (server.post(&[""], &read(file)?).await?, show::id),
        Command::Blueprints => (server.get(&[""]).await?, show::blueprints),
        Command::Graph { blueprint } => {
            let path: Vec<_> = blueprint.iter().map(String::as_str).chain(["graph"]).collect();
            print!("{}", server.drawing(&path).await?);
            return Ok(ExitCode::SUCCESS);
        }
        Command::History { limit, offset } => (server.history(*limit, *offset).await?, show::history),
    };
    let text = if json { show::json(&answer) } else { text(&answer) };
    // The reader may close the pipe early, as `head` does in `client history | head`.
    let _ = writeln!(std::io::stdout(), "{text}");
    Ok(ExitCode::SUCCESS)
}

/// Prints the document of a run, or its draft if that is wanted too. Without either it is a failure.
fn show_result(result: &Value, or_draft: bool, json: bool) -> Result<ExitCode, ClientError> {
    let text = show::document(result, or_draft);
    if json {
        let _ = writeln!(std::io::stdout(), "{}", show::json(result));
    }
    let Some(text) = text else { return Err(ClientError::NoDocument(show::no_document(result))) };
    if !json {
        eprintln!("{}", show::status(result));
        let _ = writeln!(std::io::stdout(), "{text}");
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads a blueprint. A file that is not JSON is refused before the server is called.
fn read(file: &Path) -> Result<Value, ClientError> {
    let name = || file.display().to_string();
    let text = std::fs::read_to_string(file).map_err(|source| ClientError::File { file: name(), source })?;
    serde_json::from_str(&text).map_err(|source| ClientError::NotJson { file: name(), source })
}
