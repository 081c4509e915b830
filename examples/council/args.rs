//! The command line, with environment variables for its flags.

use std::io::Read;

use clap::Parser;
use council_llm::{DEFAULT_MAX_ITERATIONS, DEFAULT_THRESHOLD, ModelSpec, SpecError, is_blank};

use crate::calls::CallArguments;

/// A council of AI agents writes a document: a master drafts, a critic scores, and the master improves the draft until
/// the score is high enough. Then the writer polishes it.
///
/// Progress is shown on standard error. Only the finished document goes to standard output. If a run ends without a document, standard
/// output stays empty, and the last draft goes to standard error, even if it was approved.
#[derive(Debug, Parser)]
#[command(name = "council", version, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The topic of the document; `-` reads it from standard input
    #[arg(required = true, value_name = "TOPIC")]
    topic: Vec<String>,

    /// The model of all agents: `anthropic/...`, `openai/...`, `ollama/...`, a preset such as `groq/...`, or `rehearsal`
    /// [default: Claude or GPT if its key is set, else the rehearsal]
    #[arg(long, short, value_name = "SPEC", env = "COUNCIL_MODEL", value_parser = model, hide_env_values = true)]
    model: Option<OptionalModel>,

    /// A different model for the critic
    #[arg(long, value_name = "SPEC", env = "COUNCIL_CRITIC_MODEL", value_parser = model, hide_env_values = true)]
    critic_model: Option<OptionalModel>,

    /// A different model for the writer
    #[arg(long, value_name = "SPEC", env = "COUNCIL_WRITER_MODEL", value_parser = model, hide_env_values = true)]
    writer_model: Option<OptionalModel>,

    /// The maximum number of drafts; the last one goes to the writer, whatever its score
    #[arg(long, value_name = "DRAFTS", env = "COUNCIL_MAX_ITERATIONS", default_value_t = DEFAULT_MAX_ITERATIONS,
          value_parser = drafts, allow_negative_numbers = true, hide_env_values = true)]
    pub(crate) max_iterations: u32,

    /// The lowest score that approves a draft, 0 to 10
    #[arg(long, value_name = "SCORE", env = "COUNCIL_THRESHOLD", default_value_t = DEFAULT_THRESHOLD,
          value_parser = threshold, allow_negative_numbers = true, hide_env_values = true)]
    pub(crate) threshold: f64,

    /// The number of lines of a draft that are shown
    #[arg(long, value_name = "LINES", default_value_t = 5)]
    pub(crate) preview: usize,

    /// Print one JSON object instead of the document
    #[arg(long)]
    pub(crate) json: bool,

    /// Show no progress, only errors, warnings, and when a wait for a model begins and ends
    #[arg(long, short)]
    pub(crate) quiet: bool,

    #[command(flatten)]
    pub(crate) calls: CallArguments,
}

impl Arguments {
    /// The model of all agents, if `--model` is given.
    pub(crate) fn model(&self) -> Option<&ModelSpec> {
        self.model.as_ref()?.0.as_ref()
    }

    /// The model of the critic, if `--critic-model` is given.
    pub(crate) fn critic_model(&self) -> Option<&ModelSpec> {
        self.critic_model.as_ref()?.0.as_ref()
    }

    /// The model of the writer, if `--writer-model` is given.
    pub(crate) fn writer_model(&self) -> Option<&ModelSpec> {
        self.writer_model.as_ref()?.0.as_ref()
    }

    /// The topic, from the arguments or from standard input.
    ///
    /// # Errors
    ///
    /// The topic is empty, `-` is combined with other words, or standard input cannot be read.
    pub(crate) fn topic(&self) -> Result<String, String> {
        if self.topic.len() > 1 && self.topic.iter().any(|word| word == "-") {
            return Err("`-` reads the topic from standard input and cannot be combined with other words; \
                        put a topic with a dash in quotes"
                .to_owned());
        }
        let mut topic = self.topic.join(" ");
        if topic == "-" {
            topic.clear();
            std::io::stdin()
                .read_to_string(&mut topic)
                .map_err(|error| format!("the topic cannot be read from standard input: {error}"))?;
        }
        if is_blank(&topic) {
            return Err("the topic is empty".to_owned());
        }
        Ok(topic.trim().to_owned())
    }
}

/// The model of a flag or a variable; an empty variable counts as not set.
#[derive(Clone, Debug)]
struct OptionalModel(Option<ModelSpec>);

fn model(input: &str) -> Result<OptionalModel, SpecError> {
    let is_set = !input.trim().is_empty();
    Ok(OptionalModel(is_set.then(|| input.parse()).transpose()?))
}

fn drafts(input: &str) -> Result<u32, String> {
    match input.trim() {
        "" => Ok(DEFAULT_MAX_ITERATIONS),
        input => match input.parse() {
            Ok(0) => Err("the council needs at least one draft".to_owned()),
            Ok(drafts) => Ok(drafts),
            Err(_) => Err(format!("the number of drafts must be a whole number from 1 to {}", u32::MAX)),
        },
    }
}

fn threshold(input: &str) -> Result<f64, String> {
    match input.trim() {
        "" => Ok(DEFAULT_THRESHOLD),
        input => match input.parse::<f64>() {
            // `abs` turns -0 into 0.
            Ok(score) if (0.0..=10.0).contains(&score) => Ok(score.abs()),
            _ => Err("a score must be a number from 0 to 10".to_owned()),
        },
    }
}

const EXAMPLES: &str = "\
Examples:
  council Should a small team adopt Rust?
  council --model ollama/llama3.2 --critic-model claude-sonnet-4-5 - < brief.md > document.md
  council --json -q Rust for newcomers | jq .score

Keys and addresses come from ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL, OPENAI_API_KEY, OPENAI_BASE_URL and OLLAMA_HOST.

Presets with a key (GROQ_API_KEY, ...): `deepseek/...`, `gemini/...`, `groq/...`, `mistral/...`, `openrouter/...`, and \
`azure/...` with AZURE_OPENAI_API_KEY and AZURE_OPENAI_BASE_URL. Presets on this machine, without a key: `llamacpp/...`, \
`lmstudio/...`, `vllm/...`.

A time is a number of seconds, or a number with `s`, `m` or `h`: `90`, `90s`, `20m`, `1.5h`. Time limits of its calls may \
follow a model: `gpt-5?first-token-timeout=20m&between-tokens-timeout=90&total-timeout=1.5h`.

Exit codes: 0 with a document, also if the writer gave no text and the last draft is the document, 1 after a failure, \
2 for a wrong command line or a missing key, 130 after Ctrl-C, 143 after SIGTERM.";
