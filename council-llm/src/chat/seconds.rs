//! A time as a number of seconds in JSON, for `#[serde(with = "seconds")]`.

use std::time::Duration;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Whole seconds are written without a fraction.
#[expect(clippy::ref_option, reason = "serde passes a reference to the field")]
pub(crate) fn serialize<S: Serializer>(time: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    match time {
        None => serializer.serialize_none(),
        Some(time) if time.subsec_nanos() == 0 => time.as_secs().serialize(serializer),
        Some(time) => time.as_secs_f64().serialize(serializer),
    }
}

/// A time that is too long for a `Duration` is the longest one, which is no limit.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let Some(seconds) = Option::<f64>::deserialize(deserializer)? else { return Ok(None) };
    if seconds < 0.0 {
        return Err(D::Error::custom(format!("`{seconds}` is not a number of seconds from 0")));
    }
    Ok(Some(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)))
}
