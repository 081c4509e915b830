//! The limits of the calls to models, for all providers without their own.

use std::time::Duration;

use council_llm::{CallLimits, Environment, RateLimits};

use super::reader::SettingsReader;
use super::table;

/// The environment with the limits of the settings.
pub(super) fn limited(reader: &mut SettingsReader, environment: Environment) -> Environment {
    let default = CallLimits::default();
    let limits = default
        .connect(reader.time(&table::CONNECT_TIMEOUT).unwrap_or(default.connect))
        .first_token(reader.time(&table::FIRST_TOKEN_TIMEOUT))
        .between_tokens(reader.time(&table::BETWEEN_TOKENS_TIMEOUT).unwrap_or(default.between_tokens))
        .total(reader.time(&table::TOTAL_TIMEOUT));
    let rates = RateLimits::default()
        .concurrency(reader.whole(&table::CONCURRENCY).map(|calls| calls as usize))
        .requests_per_minute(reader.whole(&table::REQUESTS_PER_MINUTE))
        .tokens_per_minute(reader.whole(&table::TOKENS_PER_MINUTE).map(u64::from));
    environment.call_limits(limits).rate_limits(rates)
}

/// The limit of an answer, in tokens; 0 leaves it to the provider.
pub(super) fn max_tokens(reader: &mut SettingsReader) -> u32 {
    reader.whole(&table::MAX_TOKENS).unwrap_or_default()
}

/// The time for which a model that does not answer is called again.
pub(super) fn patience(reader: &mut SettingsReader) -> Option<Duration> {
    reader.time(&table::MODEL_PATIENCE)
}
