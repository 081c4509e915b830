//! The table of settings. Each is a flag, an environment variable and a key of the file, with one name.

mod calls;
mod council;
mod range;
mod server;

pub(crate) use calls::{
    BETWEEN_TOKENS_TIMEOUT, CONCURRENCY, CONNECT_TIMEOUT, FIRST_TOKEN_TIMEOUT, MAX_TOKENS, REQUESTS_PER_MINUTE,
    TOKENS_PER_MINUTE, TOTAL_TIMEOUT,
};
pub(crate) use council::{CRITIC_MODEL, MAX_CALLS, MAX_ITERATIONS, MODEL, MODEL_PATIENCE, THRESHOLD, WRITER_MODEL};
pub(crate) use range::{MOST, Range};
pub(crate) use server::{
    ALLOWED_HOSTS, ALLOWED_ORIGINS, BASE_PATH, DATABASE, GRACE, INSECURE, KEEP_RUNS, LISTEN, LOG, LOG_FORMAT,
    MAX_CONNECTIONS, MAX_RUNS, MAX_WAITING, MAX_WATCHERS, TOKEN, TOKEN_FILE,
};

/// A setting of the program.
#[derive(Debug)]
pub(crate) struct Setting {
    /// `--name` as a flag, `name` in the file.
    pub(crate) name: &'static str,
    /// The environment variable.
    pub(crate) variable: &'static str,
    pub(crate) kind: ValueKind,
    /// The placeholder of the value in the help.
    pub(crate) placeholder: &'static str,
    /// The default, if it can be written as a value.
    pub(crate) default: Option<&'static str>,
    pub(crate) help: &'static str,
}

/// The type of a setting in the file. In a flag or a variable the value is text of that form.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum ValueKind {
    Text,
    /// A text that is not shown.
    Secret,
    /// A whole number in a range.
    Whole(Range),
    /// A number in a range, also with a fraction.
    Number(Range),
    /// A time from 0: a number of seconds, or a number with `s`, `m` or `h`.
    Time,
    /// A time above 0.
    TimeLimit,
    Switch,
    /// A list of texts; in a flag or a variable they are separated by commas.
    Texts,
}

/// All settings, in the order of the help.
pub(crate) const ALL: [&Setting; 31] = [
    &LISTEN,
    &MODEL,
    &CRITIC_MODEL,
    &WRITER_MODEL,
    &THRESHOLD,
    &MAX_ITERATIONS,
    &MAX_CALLS,
    &MODEL_PATIENCE,
    &CONNECT_TIMEOUT,
    &FIRST_TOKEN_TIMEOUT,
    &BETWEEN_TOKENS_TIMEOUT,
    &TOTAL_TIMEOUT,
    &MAX_TOKENS,
    &CONCURRENCY,
    &REQUESTS_PER_MINUTE,
    &TOKENS_PER_MINUTE,
    &TOKEN,
    &TOKEN_FILE,
    &ALLOWED_ORIGINS,
    &ALLOWED_HOSTS,
    &INSECURE,
    &BASE_PATH,
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
