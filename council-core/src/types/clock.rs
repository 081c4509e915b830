//! The time of day, and the time of one run.

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

/// The clock of one start or resume of a run: the time of day when it began, and the time that has passed since. So a change of the
/// system's clock changes neither the order of its records nor a duration between them.
pub(crate) struct RunClock {
    /// As [`now`] counts it.
    began: u64,
    #[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
    since: std::time::Instant,
}

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
impl RunClock {
    pub(crate) fn start() -> Self {
        Self { began: now(), since: std::time::Instant::now() }
    }

    /// The time of the run, as [`now`](now()) counts it.
    pub(crate) fn now(&self) -> u64 {
        self.after(self.since.elapsed())
    }
}

#[cfg(all(target_family = "wasm", target_os = "unknown"))]
impl RunClock {
    pub(crate) fn start() -> Self {
        Self { began: now() }
    }

    /// Always the same time: there is no clock.
    pub(crate) fn now(&self) -> u64 {
        self.after(Duration::ZERO)
    }
}

impl RunClock {
    fn after(&self, passed: Duration) -> u64 {
        self.began.saturating_add(milliseconds(passed))
    }
}

#[cfg(all(test, not(all(target_family = "wasm", target_os = "unknown"))))]
mod tests {
    use std::time::Instant;

    use super::*;

    /// The system's clock says another time than the run: it was changed by 25 hours after the run began.
    #[test]
    fn a_change_of_the_clock_changes_no_time_of_a_run() {
        for began in [now() - 25 * 3_600_000, now() + 25 * 3_600_000] {
            let clock = RunClock { began, since: Instant::now() };
            let (first, second) = (clock.now(), clock.now());
            assert!(began <= first && first <= second && second < began + 3_600_000, "{began}: {first}, {second}");
            assert_eq!(clock.after(Duration::from_millis(250)), began + 250);
        }
    }
}
