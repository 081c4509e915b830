//! The TOML file of settings.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use council_core::near_name;
use council_llm::Environment;
use toml::de::{DeTable, DeValue, Error};

use super::file_value::{self, TIME, kind};
use super::providers;
use super::raw::{RawSettings, SettingFault, Source};
use super::table::{ALL, Setting, ValueKind};

/// Adds the settings of the file, and its providers to the environment. Returns its faults.
///
/// # Errors
///
/// The file cannot be read, or is not TOML, so its settings are not known.
pub(super) fn read(
    path: &Path,
    given: &mut RawSettings,
    environment: &mut Environment,
) -> Result<Vec<SettingFault>, Vec<SettingFault>> {
    let file: Arc<str> = path.display().to_string().into();
    let text = std::fs::read_to_string(path).map_err(|error| {
        let all = Source::File { file: Arc::clone(&file), line: None };
        vec![SettingFault::new(all, format!("cannot read the settings: {error}"))]
    })?;
    let place = |span: Range<usize>| Source::File { file: Arc::clone(&file), line: Some(line(&text, span.start)) };
    let (table, errors) = DeTable::parse_recoverable(&text);
    if !errors.is_empty() {
        let fault = |error: &Error| SettingFault::new(place(error.span().unwrap_or_default()), error.message());
        return Err(errors.iter().map(fault).collect());
    }
    let mut faults = Vec::new();
    for (key, value) in table.into_inner() {
        let source = place(key.span());
        let key = key.into_inner();
        if key == providers::KEY {
            providers::read(value.get_ref(), source, &place, environment, given, &mut faults);
            continue;
        }
        match ALL.into_iter().find(|setting| setting.name == key) {
            Some(setting) => match as_text(setting, value.get_ref()) {
                Ok(text) => given.add(setting, text, source),
                Err(why) => faults.push(SettingFault::of(setting, source, why)),
            },
            None => faults.push(SettingFault::new(source, unknown(&key))),
        }
    }
    Ok(faults)
}

/// The value as the text of its flag, if it has the right type. The text is read later.
fn as_text(setting: &Setting, value: &DeValue<'_>) -> Result<String, String> {
    let read = match setting.kind {
        ValueKind::Text | ValueKind::Secret => value.as_str().map(str::to_owned),
        ValueKind::Switch => value.as_bool().map(|value| value.to_string()),
        ValueKind::Whole(_) => Some(value).filter(|value| value.is_integer()).and_then(file_value::number),
        ValueKind::Number(_) => file_value::number(value),
        ValueKind::Time | ValueKind::TimeLimit => file_value::time(value),
        ValueKind::Texts => {
            let texts = value.as_array().into_iter().flat_map(|items| items.iter());
            let texts = texts.map(|item| item.get_ref().as_str()).collect::<Option<Vec<_>>>();
            texts.filter(|_| value.is_array()).map(|texts| texts.join(","))
        }
    };
    let wanted = match setting.kind {
        ValueKind::Text | ValueKind::Secret => "a string",
        ValueKind::Switch => "`true` or `false`",
        ValueKind::Whole(_) => "a whole number",
        ValueKind::Number(_) => "a number",
        ValueKind::Time | ValueKind::TimeLimit => TIME,
        ValueKind::Texts => "a list of strings",
    };
    read.ok_or_else(|| format!("it must be {wanted}, not {}", kind(value)))
}

/// The fault of an unknown key, with the most similar setting.
fn unknown(key: &str) -> String {
    let names = ALL.into_iter().map(|setting| setting.name).chain([providers::KEY]);
    match near_name(key, names) {
        Some(name) => format!("unknown setting `{key}`: did you mean `{name}`?"),
        None => format!("unknown setting `{key}`"),
    }
}

/// The line of this byte, from 1.
fn line(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}
