//! Numbers and words in the query of a request.

use std::ops::RangeInclusive;

use serde_json::{Value, json};

use crate::wire::fault::RequestFault;

/// The number of this name in the query, within these bounds, or the default if there is none.
pub(crate) fn number(query: &str, name: &str, within: RangeInclusive<u64>, default: u64) -> Result<u64, RequestFault> {
    let Some((_, text)) = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name) else {
        return Ok(default);
    };
    let (loc, input) = (["query", name], Value::from(&*text));
    let (least, most) = within.into_inner();
    match text.trim().parse::<i128>() {
        Ok(number) if number < i128::from(least) => {
            let msg = format!("Input should be greater than or equal to {least}");
            Err(RequestFault::new("greater_than_equal", &loc, msg, &input).context(json!({ "ge": least })))
        }
        Ok(number) if number > i128::from(most) && most < u64::MAX => {
            let msg = format!("Input should be less than or equal to {most}");
            Err(RequestFault::new("less_than_equal", &loc, msg, &input).context(json!({ "le": most })))
        }
        Ok(number) => Ok(u64::try_from(number).unwrap_or(u64::MAX)),
        Err(_) => {
            let msg = "Input should be a valid integer, unable to parse string as an integer";
            Err(RequestFault::new("int_parsing", &loc, msg, &input))
        }
    }
}

/// The word of this name in the query, one of these, or the first if there is none.
pub(crate) fn word(query: &str, name: &str, words: &[&'static str]) -> Result<&'static str, RequestFault> {
    let Some((_, text)) = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name) else {
        return Ok(words[0]);
    };
    let found = words.iter().find(|word| **word == &*text);
    found.copied().ok_or_else(|| RequestFault::no_word(&["query", name], &Value::from(&*text), words.iter().copied()))
}
