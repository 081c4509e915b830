//! The providers of the settings file: `[providers.NAME]`.

use std::ops::Range;
use std::str::FromStr;
use std::time::Duration;

use council_core::error_chain;
use council_llm::{ApiDialect, Environment, ProviderSettings};
use toml::de::{DeTable, DeValue};

use super::file_value::{SIMILAR, kind};
use super::raw::{FileProvider, RawSettings, SettingFault, Source};

/// The key of the table of providers.
pub(super) const KEY: &str = "providers";

/// Adds the providers of the table to the environment, with all their faults.
pub(super) fn read(
    value: &DeValue<'_>,
    source: Source,
    place: &dyn Fn(Range<usize>) -> Source,
    environment: &mut Environment,
    given: &mut RawSettings,
    faults: &mut Vec<SettingFault>,
) {
    let DeValue::Table(providers) = value else {
        faults.push(SettingFault::new(source, format!("{KEY} must be a table, not {}", kind(value))));
        return;
    };
    for (name, provider) in providers {
        let source = place(name.span());
        let name = name.get_ref().as_ref();
        let mut fault = |source: &Source, why: String| {
            faults.push(SettingFault::new(source.clone(), format!("{KEY}.{name}: {why}")));
        };
        let DeValue::Table(fields) = provider.get_ref() else {
            fault(&source, format!("a provider is a table, not {}", kind(provider.get_ref())));
            continue;
        };
        let mut settings = match begun(name, fields, environment) {
            Ok(settings) => settings,
            Err(why) => {
                fault(&source, why);
                continue;
            }
        };
        let mut is_whole = true;
        for (field, value) in fields {
            let set = set(&mut settings, field.get_ref(), value.get_ref());
            if let Err(why) = set {
                fault(&place(field.span()), why);
                is_whole = false;
            }
        }
        if is_whole && let Err(why) = usable(name, &settings) {
            fault(&source, why);
        }
        given.providers.push(FileProvider { name: name.to_owned(), line: describe(&settings), source });
        *environment = std::mem::take(environment).provider(name, settings);
    }
}

/// The settings with which a provider begins: those of its preset, of its dialect, or of the provider that has its name without this file.
fn begun(name: &str, fields: &DeTable<'_>, environment: &Environment) -> Result<ProviderSettings, String> {
    if name == "rehearsal" {
        return Err("the rehearsal is no provider, and has no settings".to_owned());
    }
    let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
    if !name.starts_with(|c: char| c.is_ascii_alphanumeric()) || !name.chars().all(is_part) {
        return Err("a name consists of lower case letters, digits, `-`, `_` and `.`".to_owned());
    }
    let text = |wanted: &str| {
        fields.iter().find(|(field, _)| field.get_ref() == wanted).and_then(|(_, value)| value.get_ref().as_str())
    };
    let dialect = text("dialect").map(str::parse::<ApiDialect>).transpose()?;
    let preset = match text("preset") {
        Some(preset) => Some(environment.settings(preset).ok_or_else(|| {
            let known: Vec<_> = ProviderSettings::presets().collect();
            format!("there is no preset `{preset}`: the presets are {}", known.join(", "))
        })?),
        None => environment.settings(name),
    };
    match (preset, dialect) {
        (Some(settings), None) => Ok(settings),
        // Another dialect begins anew: address and key belong to the dialect of the preset.
        (Some(settings), Some(dialect)) if settings.dialect == dialect => Ok(settings),
        (_, Some(dialect)) => Ok(ProviderSettings::new(dialect)),
        (None, None) => Err("set `dialect` to `openai`, `anthropic` or `ollama`, or `preset` to a preset".to_owned()),
    }
}

