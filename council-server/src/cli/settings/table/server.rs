//! The settings of the server.

use super::{MOST, Range, Setting, ValueKind};

pub(crate) const LISTEN: Setting = Setting {
    name: "listen",
    variable: "COUNCIL_LISTEN",
    kind: ValueKind::Text,
    placeholder: "HOST:PORT",
    default: Some("127.0.0.1:8000"),
    help: "Host and port to listen on; port 0 picks one",
};

pub(crate) const BASE_PATH: Setting = Setting {
    name: "base-path",
    variable: "COUNCIL_BASE_PATH",
    kind: ValueKind::Text,
    placeholder: "PATH",
    default: Some("/"),
    help: "The path below which all routes are, such as `/council` behind a proxy",
};

pub(crate) const TOKEN: Setting = Setting {
    name: "token",
    variable: "COUNCIL_TOKEN",
    kind: ValueKind::Secret,
    placeholder: "TOKEN",
    default: None,
    help: "The token that clients must send as `Authorization: Bearer`",
};

pub(crate) const TOKEN_FILE: Setting = Setting {
    name: "token-file",
    variable: "COUNCIL_TOKEN_FILE",
    kind: ValueKind::Text,
    placeholder: "FILE",
    default: None,
    help: "A file with the token",
};

pub(crate) const ALLOWED_ORIGINS: Setting = Setting {
    name: "allowed-origins",
    variable: "COUNCIL_ALLOWED_ORIGINS",
    kind: ValueKind::Texts,
    placeholder: "ORIGINS",
    default: Some("http://localhost:3000"),
    help: "The origins whose pages may call from a browser, separated by commas",
};

pub(crate) const ALLOWED_HOSTS: Setting = Setting {
    name: "allowed-hosts",
    variable: "COUNCIL_ALLOWED_HOSTS",
    kind: ValueKind::Texts,
    placeholder: "HOSTS",
    default: None,
    help: "The names and addresses that the server answers for, beside loopback, the address that it listens on and the hosts of \
           allowed origins, separated by commas; with a token, and without this list, it answers for all",
};

pub(crate) const INSECURE: Setting = Setting {
    name: "insecure",
    variable: "COUNCIL_INSECURE",
    kind: ValueKind::Switch,
    placeholder: "BOOL",
    default: Some("false"),
    help: "Allow other machines to connect without a token",
};

pub(crate) const DATABASE: Setting = Setting {
    name: "database",
    variable: "COUNCIL_DATABASE",
    kind: ValueKind::Text,
    placeholder: "FILE",
    default: Some("council.db"),
    help: "The file of the database, or `:memory:` for a database that ends with the server",
};

pub(crate) const KEEP_RUNS: Setting = Setting {
    name: "keep-runs",
    variable: "COUNCIL_KEEP_RUNS",
    kind: ValueKind::Whole(Range::new(" of runs", 0, MOST)),
    placeholder: "RUNS",
    default: None,
    help: "How many ended runs are kept; by default all in a file, 1000 in memory",
};

pub(crate) const GRACE: Setting = Setting {
    name: "grace",
    variable: "COUNCIL_GRACE",
    kind: ValueKind::Time,
    placeholder: "TIME",
    default: Some("10s"),
    help: "How long running councils may take to reach their next barrier during a shutdown; they resume at the next start",
};

pub(crate) const MAX_RUNS: Setting = Setting {
    name: "max-runs",
    variable: "COUNCIL_MAX_RUNS",
    kind: ValueKind::Whole(Range::new(" of runs", 1, MANY)),
    placeholder: "RUNS",
    default: Some("256"),
    help: "How many runs execute at once; further runs are queued",
};

pub(crate) const MAX_WAITING: Setting = Setting {
    name: "max-waiting",
    variable: "COUNCIL_MAX_WAITING",
    kind: ValueKind::Whole(Range::new(" of runs", 0, MANY)),
    placeholder: "RUNS",
    default: Some("10000"),
    help: "How many runs may be queued; further runs are refused",
};

pub(crate) const MAX_CONNECTIONS: Setting = Setting {
    name: "max-connections",
    variable: "COUNCIL_MAX_CONNECTIONS",
    kind: ValueKind::Whole(Range::new(" of connections", 1, MANY)),
    placeholder: "CONNECTIONS",
    default: Some("4096"),
    help: "How many connections may be open at once, as far as the process may open files",
};

pub(crate) const MAX_WATCHERS: Setting = Setting {
    name: "max-watchers",
    variable: "COUNCIL_MAX_WATCHERS",
    kind: ValueKind::Whole(Range::new(" of watchers", 1, MANY)),
    placeholder: "WATCHERS",
    default: Some("3072"),
    help: "How many watchers may be connected at once; further watchers are refused",
};

pub(crate) const LOG: Setting = Setting {
    name: "log",
    variable: "RUST_LOG",
    kind: ValueKind::Text,
    placeholder: "LEVELS",
    default: Some("info"),
    help: "The log level on standard error: `debug`, or `info,council_server=debug`",
};

pub(crate) const LOG_FORMAT: Setting = Setting {
    name: "log-format",
    variable: "COUNCIL_LOG_FORMAT",
    kind: ValueKind::Text,
    placeholder: "FORMAT",
    default: Some("text"),
    help: "The format of the log: `text`, or `json` with one object per line",
};

/// More runs or connections than a process can have.
const MANY: u32 = 1_000_000;
