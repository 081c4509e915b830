//! The settings of the calls to models. A provider of the file may have its own.

use super::{MOST, Range, Setting, ValueKind};

pub(crate) const CONNECT_TIMEOUT: Setting = Setting {
    name: "connect-timeout",
    variable: "COUNCIL_CONNECT_TIMEOUT",
    kind: ValueKind::TimeLimit,
    placeholder: "TIME",
    default: Some("10s"),
    help: "How long a call of a model may take to connect",
};

pub(crate) const FIRST_TOKEN_TIMEOUT: Setting = Setting {
    name: "first-token-timeout",
    variable: "COUNCIL_FIRST_TOKEN_TIMEOUT",
    kind: ValueKind::TimeLimit,
    placeholder: "TIME",
    default: None,
    help: "How long a model may take until its first token; by default 10m, and 1h for a model on this machine",
};

pub(crate) const BETWEEN_TOKENS_TIMEOUT: Setting = Setting {
    name: "between-tokens-timeout",
    variable: "COUNCIL_BETWEEN_TOKENS_TIMEOUT",
    kind: ValueKind::TimeLimit,
    placeholder: "TIME",
    default: Some("5m"),
    help: "How long a model may be silent after a token",
};

pub(crate) const TOTAL_TIMEOUT: Setting = Setting {
    name: "total-timeout",
    variable: "COUNCIL_TOTAL_TIMEOUT",
    kind: ValueKind::TimeLimit,
    placeholder: "TIME",
    default: None,
    help: "How long a whole answer of a model may take; by default there is no limit while tokens come",
};

pub(crate) const MAX_TOKENS: Setting = Setting {
    name: "max-tokens",
    variable: "COUNCIL_MAX_TOKENS",
    kind: ValueKind::Whole(Range::new(" of tokens", 1, MOST)),
    placeholder: "TOKENS",
    default: None,
    help: "The limit of an answer, for agents without their own; by default the provider decides",
};

pub(crate) const CONCURRENCY: Setting = Setting {
    name: "concurrency",
    variable: "COUNCIL_CONCURRENCY",
    kind: ValueKind::Whole(Range::new(" of calls", 1, MOST)),
    placeholder: "CALLS",
    default: None,
    help: "How many calls to one address with one key run at once; by default the provider decides",
};

pub(crate) const REQUESTS_PER_MINUTE: Setting = Setting {
    name: "requests-per-minute",
    variable: "COUNCIL_REQUESTS_PER_MINUTE",
    kind: ValueKind::Whole(Range::new(" of calls", 1, MOST)),
    placeholder: "CALLS",
    default: None,
    help: "How many calls to one address with one key begin in a minute; by default the provider decides",
};

pub(crate) const TOKENS_PER_MINUTE: Setting = Setting {
    name: "tokens-per-minute",
    variable: "COUNCIL_TOKENS_PER_MINUTE",
    kind: ValueKind::Whole(Range::new(" of tokens", 1, MOST)),
    placeholder: "TOKENS",
    default: None,
    help: "How many tokens, of prompts and answers, calls to one address with one key take in a minute; by default the \
           provider decides",
};
