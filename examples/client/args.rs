//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use reqwest::Url;
use serde_json::{Map, Value, json};

use crate::fault::Fault;

/// Starts councils on a running council-server, watches them, and speaks for the chair.
#[derive(Parser)]
#[command(name = "client", after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Where the server listens
    #[arg(long, global = true, value_name = "URL", env = "COUNCIL_SERVER", default_value = "http://127.0.0.1:8000",
          value_parser = address)]
    pub(crate) server: Url,

    /// The server's token, if it wants one
    #[arg(long, global = true, value_name = "TOKEN", env = "COUNCIL_TOKEN", hide_env_values = true)]
    pub(crate) token: Option<String>,

    /// Print what the server says, as JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Start a run, and print its id
    Start {
        /// What to write about
        #[arg(required = true)]
        topic: Vec<String>,
        /// Wait for the chair before each agent
        #[arg(long)]
        chair: bool,
        /// Watch it to its end
        #[arg(long)]
        watch: bool,
        /// The council of a saved blueprint instead of the built-in one
        #[arg(long, value_name = "ID")]
        blueprint: Option<String>,
    },
    /// Show the events of a run until it ends, also across a restart of the server
    Watch {
        run: String,
        /// Only events with a greater number
        #[arg(long, default_value_t = 0, value_name = "N")]
        after: u64,
    },
    /// As the chair: let the next agent work
    Approve { run: String },
    /// As the chair: end the run
    Reject { run: String },
    /// As the chair: change the state, and let the next agent work
    Modify {
        run: String,
        #[command(flatten)]
        change: Change,
    },
    /// Show the state of a run that has a chair
    State { run: String },
    /// Stop a run
    Cancel { run: String },
    /// Print the document of a run, or the draft there is so far
    Result { run: String },
    /// Save a blueprint from a JSON file, and print its id
    Save { file: PathBuf },
    /// List the saved blueprints
    Blueprints,
    /// Print a graph for a Mermaid renderer: that of a blueprint, or of the built-in council
    Graph { blueprint: Option<String> },
    /// List the runs, newest first
    History {
        #[arg(long, default_value_t = 20)]
        limit: u32,
        #[arg(long, default_value_t = 0)]
        offset: u32,
    },
}

/// What the chair changes.
#[derive(Args)]
#[group(required = true, multiple = true)]
pub(crate) struct Change {
    /// Another draft, from a file
    #[arg(long, value_name = "FILE")]
    draft: Option<PathBuf>,
    /// One more feedback; may be given more than once
    #[arg(long, value_name = "TEXT")]
    feedback: Vec<String>,
    /// Another topic
    #[arg(long, value_name = "TEXT")]
    topic: Option<String>,
    /// Another score, 0 to 10
    #[arg(long, value_name = "SCORE")]
    score: Option<f64>,
    /// Where the critic's draft goes: `rework` or `approve`
    #[arg(long, value_name = "WORD")]
    decision: Option<String>,
}

impl Change {
    /// As the protocol has it: what is not changed is left out.
    pub(crate) fn state(&self) -> Result<Value, Fault> {
        let mut state = Map::new();
        if let Some(file) = &self.draft {
            let draft = std::fs::read_to_string(file)
                .map_err(|source| Fault::File { file: file.display().to_string(), source })?;
            state.insert("current_draft".to_owned(), json!(draft));
        }
        if !self.feedback.is_empty() {
            state.insert("feedback_history".to_owned(), json!(self.feedback));
        }
        let others = [
            ("input_topic", self.topic.as_ref().map(|topic| json!(topic))),
            ("critic_score", self.score.map(|score| json!(score))),
            ("route_decision", self.decision.as_ref().map(|decision| json!(decision))),
        ];
        state.extend(others.into_iter().filter_map(|(field, value)| Some((field.to_owned(), value?))));
        Ok(Value::Object(state))
    }
}

fn address(text: &str) -> Result<Url, String> {
    match Url::parse(text) {
        Ok(url) if url.scheme() == "http" && url.has_host() => Ok(url),
        _ => Err("an address is `http://`, a host and a port: `http://127.0.0.1:8000`".to_owned()),
    }
}

const EXAMPLES: &str = "\
Examples:
  client start --watch Should a small team adopt Rust?
  run=$(client start --chair Rust for newcomers); client watch $run
  client modify $run --feedback 'Name your sources.'
  client result $run > document.md
  client start --watch --blueprint $(client save panel.json) Rust for newcomers

It exits with 0 when it was done, for `watch` when the run has completed, and else with 1; a wrong command line is 2.";
