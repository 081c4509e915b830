//! Numbers and words in the query of a request.

use std::ops::RangeInclusive;

use serde_json::Value;

use super::error::ApiError;
use crate::wire::fault::{Location, RequestFault};

/// The number with this name, within these bounds; the default if the query does not have it.
pub(crate) fn number(query: &str, name: &str, within: RangeInclusive<u64>, default: u64) -> Result<u64, RequestFault> {
    let Some((_, text)) = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name) else {
        return Ok(default);
    };
    let (at, input) = (Location::query(name), Value::from(&*text));
    let (least, most) = within.into_inner();
    match text.trim().parse::<i128>() {
        Ok(number) if number < i128::from(least) => Err(RequestFault::too_small(at, &input, least)),
        Ok(number) if number > i128::from(most) && most < u64::MAX => Err(RequestFault::too_large(at, &input, most)),
        Ok(number) => Ok(u64::try_from(number).unwrap_or(u64::MAX)),
        Err(_) => Err(RequestFault::unclear_integer(at, &input)),
    }
}

/// The `limit` and the `offset` of a page of a list.
pub(crate) fn page(query: &str, most: u64, default: u64) -> Result<(u64, u64), ApiError> {
    let limit = number(query, "limit", 1..=most, default);
    let offset = number(query, "offset", 0..=u64::MAX, 0);
    match (limit, offset) {
        (Ok(limit), Ok(offset)) => Ok((limit, offset)),
        (limit, offset) => Err(ApiError::Invalid(limit.err().into_iter().chain(offset.err()).collect())),
    }
}

/// The word with this name, one of `words`; the first of them if the query does not have it.
pub(crate) fn word(query: &str, name: &str, words: &[&'static str]) -> Result<&'static str, RequestFault> {
    let Some((_, text)) = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name) else {
        return Ok(words[0]);
    };
    let found = words.iter().find(|word| **word == &*text);
    let fault = || RequestFault::no_such_word(Location::query(name), &Value::from(&*text), words.iter().copied());
    found.copied().ok_or_else(fault)
}
