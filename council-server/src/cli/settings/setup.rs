//! Turns the settings into the configuration of the server and its councils.

use std::ffi::OsString;
use std::net::ToSocketAddrs;
use std::path::Path;

use council_core::Limits;
use council_llm::{Environment, Models};
use council_server::{BasePath, BindError, Config, Councils, Database, InvalidBasePath};
use tracing_subscriber::filter::{LevelFilter, Targets};

use super::calls;
use super::file;
use super::models;
use super::raw::{FileProvider, RawSettings, SettingFault};
use super::reader::SettingsReader;
use super::table::{self, Setting};
use super::variables;

/// Everything that the program needs to start.
pub(crate) struct Setup {
    /// The configuration of the server.
    pub(crate) config: Config,
    /// The built-in council, and the models of blueprints.
    pub(crate) councils: Councils,
    /// Where runs and blueprints are stored.
    pub(crate) database: Database,
    /// The path below which all routes are.
    pub(crate) base_path: BasePath,
    /// The models of the agents, in one line for people.
    pub(crate) models: String,
    /// The log levels.
    pub(crate) log: Targets,
    /// The format of the log.
    pub(crate) log_format: LogFormat,
    /// The settings with their sources.
    pub(crate) given: RawSettings,
}

/// The format of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object per line, for programs.
    Json,
}

/// The providers of the environment and of the file, and the limits of calls.
pub(crate) struct Providers {
    pub(crate) environment: Environment,
    /// The providers of the file.
    pub(crate) of_file: Vec<FileProvider>,
    /// The faults of the file and of the limits.
    pub(crate) faults: Vec<SettingFault>,
}

impl Providers {
    /// Reads what is needed to call providers. Other settings may have faults.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub(crate) fn read(
        mut given: RawSettings,
        file: Option<&Path>,
        mut environment: Environment,
    ) -> Result<Self, Vec<SettingFault>> {
        let mut faults = file.map_or(Ok(Vec::new()), |file| file::read(file, &mut given, &mut environment))?;
        faults.extend(variables::faults(variable_names()));
        let mut reading = SettingsReader { given, faults, is_all_known: true };
        let environment = calls::limited(&mut reading, environment);
        let SettingsReader { given, mut faults, .. } = reading;
        faults.sort_by_key(SettingFault::order);
        Ok(Self { environment, of_file: given.providers, faults })
    }
}

impl Setup {
    /// Reads the given settings and those of the file. Keys and addresses of models come from the environment and
    /// from the providers of the file.
    ///
    /// # Errors
    ///
    /// All faults of all settings.
    pub(crate) fn read(
        mut given: RawSettings,
        file: Option<&Path>,
        mut environment: Environment,
    ) -> Result<Self, Vec<SettingFault>> {
        let read = file.map_or(Ok(Vec::new()), |file| file::read(file, &mut given, &mut environment));
        let is_all_known = read.is_ok();
        let (Ok(mut faults) | Err(mut faults)) = read;
        faults.extend(variables::faults(variable_names()));
        let mut reading = SettingsReader { given, faults, is_all_known };
        let database = reading.read(&table::DATABASE, database).unwrap_or_default();
        let base_path = reading.read(&table::BASE_PATH, base_path).unwrap_or_default();
        let config = config(&mut reading).database(database.clone()).base_path(base_path.clone());
        let environment = calls::limited(&mut reading, environment);
        let councils = models::councils(&mut reading, Models::from(environment));
        let log = reading.read(&table::LOG, log_levels);
        let log_format = reading.read(&table::LOG_FORMAT, log_format).unwrap_or_default();
        let SettingsReader { given, mut faults, .. } = reading;
        faults.sort_by_key(SettingFault::order);
        match councils {
            Some((councils, models)) if faults.is_empty() => Ok(Self {
                config,
                councils,
                database,
                base_path,
                models,
                log: log.unwrap_or_default(),
                log_format,
                given,
            }),
            _ => Err(faults),
        }
    }
}

