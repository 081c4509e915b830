//! The limits of the calls to models, for all providers without their own.

use std::num::{NonZeroU32, NonZeroU64, NonZeroUsize};
use std::time::Duration;

use council_llm::{CallLimits, Environment, RateLimits};

use super::reader::SettingsReader;
use super::table::{self, Setting};

/// The environment with the limits of the settings.
pub(super) fn limited(reader: &mut SettingsReader, environment: Environment) -> Environment {
    let default = CallLimits::default();
    let limits = default
        .connect(limit(reader, &table::CONNECT_TIMEOUT).unwrap_or(default.connect))
        .first_token(limit(reader, &table::FIRST_TOKEN_TIMEOUT))
        .between_tokens(limit(reader, &table::BETWEEN_TOKENS_TIMEOUT).unwrap_or(default.between_tokens))
        .total(limit(reader, &table::TOTAL_TIMEOUT));
    let rates = RateLimits::default()
        .concurrency(reader.number(&table::CONCURRENCY, "number of calls above 0").map(NonZeroUsize::get))
        .requests_per_minute(reader.number(&table::REQUESTS_PER_MINUTE, "number of calls above 0").map(NonZeroU32::get))
        .tokens_per_minute(reader.number(&table::TOKENS_PER_MINUTE, "number of tokens above 0").map(NonZeroU64::get));
    environment.call_limits(limits).rate_limits(rates)
}

/// The limit of an answer, in tokens; 0 leaves it to the provider.
pub(super) fn max_tokens(reader: &mut SettingsReader) -> u32 {
    reader.number(&table::MAX_TOKENS, "number of tokens above 0").map_or(0, NonZeroU32::get)
}

/// The time for which a model that does not answer is called again.
pub(super) fn patience(reader: &mut SettingsReader) -> Option<Duration> {
    reader.read(&table::MODEL_PATIENCE, |text| {
        seconds(text).ok_or_else(|| format!("`{text}` is not a number of seconds"))
    })
}

fn limit(reader: &mut SettingsReader, setting: &Setting) -> Option<Duration> {
    reader.read(setting, |text| {
        let limit = seconds(text).filter(|limit| !limit.is_zero());
        limit.ok_or_else(|| format!("`{text}` is not a number of seconds above 0"))
    })
}

fn seconds(text: &str) -> Option<Duration> {
    Duration::try_from_secs_f64(text.trim().parse().ok()?).ok()
}
