//! The flags of the program, and their environment variables.

use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use council_llm::ProviderSettings;

use super::raw::{RawSettings, Source};
use super::table::{ALL, DATABASE, Setting, ValueKind};

/// The arguments of the program.
pub(crate) struct Flags {
    /// The settings from flags and variables.
    pub(crate) given: RawSettings,
    /// The file of settings.
    pub(crate) file: Option<PathBuf>,
    pub(crate) command: Option<Subcommand>,
}

/// What the program does instead of a server.
pub(crate) enum Subcommand {
    /// Checks these blueprints, or the database if its flag is given, or else the settings.
    Check { blueprints: Vec<PathBuf>, database: bool },
    /// Lists the models of these providers; without any, of all that can be called.
    Models(Vec<String>),
}

impl Flags {
    /// Reads the arguments. A misspelt flag or a request for help ends the program here.
    pub(crate) fn parse() -> Self {
        let matches = command().get_matches();
        let (matches, command) = match matches.subcommand() {
            Some((MODELS, models)) => {
                let providers = models.get_many(PROVIDERS).into_iter().flatten().cloned().collect();
                (models, Some(Subcommand::Models(providers)))
            }
            Some((_, check)) => {
                let files = check.get_many(BLUEPRINTS).into_iter().flatten().cloned().collect();
                let database = check.value_source(DATABASE.name) == Some(ValueSource::CommandLine);
                (check, Some(Subcommand::Check { blueprints: files, database }))
            }
            None => (&matches, None),
        };
        let mut given = RawSettings::default();
        for setting in ALL {
            if let Some((text, source)) = value(matches, setting) {
                given.add(setting, text, source);
            }
        }
        let file = matches.get_one::<PathBuf>(CONFIG).filter(|file| !file.as_os_str().is_empty());
        Self { file: file.cloned(), given, command }
    }
}

fn command() -> Command {
    let config = Arg::new(CONFIG)
        .long(CONFIG)
        .env("COUNCIL_CONFIG")
        .value_name("FILE")
        .help("A file of settings in TOML; its keys are the names of the flags. Flags and variables override it")
        .value_parser(value_parser!(PathBuf))
        .global(true);
    let blueprints = Arg::new(BLUEPRINTS)
        .value_name("BLUEPRINT")
        .num_args(0..)
        .value_parser(value_parser!(PathBuf))
        .help("Files of blueprints in JSON, which are checked instead of the settings");
    let check =
        Command::new("check")
            .about("Checks the settings, and prints their values or all their faults; with --database, checks that file instead")
            .arg(blueprints);
    let providers = Arg::new(PROVIDERS)
        .value_name("PROVIDER")
        .num_args(0..)
        .help("The names of providers; without any, all that can be called");
    let models = Command::new(MODELS).about("Asks providers for the models that they have").arg(providers);
    Command::new("council-server")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Runs councils of AI agents, and streams the events of each run")
        .after_help(providers_help())
        .arg(config)
        .args(ALL.into_iter().map(flag))
        .subcommand(check)
        .subcommand(models)
}

/// The presets, and the variables of keys and addresses.
fn providers_help() -> String {
    let presets: Vec<_> = ProviderSettings::presets().collect();
    let settings = presets.iter().filter_map(|name| ProviderSettings::preset(name));
    let variables: Vec<_> =
        settings.flat_map(|preset| preset.key_variable.into_iter().chain(preset.base_url_variable)).collect();
    format!(
        "A model is `anthropic/NAME`, `openai/NAME`, `ollama/NAME`, `rehearsal`, or `PROVIDER/NAME` of a provider of the file \
         or of a preset: {}. Time limits of its calls may follow: \
         `openai/gpt-5?first-token-timeout=20m&between-tokens-timeout=90&total-timeout=1.5h`.\n\
         Keys and addresses come from ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL, OPENAI_API_KEY, OPENAI_BASE_URL, OLLAMA_HOST, and \
         for presets from {}.\n\
         A time is a number of seconds, or a number with `s`, `m` or `h`: `90`, `90s`, `20m`, `1.5h`.\n\
         Exit codes: 0 after a shutdown or a check without faults, 1 after a failure, 2 for settings or blueprints with faults or a damaged database, 130 after a \
         second signal.",
        presets.join(", "),
        variables.join(", ")
    )
}

/// The values are text here. They are read later, so that all faults are reported and not only the first.
fn flag(setting: &'static Setting) -> Arg {
    let help = match setting.default {
        Some(default) if setting.kind != ValueKind::Switch => format!("{} [default: {default}]", setting.help),
        _ => setting.help.to_owned(),
    };
    let flag = Arg::new(setting.name)
        .long(setting.name)
        .env(setting.variable)
        .hide_env_values(setting.kind == ValueKind::Secret)
        .value_name(setting.placeholder)
        .action(ArgAction::Set)
        .help(help)
        .global(true);
    match setting.kind {
        ValueKind::Switch => flag.num_args(0..=1).require_equals(true).default_missing_value("true"),
        ValueKind::Number(_) | ValueKind::Whole(_) | ValueKind::Time | ValueKind::TimeLimit => {
            flag.allow_negative_numbers(true)
        }
        _ => flag,
    }
}

/// The value of a flag or its variable. An empty variable counts as not set, except for secrets and lists.
fn value(matches: &ArgMatches, setting: &'static Setting) -> Option<(String, Source)> {
    let text = matches.get_one::<String>(setting.name)?.clone();
    match matches.value_source(setting.name)? {
        ValueSource::CommandLine => Some((text, Source::Flag(setting.name))),
        ValueSource::EnvVariable
            if text.trim().is_empty() && !matches!(setting.kind, ValueKind::Secret | ValueKind::Texts) =>
        {
            None
        }
        ValueSource::EnvVariable => Some((text, Source::Variable(setting.variable))),
        _ => None,
    }
}

const CONFIG: &str = "config";
const MODELS: &str = "models";
const PROVIDERS: &str = "providers";
const BLUEPRINTS: &str = "blueprints";