fn config(reader: &mut SettingsReader) -> Config {
    let listen = reader.text(&table::LISTEN).unwrap_or_default();
    let insecure = reader.switch(&table::INSECURE).unwrap_or_default();
    let config = Config::default()
        .listen(listen.clone())
        .insecure(insecure)
        .allowed_origins(reader.list(&table::ALLOWED_ORIGINS))
        .allowed_hosts(reader.list(&table::ALLOWED_HOSTS))
        // The valve ends every council, also one that an earlier server allowed more drafts.
        .limits(Limits { supersteps: u64::MAX, ..Limits::default() })
        .grace(reader.time(&table::GRACE).unwrap_or_default())
        .max_runs(count(reader, &table::MAX_RUNS))
        .max_waiting(count(reader, &table::MAX_WAITING))
        .max_connections(count(reader, &table::MAX_CONNECTIONS))
        .max_watchers(count(reader, &table::MAX_WATCHERS));
    let config = match reader.token() {
        Some(token) => config.token(token),
        None => config,
    };
    let config = match reader.whole(&table::KEEP_RUNS) {
        Some(runs) => config.keep_runs(runs.into()),
        None => config,
    };
    if let Err(error) = can_listen(&listen, insecure || reader.may_want_token()) {
        reader.fault(&table::LISTEN, error);
    }
    config
}

/// A number that has a default. After a fault it is not used.
fn count(reader: &mut SettingsReader, setting: &Setting) -> usize {
    reader.whole(setting).unwrap_or_default() as usize
}

/// Checks before the bind what can be checked: that the address exists, and that only an address on loopback has neither a token
/// nor `insecure`.
fn can_listen(listen: &str, may_be_exposed: bool) -> Result<(), String> {
    let addresses = listen.to_socket_addrs().map_err(|error| format!("cannot listen on {listen}: {error}"))?;
    let is_exposed = addresses.into_iter().any(|address| !address.ip().is_loopback());
    if is_exposed && !may_be_exposed {
        return Err(BindError::Exposed { listen: listen.to_owned() }.to_string());
    }
    Ok(())
}

fn base_path(text: &str) -> Result<BasePath, String> {
    text.parse().map_err(|error: InvalidBasePath| error.to_string())
}

/// The database. The directory of a file has to exist.
fn database(text: &str) -> Result<Database, String> {
    if text.trim().is_empty() {
        return Err("the name of the file is empty: set a name, or `:memory:`".to_owned());
    }
    let Ok(database) = text.parse();
    if let Database::File(path) = &database
        && let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty() && !parent.is_dir())
    {
        return Err(format!("`{}` is not a directory", parent.display()));
    }
    Ok(database)
}

/// The names of the variables of the process. No setting has a name that is not Unicode.
fn variable_names() -> impl Iterator<Item = String> {
    let is_set = |value: &OsString| !value.is_empty();
    std::env::vars_os().filter(move |(_, value)| is_set(value)).filter_map(|(name, _)| name.into_string().ok())
}

/// The log levels. A word that is no level would be the name of a target with all its events, so a misspelt level would set none.
fn log_levels(text: &str) -> Result<Targets, String> {
    let is_level = |word: &str| word.parse::<LevelFilter>().is_ok();
    let mut words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
    if let Some(word) = words.find(|word| word.rsplit_once('=').map_or(!is_level(word), |(_, level)| !is_level(level)))
    {
        return Err(format!(
            "`{word}` is neither a level (`off`, `error`, `warn`, `info`, `debug`, `trace`) nor a target with its level, such as \
             `council_server=debug`"
        ));
    }
    text.parse::<Targets>().map_err(|error| error.to_string())
}

fn log_format(text: &str) -> Result<LogFormat, String> {
    match text.trim() {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err(format!("`{text}` is neither `text` nor `json`")),
    }
}
