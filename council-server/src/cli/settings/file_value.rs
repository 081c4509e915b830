//! Values of the settings file, as faults name them.

use toml::de::DeValue;

/// The type of a value, for people.
pub(super) fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date or a time of day",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// A number in decimal form.
pub(super) fn number(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::Integer(number) => {
            let read = i128::from_str_radix(number.as_str(), number.radix());
            Some(read.map_or_else(|_| number.as_str().to_owned(), |number| number.to_string()))
        }
        DeValue::Float(number) => Some(number.as_str().to_owned()),
        _ => None,
    }
}

/// The text of a time, which is a number or a string. It may be no time.
pub(super) fn time(value: &DeValue<'_>) -> Option<String> {
    number(value).or_else(|| value.as_str().map(str::to_owned))
}

/// The type of a time, for people.
pub(super) const TIME: &str = "a time, such as `90`, `\"90s\"`, `\"20m\"` or `\"1.5h\"`";
