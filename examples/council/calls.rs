//! The flags for the calls of models: time limits and patience.

use std::time::Duration;

use clap::Args;
use council_core::Retry;
use council_llm::{CallLimits, InvalidTime, agent_retry, parse_time, parse_time_limit};

/// The limits of each call of a model.
#[derive(Debug, Args)]
#[command(next_help_heading = "Calls of models")]
pub(crate) struct CallArguments {
    /// How long a call may take to connect [default: 10s]
    #[arg(long, value_name = "TIME", env = "COUNCIL_CONNECT_TIMEOUT", value_parser = limit,
          allow_negative_numbers = true, hide_env_values = true)]
    connect_timeout: Option<OptionalTime>,

    /// How long a model may take until its first token [default: 10m, and 1h for a model on this machine]
    #[arg(long, value_name = "TIME", env = "COUNCIL_FIRST_TOKEN_TIMEOUT", value_parser = limit,
          allow_negative_numbers = true, hide_env_values = true)]
    first_token_timeout: Option<OptionalTime>,

    /// How long a model may be silent after a token [default: 5m]
    #[arg(long, value_name = "TIME", env = "COUNCIL_BETWEEN_TOKENS_TIMEOUT", value_parser = limit,
          allow_negative_numbers = true, hide_env_values = true)]
    between_tokens_timeout: Option<OptionalTime>,

    /// How long a whole answer may take [default: no limit while tokens come]
    #[arg(long, value_name = "TIME", env = "COUNCIL_TOTAL_TIMEOUT", value_parser = limit,
          allow_negative_numbers = true, hide_env_values = true)]
    total_timeout: Option<OptionalTime>,

    /// The limit of an answer [default: the provider decides]
    #[arg(long, value_name = "TOKENS", env = "COUNCIL_MAX_TOKENS", value_parser = tokens,
          allow_negative_numbers = true, hide_env_values = true)]
    max_tokens: Option<OptionalTokens>,

    /// How long a model that does not answer is called again [default: 24h]
    #[arg(long, value_name = "TIME", env = "COUNCIL_MODEL_PATIENCE", value_parser = patience,
          allow_negative_numbers = true, hide_env_values = true)]
    model_patience: Option<OptionalTime>,
}

impl CallArguments {
    /// The time limits of each call.
    pub(crate) fn limits(&self) -> CallLimits {
        let default = CallLimits::default();
        default
            .connect(time(self.connect_timeout).unwrap_or(default.connect))
            .first_token(time(self.first_token_timeout))
            .between_tokens(time(self.between_tokens_timeout).unwrap_or(default.between_tokens))
            .total(time(self.total_timeout))
    }

    /// The limit of an answer, in tokens; 0 leaves it to the provider.
    pub(crate) fn max_tokens(&self) -> u32 {
        self.max_tokens.map_or(0, |OptionalTokens(tokens)| tokens)
    }

    /// When a failed call is repeated.
    pub(crate) fn retry(&self) -> Retry {
        let retry = agent_retry();
        retry.total(time(self.model_patience).unwrap_or(retry.total))
    }
}

/// The number of tokens of a flag or a variable; 0 if the variable is empty.
#[derive(Clone, Copy, Debug)]
struct OptionalTokens(u32);

/// The time of a flag or a variable; an empty variable counts as not set.
#[derive(Clone, Copy, Debug)]
struct OptionalTime(Option<Duration>);

fn time(given: Option<OptionalTime>) -> Option<Duration> {
    given?.0
}

fn tokens(input: &str) -> Result<OptionalTokens, String> {
    match input.trim() {
        "" => Ok(OptionalTokens(0)),
        input => match input.parse() {
            Ok(0) | Err(_) => Err(format!("the limit must be a whole number from 1 to {}", u32::MAX)),
            Ok(tokens) => Ok(OptionalTokens(tokens)),
        },
    }
}

fn limit(input: &str) -> Result<OptionalTime, InvalidTime> {
    optional(input, parse_time_limit)
}

fn patience(input: &str) -> Result<OptionalTime, InvalidTime> {
    optional(input, parse_time)
}

fn optional(input: &str, parse: fn(&str) -> Result<Duration, InvalidTime>) -> Result<OptionalTime, InvalidTime> {
    let is_set = !input.trim().is_empty();
    Ok(OptionalTime(is_set.then(|| parse(input)).transpose()?))
}
