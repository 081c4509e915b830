//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use reqwest::Url;
use serde_json::{Map, Value, json};

use crate::error::ClientError;

/// A client of a running council-server: starts councils, watches them, and answers for the chair.
#[derive(Parser)]
#[command(name = "client", after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The address of the server
    #[arg(long, global = true, value_name = "URL", env = "COUNCIL_SERVER", default_value = "http://127.0.0.1:8000",
          value_parser = address)]
    pub(crate) server: Url,

    /// The token, if the server requires one
    #[arg(long, global = true, value_name = "TOKEN", env = "COUNCIL_TOKEN", hide_env_values = true)]
    pub(crate) token: Option<String>,

    /// Print the server's answers and events as JSON, also the events of waits and retries
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// The key of a start, a retry or an answer of the chair, which the server does only once; a new one by default
    #[arg(long, global = true, value_name = "KEY")]
    pub(crate) key: Option<String>,

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
        /// Show its events until it ends
        #[arg(long)]
        watch: bool,
        /// Use a saved blueprint instead of the built-in council
        #[arg(long, value_name = "ID")]
        blueprint: Option<String>,
    },
    /// Show the events of a run until it ends; reconnects after a restart of the server
    Watch {
        #[arg(help = RUN)]
        run: String,
        /// Show only events with a number above N
        #[arg(long, default_value_t = 0, value_name = "N")]
        after: u64,
    },
    /// As the chair: let the next agent work
    Approve {
        #[arg(help = RUN)]
        run: String,
    },
    /// As the chair: end the run
    Reject {
        #[arg(help = RUN)]
        run: String,
    },
    /// As the chair: change the state, and let the next agent work
    Modify {
        #[arg(help = RUN)]
        run: String,
        #[command(flatten)]
        change: Change,
    },
    /// Show the state of a run that has a chair
    State {
        #[arg(help = RUN)]
        run: String,
    },
    /// Stop a run
    Cancel {
        #[arg(help = RUN)]
        run: String,
    },
    /// Take up a run that has failed or was cancelled, from its last position
    Retry {
        #[arg(help = RUN)]
        run: String,
        /// Show its further events until it ends
        #[arg(long)]
        watch: bool,
    },
    /// Print the document of a run. Without a document it is a failure, and standard output stays empty
    Result {
        #[arg(help = RUN)]
        run: String,
        /// If there is no document yet, print the current draft
        #[arg(long)]
        draft: bool,
    },
    /// List the calls of models in a run, with their tokens and how they ended
    Calls {
        #[arg(help = RUN)]
        run: String,
    },
    /// Save a blueprint from a JSON file, and print its id
    Save { file: PathBuf },
    /// List the saved blueprints
    Blueprints,
    /// Print the graph of a blueprint, or of the built-in council, as Mermaid
    Graph { blueprint: Option<String> },
    /// List the runs, newest first
    History {
        /// The number of runs
        #[arg(long, default_value_t = 20)]
        limit: u32,
        /// The number of newer runs to skip
        #[arg(long, default_value_t = 0)]
        offset: u32,
    },
}

/// The changes of `modify`.
#[derive(Args)]
#[group(required = true, multiple = true)]
pub(crate) struct Change {
    /// A new draft, from a file
    #[arg(long, value_name = "FILE")]
    draft: Option<PathBuf>,
    /// Additional feedback; can be given several times
    #[arg(long, value_name = "TEXT")]
    feedback: Vec<String>,
    /// A new topic
    #[arg(long, value_name = "TEXT")]
    topic: Option<String>,
    /// A new score, 0 to 10
    #[arg(long, value_name = "SCORE")]
    score: Option<f64>,
    /// The decision after the critic: `rework` or `approve`
    #[arg(long, value_name = "WORD")]
    decision: Option<String>,
}

impl Change {
    /// The JSON of the changes: unchanged fields are left out.
    pub(crate) fn state(&self) -> Result<Value, ClientError> {
        let mut state = Map::new();
        if let Some(file) = &self.draft {
            let draft = std::fs::read_to_string(file)
                .map_err(|source| ClientError::File { file: file.display().to_string(), source })?;
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
        _ => Err("an address has `http://`, a host and a port, as in `http://127.0.0.1:8000`".to_owned()),
    }
}

const EXAMPLES: &str = "\
Examples:
  client start --watch Should a small team adopt Rust?
  run=$(client start --chair Rust for newcomers); client watch $run
  client modify $run --feedback 'Name your sources.'
  client result $run > document.md
  client start --watch --blueprint $(client save panel.json) Rust for newcomers

Exit codes: 0 after success, 1 after a failure, 2 for a wrong command line.
`watch` and `--watch` fail if the run ends without a document, `result` if there is none.";

const RUN: &str = "The id of the run";
