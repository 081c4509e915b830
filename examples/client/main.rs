//! A client for a running `council-server`: `cargo run --example client -- start --watch "your topic"`.
//!
//! Standard output holds what was asked for and nothing else; remarks go to standard error. Each file is one thing: the command
//! line (`args`), requests (`server`), the WebSocket (`watch`), what is shown (`show`), and what can go wrong (`fault`).

mod args;
mod fault;
mod server;
mod show;
mod watch;

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use serde_json::{Value, json};

use args::{Arguments, Command};
use fault::Fault;
use server::Server;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    obey(Arguments::parse()).await.unwrap_or_else(|fault| {
        eprintln!("client: {fault}");
        ExitCode::FAILURE
    })
}

async fn obey(arguments: Arguments) -> Result<ExitCode, Fault> {
    let Arguments { server, token, json, command } = arguments;
    let server = Server::new(server, token)?;
    let (answer, shown): (Value, fn(&Value) -> String) = match &command {
        Command::Start { topic, chair, watch, blueprint } => {
            let body = json!({ "input_topic": topic.join(" "), "god_mode": chair });
            let started = match blueprint {
                Some(blueprint) => server.post(&[blueprint, "run"], &body).await?,
                None => server.post(&["run"], &body).await?,
            };
            if *watch {
                let run = show::run(&started);
                eprintln!("run {run}");
                return watch::watch(&server, &run, 0, json).await;
            }
            (started, show::run)
        }
        Command::Watch { run, after } => return watch::watch(&server, run, *after, json).await,
        Command::Approve { run } => (server.decide(run, "approve", None).await?, show::standing),
        Command::Reject { run } => (server.decide(run, "reject", None).await?, show::standing),
        Command::Modify { run, change } => (server.decide(run, "modify", Some(change.state()?)).await?, show::standing),
        Command::Cancel { run } => (server.post(&["run", run, "cancel"], &json!({})).await?, show::standing),
        Command::State { run } => (server.get(&["run", run, "state"]).await?, show::state),
        Command::Result { run } => (server.get(&["run", run]).await?, show::result),
        Command::Save { file } => (server.post(&[""], &read(file)?).await?, show::id),
        Command::Blueprints => (server.get(&[""]).await?, show::blueprints),
        Command::Graph { blueprint } => {
            let path: Vec<_> = blueprint.iter().map(String::as_str).chain(["graph"]).collect();
            print!("{}", server.drawing(&path).await?);
            return Ok(ExitCode::SUCCESS);
        }
        Command::History { limit, offset } => (server.history(*limit, *offset).await?, show::history),
    };
    let text = if json { show::json(&answer) } else { shown(&answer) };
    // Whoever reads it may have seen enough: `client history | head`.
    let _ = writeln!(std::io::stdout(), "{text}");
    Ok(ExitCode::SUCCESS)
}

/// A blueprint, which has to be JSON before the server is asked.
fn read(file: &Path) -> Result<Value, Fault> {
    let name = || file.display().to_string();
    let text = std::fs::read_to_string(file).map_err(|source| Fault::File { file: name(), source })?;
    serde_json::from_str(&text).map_err(|source| Fault::NoJson { file: name(), source })
}
