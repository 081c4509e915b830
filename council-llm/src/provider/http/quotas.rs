//! The quotas that the headers of an answer report.

use std::time::{Duration, SystemTime};

use jiff::{SignedDuration, Timestamp};
use reqwest::header::{DATE, HeaderMap};

use crate::chat::limiter::lessons::{Lessons, Quota};

/// The quotas in the headers, at the time `now` of this machine.
///
/// A point in time is compared with the `Date` of the answer, because the clocks of two machines differ.
pub(super) fn quotas(headers: &HeaderMap, now: SystemTime) -> Lessons {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let now = text(DATE.as_str()).and_then(|date| httpdate::parse_http_date(date).ok()).unwrap_or(now);
    let quota = |names: &[[&str; 3]]| {
        let [limit, remaining, reset] = names.iter().find(|[_, remaining, _]| headers.contains_key(*remaining))?;
        Some(Quota {
            limit: text(limit).and_then(count),
            remaining: text(remaining).and_then(count),
            reset: text(reset).and_then(|reset| until(reset, now)),
        })
    };
    Lessons {
        requests: quota(&REQUESTS).unwrap_or_default(),
        tokens: quota(&TOKENS).unwrap_or_default(),
        shared_requests: quota(&SHARED_REQUESTS).unwrap_or_default(),
        ..Lessons::default()
    }
}

/// A count such as `59` or `59.0`.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast of a float saturates")]
fn count(text: &str) -> Option<u64> {
    text.parse::<f64>().ok().filter(|count| count.is_finite()).map(|count| count as u64)
}

/// The time until a reset: `1m2.5s`, `20ms`, seconds, seconds or milliseconds since 1970, or a date.
fn until(text: &str, now: SystemTime) -> Option<Duration> {
    if let Ok(number) = text.parse::<f64>() {
        let since_1970 = if number >= MILLISECONDS { number / 1000.0 } else { number };
        let time = Duration::try_from_secs_f64(since_1970).ok()?;
        let is_date = number >= DATES;
        return if is_date { SystemTime::UNIX_EPOCH.checked_add(time).map(|date| left(date, now)) } else { Some(time) };
    }
    if let Ok(span) = text.parse::<SignedDuration>() {
        return Duration::try_from(span).ok();
    }
    let date = text.parse::<Timestamp>().map(SystemTime::from).ok();
    date.or_else(|| httpdate::parse_http_date(text).ok()).map(|date| left(date, now))
}

fn left(date: SystemTime, now: SystemTime) -> Duration {
    date.duration_since(now).unwrap_or_default()
}

/// The names of the limit, the rest and the reset of a quota. The first quota that an answer has counts.
const REQUESTS: [[&str; 3]; 2] = [
    ["x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"],
    [
        "anthropic-ratelimit-requests-limit",
        "anthropic-ratelimit-requests-remaining",
        "anthropic-ratelimit-requests-reset",
    ],
];
const TOKENS: [[&str; 3]; 2] = [
    ["x-ratelimit-limit-tokens", "x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"],
    ["anthropic-ratelimit-tokens-limit", "anthropic-ratelimit-tokens-remaining", "anthropic-ratelimit-tokens-reset"],
];
/// The names of OpenRouter and others, which count the calls to all models together.
const SHARED_REQUESTS: [[&str; 3]; 1] = [["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"]];

/// A number from which a reset counts as seconds since 1970, and from which as milliseconds since 1970.
const DATES: f64 = 1e9;
const MILLISECONDS: f64 = 1e11;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reset_is_read_in_the_forms_of_all_providers() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        for (text, seconds) in [
            ("1s", Some(1.0)),
            ("6m0s", Some(360.0)),
            ("2m59.56s", Some(179.56)),
            ("1h2m3s", Some(3723.0)),
            ("20ms", Some(0.02)),
            ("7.66s", Some(7.66)),
            ("12", Some(12.0)),
            ("0.5", Some(0.5)),
            ("1700000030", Some(30.0)),
            ("1700000030500", Some(30.5)),
            ("2023-11-14T22:13:50Z", Some(30.0)),
            ("2023-11-14T23:13:50+01:00", Some(30.0)),
            ("Tue, 14 Nov 2023 22:13:50 GMT", Some(30.0)),
            ("2020-01-01T00:00:00Z", Some(0.0)),
            ("-5s", None),
            ("1e22", None),
            ("1e300", None),
            ("NaN", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(until(text, now).map(|time| time.as_secs_f64()), seconds, "{text}");
        }
    }

    #[test]
    fn the_quotas_of_each_provider_are_found() {
        let quota =
            |remaining| Quota { limit: Some(60), remaining: Some(remaining), reset: Some(Duration::from_secs(9)) };
        for names in REQUESTS.into_iter().chain(TOKENS).chain(SHARED_REQUESTS) {
            let mut headers = HeaderMap::new();
            for (name, value) in names.into_iter().zip(["60", "0", "9s"]) {
                headers.insert(name, value.parse().unwrap());
            }
            let found = quotas(&headers, SystemTime::now());
            assert!([found.requests, found.tokens, found.shared_requests].contains(&quota(0)), "{names:?}");
        }
        assert_eq!(quotas(&HeaderMap::new(), SystemTime::now()), Lessons::default());
    }
}