/// Sets a field.
fn set(settings: &mut ProviderSettings, field: &str, value: &DeValue<'_>) -> Result<(), String> {
    let Some((_, wanted)) = FIELDS.iter().find(|(name, _)| *name == field) else {
        return Err(unknown(field));
    };
    let wrong = || format!("{field} must be {wanted}, not {}", found(value));
    let text = || value.as_str().map(str::to_owned).ok_or_else(wrong);
    let switch = || value.as_bool().ok_or_else(wrong);
    let seconds = || seconds(value).ok_or_else(wrong);
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
        "connect-timeout" => new.connect_timeout(seconds()?),
        "first-token-timeout" => new.first_token_timeout(seconds()?),
        "between-tokens-timeout" => new.between_tokens_timeout(seconds()?),
        "total-timeout" => new.total_timeout(seconds()?),
        "concurrency" => new.rate_limits(rates.concurrency(whole::<usize>(value).ok_or_else(wrong)?)),
        "requests-per-minute" => new.rate_limits(rates.requests_per_minute(whole::<u32>(value).ok_or_else(wrong)?)),
        "tokens-per-minute" => new.rate_limits(rates.tokens_per_minute(whole::<u64>(value).ok_or_else(wrong)?)),
        // They are read first, as texts.
        _ => {
            text()?;
            new
        }
    };
    Ok(())
}

/// What has to be set before the provider can be called.
fn usable(name: &str, settings: &ProviderSettings) -> Result<(), String> {
    if let Some(variable) = settings.needs() {
        return Err(match &settings.key_variable {
            Some(key) if key == variable => {
                format!("it needs a key: set the variable {variable}, or `key-env` to another one")
            }
            _ => format!("it needs an address: set `base-url`, or the variable {variable}"),
        });
    }
    let is_remote = settings.base_url.is_none() && settings.dialect != ApiDialect::Ollama;
    if is_remote && settings.key.is_none() {
        return Err("set `base-url`, or `key-env` to the variable that holds the key".to_owned());
    }
    let spec = format!("{name}/model").parse();
    let model = spec.and_then(|spec| Environment::default().provider(name, settings.clone()).model(&spec));
    model.map(drop).map_err(|error| error_chain(&error))
}

/// Dialect, address and source of the key: `openai at http://127.0.0.1:8080/v1, key from GPU_KEY`.
fn describe(settings: &ProviderSettings) -> String {
    let address = match &settings.base_url {
        Some(address) => without_credentials(address),
        None => "its default address".to_owned(),
    };
    let key = match (&settings.key_variable, &settings.key) {
        (Some(variable), _) => format!("key from {variable}"),
        (None, Some(_)) => "key (not shown)".to_owned(),
        (None, None) => "no key".to_owned(),
    };
    format!("{} at {address}, {key}", settings.dialect)
}

/// The address without what may hold a key: the part before its last `@`, and its query.
fn without_credentials(address: &str) -> String {
    let (scheme, rest) = address.split_once("://").unwrap_or(("http", address));
    let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    let end = rest.find(['?', '&', '#']).unwrap_or(rest.len());
    format!("{scheme}://{}", &rest[..end])
}

fn seconds(value: &DeValue<'_>) -> Option<Duration> {
    let number: f64 = match value {
        DeValue::Integer(number) => number.as_str().parse().ok()?,
        DeValue::Float(number) => number.as_str().parse().ok()?,
        _ => return None,
    };
    Duration::try_from_secs_f64(number).ok().filter(|limit| !limit.is_zero())
}

fn whole<T: FromStr>(value: &DeValue<'_>) -> Option<T> {
    let DeValue::Integer(number) = value else { return None };
    number.as_str().parse().ok().filter(|_| number.as_str() != "0")
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
    match value {
        DeValue::Integer(number) => number.as_str().to_owned(),
        DeValue::Float(number) => number.as_str().to_owned(),
        value => kind(value).to_owned(),
    }
}

/// The fault of an unknown field, with the most similar one.
fn unknown(field: &str) -> String {
    let similarity = |known: &&str| strsim::jaro_winkler(known, field);
    let names = FIELDS.iter().map(|(name, _)| *name);
    let nearest = names.max_by(|a, b| similarity(a).total_cmp(&similarity(b)));
    match nearest.filter(|name| similarity(name) > SIMILAR) {
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
    ("connect-timeout", SECONDS),
    ("first-token-timeout", SECONDS),
    ("between-tokens-timeout", SECONDS),
    ("total-timeout", SECONDS),
    ("concurrency", COUNT),
    ("requests-per-minute", COUNT),
    ("tokens-per-minute", COUNT),
];

const TEXT: &str = "a string";
const COUNT: &str = "a whole number above 0";
const PAIRS: &str = "a table of strings";
const SWITCH: &str = "`true` or `false`";
const SECONDS: &str = "a number of seconds above 0";
