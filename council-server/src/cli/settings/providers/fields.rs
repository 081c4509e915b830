//! The fields of a provider: their types, and what each sets.

use council_core::near_name;
use council_llm::{ProviderSettings, parse_time_limit};
use toml::de::DeValue;

use crate::cli::settings::file_value::{self, TIME, kind};

/// Sets a field.
pub(super) fn set(settings: &mut ProviderSettings, field: &str, value: &DeValue<'_>) -> Result<(), String> {
    let Some((_, wanted)) = FIELDS.iter().find(|(name, _)| *name == field) else {
        return Err(unknown(field));
    };
    let wrong = || format!("{field} must be {wanted}, not {}", found(value));
    let text = || value.as_str().map(str::to_owned).ok_or_else(wrong);
    let switch = || value.as_bool().ok_or_else(wrong);
    let time = || {
        let text = file_value::time(value).ok_or_else(wrong)?;
        parse_time_limit(&text).map_err(|error| format!("{field}: {error}"))
    };
    let pairs = || pairs(value).ok_or_else(wrong);
    let new = settings.clone();
    let rates = new.rate_limits;
    *settings = match field {
        "base-url" => new.base_url(text()?),
        "key" => new.key(text()?),
        "key-env" => new.key_env(text()?),
        "key-header" => new.key_header(text()?),
        "organization" => new.organization(text()?),
        "max-tokens-field" => new.max_tokens_field(text()?),
        "streaming" => new.streaming(switch()?),
        "stream-usage" => new.stream_usage(switch()?),
        "headers" => pairs()?.into_iter().fold(new, |new, (name, value)| new.header(name, value)),
        "query" => pairs()?.into_iter().fold(new, |new, (name, value)| new.query(name, value)),
        "models" => new.models(texts(value).ok_or_else(wrong)?),
        "connect-timeout" => new.connect_timeout(time()?),
        "first-token-timeout" => new.first_token_timeout(time()?),
        "between-tokens-timeout" => new.between_tokens_timeout(time()?),
        "total-timeout" => new.total_timeout(time()?),
        "concurrency" => {
            new.rate_limits(rates.concurrency(whole(value).map(|number| number as usize).ok_or_else(wrong)?))
        }
        "requests-per-minute" => new.rate_limits(rates.requests_per_minute(whole(value).ok_or_else(wrong)?)),
        "tokens-per-minute" => new.rate_limits(rates.tokens_per_minute(whole(value).map(u64::from).ok_or_else(wrong)?)),
        // They are read first, as texts.
        _ => {
            text()?;
            new
        }
    };
    Ok(())
}

fn whole(value: &DeValue<'_>) -> Option<u32> {
    let DeValue::Integer(number) = value else { return None };
    u32::from_str_radix(number.as_str(), number.radix()).ok().filter(|number| *number > 0)
}

fn texts(value: &DeValue<'_>) -> Option<Vec<String>> {
    let items = value.as_array()?.iter();
    items.map(|item| item.get_ref().as_str().map(str::to_owned)).collect()
}

fn pairs(value: &DeValue<'_>) -> Option<Vec<(String, String)>> {
    let pairs = value.as_table()?.iter();
    pairs.map(|(name, value)| Some((name.get_ref().to_string(), value.get_ref().as_str()?.to_owned()))).collect()
}

/// A number as it stands in the file, and the type of any other value.
fn found(value: &DeValue<'_>) -> String {
    file_value::number(value).unwrap_or_else(|| kind(value).to_owned())
}

/// The fault of an unknown field, with the most similar one.
fn unknown(field: &str) -> String {
    match near_name(field, FIELDS.iter().map(|(name, _)| *name)) {
        Some(name) => format!("unknown setting `{field}`: did you mean `{name}`?"),
        None => format!("unknown setting `{field}`"),
    }
}

/// The fields of a provider, with the types of their values.
const FIELDS: [(&str, &str); 20] = [
    ("dialect", TEXT),
    ("preset", TEXT),
    ("base-url", TEXT),
    ("key", TEXT),
    ("key-env", TEXT),
    ("key-header", TEXT),
    ("headers", PAIRS),
    ("query", PAIRS),
    ("organization", TEXT),
    ("max-tokens-field", TEXT),
    ("models", "a list of strings"),
    ("streaming", SWITCH),
    ("stream-usage", SWITCH),
    ("connect-timeout", TIME),
    ("first-token-timeout", TIME),
    ("between-tokens-timeout", TIME),
    ("total-timeout", TIME),
    ("concurrency", COUNT),
    ("requests-per-minute", COUNT),
    ("tokens-per-minute", COUNT),
];

const TEXT: &str = "a string";
const COUNT: &str = "a whole number from 1 to 4294967295";
const PAIRS: &str = "a table of strings";
const SWITCH: &str = "`true` or `false`";
