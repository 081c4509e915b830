//! Durations as numbers of milliseconds.

use std::time::Duration;

use serde::Serializer;

/// Writes a duration as a number of milliseconds.
pub(crate) fn write_milliseconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(milliseconds(*duration))
}

/// Writes an optional duration as a number of milliseconds.
#[expect(clippy::ref_option, reason = "serde passes a reference")]
pub(crate) fn write_optional_milliseconds<S: Serializer>(
    duration: &Option<Duration>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match duration {
        Some(duration) => serializer.serialize_some(&milliseconds(*duration)),
        None => serializer.serialize_none(),
    }
}

/// The milliseconds of a duration.
pub(crate) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
