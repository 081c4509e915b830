//! The command line, and the same settings from the environment.

use std::io::Read;

use clap::Parser;
use council_llm::{DEFAULT_MAX_ITERATIONS, DEFAULT_THRESHOLD, ModelSpec, SpecError};

/// A council of AI agents writes a document: a master drafts, a critic scores, and the master mends the draft until it
/// is good enough for the writer to finish.
///
/// The work is shown live on standard error. Standard output holds the finished document and nothing else.
#[derive(Debug, Parser)]
#[command(name = "council", version, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// What to write about; `-` reads it from standard input
    #[arg(required = true, value_name = "TOPIC")]
    topic: Vec<String>,

    /// The model that plays the agents: `anthropic/...`, `openai/...`, `ollama/...` or `rehearsal` [default: Claude or
    /// GPT if there is a key for it, else the rehearsal]
    #[arg(long, short, value_name = "SPEC", env = "COUNCIL_MODEL", value_parser = model, hide_env_values = true)]
    model: Option<Named>,

    /// Another model for the critic
    #[arg(long, value_name = "SPEC", env = "COUNCIL_CRITIC_MODEL", value_parser = model, hide_env_values = true)]
    critic_model: Option<Named>,

    /// Another model for the writer
    #[arg(long, value_name = "SPEC", env = "COUNCIL_WRITER_MODEL", value_parser = model, hide_env_values = true)]
    writer_model: Option<Named>,

    /// After how many drafts the writer takes over, whatever the score
    #[arg(long, value_name = "DRAFTS", env = "COUNCIL_MAX_ITERATIONS", default_value_t = DEFAULT_MAX_ITERATIONS,
          value_parser = drafts, allow_negative_numbers = true, hide_env_values = true)]
    pub(crate) max_iterations: u32,

    /// The score from which a draft passes, 0 to 10
    #[arg(long, value_name = "SCORE", env = "COUNCIL_THRESHOLD", default_value_t = DEFAULT_THRESHOLD,
          value_parser = threshold, allow_negative_numbers = true, hide_env_values = true)]
    pub(crate) threshold: f64,

    /// How many lines of a draft are shown while it is written
    #[arg(long, value_name = "LINES", default_value_t = 5)]
    pub(crate) preview: usize,

    /// Print one JSON object in place of the document
    #[arg(long)]
    pub(crate) json: bool,

    /// Show nothing while the council works
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

impl Arguments {
    /// The model of all agents, if one is named.
    pub(crate) fn model(&self) -> Option<&ModelSpec> {
        self.model.as_ref()?.0.as_ref()
    }

    /// The critic's own model, if one is named.
    pub(crate) fn critic_model(&self) -> Option<&ModelSpec> {
        self.critic_model.as_ref()?.0.as_ref()
    }

    /// The writer's own model, if one is named.
    pub(crate) fn writer_model(&self) -> Option<&ModelSpec> {
        self.writer_model.as_ref()?.0.as_ref()
    }

    /// The topic, from the arguments or from standard input.
    ///
    /// # Errors
    ///
    /// There is none but white space, there are two, or standard input cannot be read.
    pub(crate) fn topic(&self) -> Result<String, String> {
        if self.topic.len() > 1 && self.topic.iter().any(|word| word == "-") {
            return Err("`-` reads the topic from standard input, so no other words can go with it; \
                        a topic with a dash in it goes in quotes"
                .to_owned());
        }
        let mut topic = self.topic.join(" ");
        if topic == "-" {
            topic.clear();
            std::io::stdin()
                .read_to_string(&mut topic)
                .map_err(|error| format!("the topic cannot be read from standard input: {error}"))?;
        }
        match topic.trim() {
            "" => Err("the topic is empty: say what the council is to write about".to_owned()),
            topic => Ok(topic.to_owned()),
        }
    }
}

/// What a flag or a variable names: nothing if it is empty, as a variable is that was cleared.
#[derive(Clone, Debug)]
struct Named(Option<ModelSpec>);

fn model(input: &str) -> Result<Named, SpecError> {
    let named = !input.trim().is_empty();
    Ok(Named(named.then(|| input.parse()).transpose()?))
}

fn drafts(input: &str) -> Result<u32, String> {
    match input.trim() {
        "" => Ok(DEFAULT_MAX_ITERATIONS),
        input => match input.parse() {
            Ok(0) => Err("the council needs at least one draft".to_owned()),
            Ok(drafts) => Ok(drafts),
            Err(_) => Err(format!("the drafts are a whole number from 1 to {}", u32::MAX)),
        },
    }
}

fn threshold(input: &str) -> Result<f64, String> {
    match input.trim() {
        "" => Ok(DEFAULT_THRESHOLD),
        input => match input.parse::<f64>() {
            // Without the sign of -0.
            Ok(score) if (0.0..=10.0).contains(&score) => Ok(score.abs()),
            _ => Err("a score is a number from 0 to 10".to_owned()),
        },
    }
}

const EXAMPLES: &str = "\
Examples:
  council Should a small team adopt Rust?
  council --model ollama/llama3.2 --critic-model claude-sonnet-4-5 - < brief.md > document.md
  council --json -q Rust for newcomers | jq .score

Keys and addresses come from ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL, OPENAI_API_KEY, OPENAI_BASE_URL and OLLAMA_HOST.
It exits with 0 when there is a document, 1 when it failed, 2 for a wrong command line or a
missing key, 130 after Ctrl-C, 143 after SIGTERM.";
