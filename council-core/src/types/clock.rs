//! The time of day.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970, UTC; 0 if the clock is set before 1970.
pub(crate) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// The time of day after this pause, as [`now`] counts it.
pub(crate) fn later(pause: Duration) -> u64 {
    now().saturating_add(u64::try_from(pause.as_millis()).unwrap_or(u64::MAX))
}
