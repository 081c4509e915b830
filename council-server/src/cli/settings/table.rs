//! All settings: each is a flag, a variable and a key of the file, by one name.

/// One thing that the program can be told.
#[derive(Debug)]
pub(crate) struct Setting {
    /// `--name` as a flag, `name` in the file.
    pub(crate) name: &'static str,
    /// The environment variable that stands for it.
    pub(crate) variable: &'static str,
    pub(crate) kind: ValueKind,
    /// What the help calls its value.
    pub(crate) placeholder: &'static str,
    /// What it is unless something else is said, if that can be written as a value.
    pub(crate) default: Option<&'static str>,
    pub(crate) help: &'static str,
}

/// What the value of a setting is in the file. As a flag or a variable it is a text that says the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ValueKind {
    Text,
    /// A text that is shown to nobody.
    Secret,
    Whole,
    Number,
    Switch,
    /// Several texts; as a flag or a variable they are separated by commas.
    Texts,
}

pub(crate) const LISTEN: Setting = Setting {
    name: "listen",
    variable: "COUNCIL_LISTEN",
    kind: ValueKind::Text,
    placeholder: "HOST:PORT",
    default: Some("127.0.0.1:8000"),
    help: "Host and port to listen on; port 0 picks one",
};

pub(crate) const MODEL: Setting = Setting {
    name: "model",
    variable: "COUNCIL_MODEL",
    kind: ValueKind::Text,
    placeholder: "SPEC",
    default: None,
    help: "The model of all agents, as `provider/model`, or `rehearsal`, which needs no key and is no language model; by \
           default the first that the environment has a key for",
};

pub(crate) const CRITIC_MODEL: Setting = Setting {
    name: "critic-model",
    variable: "COUNCIL_CRITIC_MODEL",
    kind: ValueKind::Text,
    placeholder: "SPEC",
    default: None,
    help: "A model of its own for the critic",
};

pub(crate) const WRITER_MODEL: Setting = Setting {
    name: "writer-model",
    variable: "COUNCIL_WRITER_MODEL",
    kind: ValueKind::Text,
    placeholder: "SPEC",
    default: None,
    help: "A model of its own for the writer",
};

pub(crate) const THRESHOLD: Setting = Setting {
    name: "threshold",
    variable: "COUNCIL_THRESHOLD",
    kind: ValueKind::Number,
    placeholder: "SCORE",
    default: Some("8"),
    help: "The score from which a draft passes, 0 to 10",
};

pub(crate) const MAX_ITERATIONS: Setting = Setting {
    name: "max-iterations",
    variable: "COUNCIL_MAX_ITERATIONS",
    kind: ValueKind::Whole,
    placeholder: "DRAFTS",
    default: Some("5"),
    help: "After how many drafts the writer takes over, whatever the score",
};

pub(crate) const TOKEN: Setting = Setting {
    name: "token",
    variable: "COUNCIL_TOKEN",
    kind: ValueKind::Secret,
    placeholder: "TOKEN",
    default: None,
    help: "What clients have to bring as `Authorization: Bearer`",
};

pub(crate) const TOKEN_FILE: Setting = Setting {
    name: "token-file",
    variable: "COUNCIL_TOKEN_FILE",
    kind: ValueKind::Text,
    placeholder: "FILE",
    default: None,
    help: "The file that holds the token",
};

pub(crate) const ALLOWED_ORIGINS: Setting = Setting {
    name: "allowed-origins",
    variable: "COUNCIL_ALLOWED_ORIGINS",
    kind: ValueKind::Texts,
    placeholder: "ORIGINS",
    default: Some("http://localhost:3000"),
    help: "The pages that may call from a browser, separated by commas",
};

pub(crate) const INSECURE: Setting = Setting {
    name: "insecure",
    variable: "COUNCIL_INSECURE",
    kind: ValueKind::Switch,
    placeholder: "BOOL",
    default: Some("false"),
    help: "Allow to listen beyond this machine without a token",
};

pub(crate) const DATABASE: Setting = Setting {
    name: "database",
    variable: "COUNCIL_DATABASE",
    kind: ValueKind::Text,
    placeholder: "FILE",
    default: Some("council.db"),
    help: "The file that keeps the runs, or `:memory:` to keep them as long as the server lives",
};

pub(crate) const KEEP_RUNS: Setting = Setting {
    name: "keep-runs",
    variable: "COUNCIL_KEEP_RUNS",
    kind: ValueKind::Whole,
    placeholder: "RUNS",
    default: None,
    help: "How many ended runs are kept; by default all of them in a file, and 1000 in memory",
};

pub(crate) const GRACE: Setting = Setting {
    name: "grace",
    variable: "COUNCIL_GRACE",
    kind: ValueKind::Whole,
    placeholder: "SECONDS",
    default: Some("10"),
    help: "How long running councils may take to reach their next stop when the server is told to end; they go on when it \
           starts again",
};

pub(crate) const MAX_RUNS: Setting = Setting {
    name: "max-runs",
    variable: "COUNCIL_MAX_RUNS",
    kind: ValueKind::Whole,
    placeholder: "RUNS",
    default: Some("256"),
    help: "How many councils are at work at once; further ones wait for their turn",
};

pub(crate) const MAX_WAITING: Setting = Setting {
    name: "max-waiting",
    variable: "COUNCIL_MAX_WAITING",
    kind: ValueKind::Whole,
    placeholder: "RUNS",
    default: Some("10000"),
    help: "How many councils wait for their turn; further ones are refused",
};

pub(crate) const MAX_CONNECTIONS: Setting = Setting {
    name: "max-connections",
    variable: "COUNCIL_MAX_CONNECTIONS",
    kind: ValueKind::Whole,
    placeholder: "CONNECTIONS",
    default: Some("4096"),
    help: "How many connections there are at once, as far as the process may open files",
};

pub(crate) const MAX_WATCHERS: Setting = Setting {
    name: "max-watchers",
    variable: "COUNCIL_MAX_WATCHERS",
    kind: ValueKind::Whole,
    placeholder: "WATCHERS",
    default: Some("3072"),
    help: "How many watch at once; further ones are refused",
};

pub(crate) const LOG: Setting = Setting {
    name: "log",
    variable: "RUST_LOG",
    kind: ValueKind::Text,
    placeholder: "LEVELS",
    default: Some("info"),
    help: "How much is logged to standard error: `debug`, or `info,council_server=debug`",
};

pub(crate) const LOG_FORMAT: Setting = Setting {
    name: "log-format",
    variable: "COUNCIL_LOG_FORMAT",
    kind: ValueKind::Text,
    placeholder: "FORMAT",
    default: Some("text"),
    help: "How the log is written: `text`, or `json`, one object a line",
};

/// All of them, in the order in which people are shown them.
pub(crate) const ALL: [&Setting; 19] = [
    &LISTEN,
    &MODEL,
    &CRITIC_MODEL,
    &WRITER_MODEL,
    &THRESHOLD,
    &MAX_ITERATIONS,
    &TOKEN,
    &TOKEN_FILE,
    &ALLOWED_ORIGINS,
    &INSECURE,
    &DATABASE,
    &KEEP_RUNS,
    &GRACE,
    &MAX_RUNS,
    &MAX_WAITING,
    &MAX_CONNECTIONS,
    &MAX_WATCHERS,
    &LOG,
    &LOG_FORMAT,
];
