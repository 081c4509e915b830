//! The providers of the settings file: `[providers.NAME]`.

mod fields;
mod usable;

use std::ops::Range;

use council_llm::{ApiDialect, Environment, ProviderSettings};
use toml::de::{DeTable, DeValue};

use super::file_value::kind;
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
    let presets = environment.clone();
    for (name, provider) in providers {
        let source = place(name.span());
        let name = name.get_ref().as_ref();
        let mut is_usable = true;
        let mut fault = |source: &Source, why: String| {
            is_usable = false;
            faults.push(SettingFault::new(source.clone(), format!("{KEY}.{name}: {why}")));
        };
        if let Err(why) = usable_name(name) {
            fault(&source, why);
        }
        let settings = match provider.get_ref() {
            DeValue::Table(fields) => settings(name, fields, &presets, &mut |span, why| match span {
                Some(span) => fault(&place(span), why),
                None => fault(&source, why),
            }),
            other => {
                fault(&source, format!("a provider is a table, not {}", kind(other)));
                stand_in()
            }
        };
        // A provider with a fault is known all the same, so that no setting that names it is a fault too.
        let settings = if is_usable { settings } else { stand_in() };
        given.providers.push(FileProvider { name: name.to_owned(), line: describe(&settings), source, is_usable });
        if usable_name(name).is_ok() {
            *environment = std::mem::take(environment).provider(name, settings);
        }
    }
}

/// The settings of a provider. `presets` holds the providers without this file. `fault` is called with each fault, and with the place of its field.
fn settings(
    name: &str,
    fields: &DeTable<'_>,
    presets: &Environment,
    fault: &mut dyn FnMut(Option<Range<usize>>, String),
) -> ProviderSettings {
    let begun = begun(name, fields, presets);
    let mut settings = begun.as_ref().cloned().unwrap_or_else(|_| stand_in());
    let mut unread = Vec::new();
    let has_key = fields.keys().any(|field| field.get_ref() == "key");
    for (field, value) in fields {
        if field.get_ref() == "key-env" && has_key {
            fault(Some(field.span()), "`key` and `key-env` are both set: give only one".to_owned());
            unread.push(field.get_ref().as_ref());
            continue;
        }
        if let Err(why) = fields::set(&mut settings, field.get_ref(), value.get_ref()) {
            fault(Some(field.span()), why);
            unread.push(field.get_ref().as_ref());
        }
    }
    for why in begun.err().into_iter().flatten().chain(usable::faults(&settings, &unread)) {
        fault(None, why);
    }
    settings
}

/// Settings that stand in for the settings of a provider with a fault.
fn stand_in() -> ProviderSettings {
    ProviderSettings::new(ApiDialect::OpenAi).base_url("http://localhost")
}

fn usable_name(name: &str) -> Result<(), String> {
    if name == "rehearsal" {
        return Err("the rehearsal is no provider, and has no settings".to_owned());
    }
    let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
    if !name.starts_with(|c: char| c.is_ascii_alphanumeric()) || !name.chars().all(is_part) {
        return Err("a name consists of lower case letters, digits, `-`, `_` and `.`".to_owned());
    }
    Ok(())
}

/// The settings with which a provider begins: those of its preset, of its dialect, or of the provider that has its name without this file.
fn begun(name: &str, fields: &DeTable<'_>, presets: &Environment) -> Result<ProviderSettings, Vec<String>> {
    let field =
        |wanted: &str| fields.iter().find(|(field, _)| field.get_ref() == wanted).map(|(_, value)| value.get_ref());
    // A value of another type is the fault of its field.
    if [field("dialect"), field("preset")].into_iter().flatten().any(|value| value.as_str().is_none()) {
        return Err(Vec::new());
    }
    let text = |wanted: &str| field(wanted).and_then(DeValue::as_str);
    let dialect = text("dialect").map(str::parse::<ApiDialect>).transpose();
    let preset = match text("preset") {
        Some(preset) => presets.settings(preset).map(Some).ok_or_else(|| {
            let known: Vec<_> = ProviderSettings::presets().collect();
            format!("there is no preset `{preset}`: the presets are {}", known.join(", "))
        }),
        None => Ok(presets.settings(name)),
    };
    let (dialect, preset) = match (dialect, preset) {
        (Ok(dialect), Ok(preset)) => (dialect, preset),
        (dialect, preset) => return Err(dialect.err().into_iter().chain(preset.err()).collect()),
    };
    match (preset, dialect) {
        (Some(settings), None) => Ok(settings),
        // Another dialect begins anew: address and key belong to the dialect of the preset.
        (Some(settings), Some(dialect)) if settings.dialect == dialect => Ok(settings),
        (_, Some(dialect)) => Ok(ProviderSettings::new(dialect)),
        (None, None) => {
            Err(vec!["set `dialect` to `openai`, `anthropic` or `ollama`, or `preset` to a preset".to_owned()])
        }
    }
}

/// Dialect, address and source of the key: `openai at http://127.0.0.1:8080/v1, key from GPU_KEY`.
fn describe(settings: &ProviderSettings) -> String {
    let address = match &settings.base_url {
        Some(address) => without_credentials(address),
        None => "its default address".to_owned(),
    };
    let has_key = settings.key.as_deref().is_some_and(|key| !key.trim().is_empty());
    let key = match &settings.key_variable {
        Some(variable) if has_key || settings.needs_key => format!("key from {variable}"),
        None if has_key => "key (not shown)".to_owned(),
        _ => "no key".to_owned(),
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
