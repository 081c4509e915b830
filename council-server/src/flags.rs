//! The flags of the program, and the environment variables that stand for them.

use std::error::Error;
use std::time::Duration;

use clap::Parser;
use clap::builder::BoolishValueParser;
use council_core::{Graph, Limits};
use council_llm::{
    CRITIC, Council, CouncilBuilder, DEFAULT_MAX_ITERATIONS, DEFAULT_THRESHOLD, Environment, MASTER, ModelSpec, WRITER,
};
use council_server::{Config, Database};

/// Runs councils of AI agents, and shows each run while it happens.
#[derive(Debug, Parser)]
#[command(name = "council-server", version)]
pub(crate) struct Flags {
    /// Host and port to listen on; port 0 picks one
    #[arg(long, env = "COUNCIL_LISTEN", default_value = "127.0.0.1:8000", value_name = "HOST:PORT")]
    listen: String,
    /// The model of all agents, as `provider/model`, or `rehearsal`, which needs no key and is no language model; by
    /// default the first that the environment has a key for
    #[arg(long, env = "COUNCIL_MODEL", value_name = "SPEC")]
    model: Option<String>,
    /// A model of its own for the critic
    #[arg(long, env = "COUNCIL_CRITIC_MODEL", value_name = "SPEC")]
    critic_model: Option<String>,
    /// A model of its own for the writer
    #[arg(long, env = "COUNCIL_WRITER_MODEL", value_name = "SPEC")]
    writer_model: Option<String>,
    /// The score from which a draft passes, 0 to 10
    #[arg(long, env = "COUNCIL_THRESHOLD", default_value_t = DEFAULT_THRESHOLD, value_name = "SCORE")]
    threshold: f64,
    /// After how many drafts the writer takes over, whatever the score
    #[arg(long, env = "COUNCIL_MAX_ITERATIONS", default_value_t = DEFAULT_MAX_ITERATIONS, value_name = "DRAFTS")]
    max_iterations: u32,
    /// What clients have to bring as `Authorization: Bearer`
    #[arg(long, env = "COUNCIL_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// The pages that may call from a browser, separated by commas
    #[arg(long, env = "COUNCIL_ALLOWED_ORIGINS", default_value = "http://localhost:3000", value_name = "ORIGINS")]
    allowed_origins: String,
    /// Allow to listen beyond this machine without a token
    #[arg(long, env = "COUNCIL_INSECURE", value_parser = BoolishValueParser::new())]
    insecure: bool,
    /// The file that keeps the runs, or `:memory:` to keep them as long as the server lives
    #[arg(long, env = "COUNCIL_DATABASE", default_value = "council.db", value_name = "FILE")]
    database: Database,
    /// How many ended runs are kept; by default all of them in a file, and 1000 in memory
    #[arg(long, env = "COUNCIL_KEEP_RUNS", value_name = "RUNS")]
    keep_runs: Option<u64>,
    /// How long running councils may take to reach their next stop when the server is told to end; they go on when it
    /// starts again
    #[arg(long, env = "COUNCIL_GRACE", default_value_t = 10, value_name = "SECONDS")]
    grace: u64,
}

/// What the flags amount to.
pub(crate) struct Setup {
    /// For the server.
    pub(crate) config: Config,
    /// The council.
    pub(crate) graph: Graph<Council>,
    /// Which models play, in one line for a person.
    pub(crate) models: String,
}

impl Flags {
    /// Reads what the flags mean, with the keys and addresses of the environment.
    pub(crate) fn setup(&self, environment: &Environment) -> Result<Setup, Box<dyn Error>> {
        let model = spec(self.model.as_deref())?.unwrap_or_else(|| environment.default_spec());
        let critic = spec(self.critic_model.as_deref())?.unwrap_or_else(|| model.clone());
        let writer = spec(self.writer_model.as_deref())?.unwrap_or_else(|| model.clone());
        let mut council = CouncilBuilder::new(environment.model(&model)?)
            .threshold(self.threshold)
            .max_iterations(self.max_iterations);
        if critic != model {
            council = council.critic_model(environment.model(&critic)?);
        }
        if writer != model {
            council = council.writer_model(environment.model(&writer)?);
        }
        Ok(Setup { config: self.config()?, graph: council.build()?, models: cast(&model, &critic, &writer) })
    }

    fn config(&self) -> Result<Config, Box<dyn Error>> {
        let origins = self.allowed_origins.split(',').map(str::trim);
        let origins = origins.filter(|origin| !origin.is_empty());
        Ok(Config {
            listen: self.listen.clone(),
            token: self.token.as_deref().map(str::parse).transpose()?,
            allowed_origins: origins.map(str::parse).collect::<Result<_, _>>()?,
            insecure: self.insecure,
            database: self.database.clone(),
            keep_runs: self.keep_runs,
            // The valve ends every council, also one that an earlier server has allowed more drafts.
            limits: Limits { supersteps: u64::MAX, ..Limits::default() },
            grace: Duration::from_secs(self.grace),
            ..Config::default()
        })
    }
}

/// A model, if one is named. An empty variable names none.
fn spec(text: Option<&str>) -> Result<Option<ModelSpec>, council_llm::SpecError> {
    text.filter(|text| !text.trim().is_empty()).map(str::parse).transpose()
}

/// Who plays what: `model: openai/gpt-4o`.
fn cast(master: &ModelSpec, critic: &ModelSpec, writer: &ModelSpec) -> String {
    if master == critic && master == writer {
        return format!("model: {}", told(master));
    }
    format!("models: {MASTER} {}; {CRITIC} {}; {WRITER} {}", told(master), told(critic), told(writer))
}

/// The name of a model; the stand-in has to say what it is.
fn told(model: &ModelSpec) -> String {
    match model {
        ModelSpec::Rehearsal => format!("{model} (a rule-based stand-in, no language model)"),
        model => model.to_string(),
    }
}
