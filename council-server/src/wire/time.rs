//! Times as text, and the current time.

use jiff::Timestamp;

/// A time in RFC 3339, from milliseconds since 1970, UTC.
pub(crate) fn time(at: u64) -> String {
    let at = i64::try_from(at).ok().and_then(|at| Timestamp::from_millisecond(at).ok());
    format!("{:.3}", at.unwrap_or(Timestamp::MAX))
}

/// The current time, in milliseconds since 1970, UTC.
pub(crate) fn now() -> u64 {
    u64::try_from(Timestamp::now().as_millisecond()).unwrap_or(0)
}
