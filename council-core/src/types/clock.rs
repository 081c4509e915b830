//! The time of day.

use std::time::Duration;

use super::milliseconds::milliseconds;

/// Milliseconds since 1970, UTC; 0 if the clock is set before 1970.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub(crate) fn now() -> u64 {
    use std::time::{SystemTime, UNIX_EPOCH};

    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// Always 0: `wasm32-unknown-unknown` has no clock, and `SystemTime::now` panics there.
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub(crate) fn now() -> u64 {
    0
}

/// The time of day after this pause, as [`now`] counts it.
pub(crate) fn later(pause: Duration) -> u64 {
    now().saturating_add(milliseconds(pause))
}
