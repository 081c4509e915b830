//! The TOML file of settings.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use council_llm::Environment;
use toml::de::{DeTable, DeValue, Error};

use super::file_value::kind;
use super::providers;
use super::raw::{RawSettings, SettingFault, Source};
use super::similar;
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
    let wanted = match (setting.kind, value) {
        (ValueKind::Text | ValueKind::Secret, DeValue::String(text)) => return Ok(text.to_string()),
        (ValueKind::Switch, DeValue::Boolean(value)) => return Ok(value.to_string()),
        (ValueKind::Whole(_) | ValueKind::Number(_), DeValue::Integer(number)) => {
            let read = i128::from_str_radix(number.as_str(), number.radix());
            return Ok(read.map_or_else(|_| number.as_str().to_owned(), |number| number.to_string()));
        }
        (ValueKind::Number(_), DeValue::Float(number)) => return Ok(number.as_str().to_owned()),
        (ValueKind::Texts, DeValue::Array(items)) => {
            let texts = items.iter().map(|item| item.get_ref().as_str());
            match texts.collect::<Option<Vec<_>>>() {
                Some(texts) => return Ok(texts.join(",")),
                None => "a list of strings",
            }
        }
        (ValueKind::Text | ValueKind::Secret, _) => "a string",
        (ValueKind::Switch, _) => "`true` or `false`",
        (ValueKind::Whole(_), _) => "a whole number",
        (ValueKind::Number(_), _) => "a number",
        (ValueKind::Texts, _) => "a list of strings",
    };
    Err(format!("it must be {wanted}, not {}", kind(value)))
}

/// The fault of an unknown key, with the most similar setting.
fn unknown(key: &str) -> String {
    let names = ALL.into_iter().map(|setting| setting.name).chain([providers::KEY]);
    match similar::nearest(key, names) {
        Some(name) => format!("unknown setting `{key}`: did you mean `{name}`?"),
        None => format!("unknown setting `{key}`"),
    }
}

/// The line of this byte, from 1.
fn line(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}
