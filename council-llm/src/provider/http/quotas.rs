//! The quotas that the headers of an answer report.

use std::time::SystemTime;

use reqwest::header::HeaderMap;

use super::time::{sent_at, time_left};
use crate::chat::limiter::lessons::{Lessons, Quota};

/// The quotas in the headers, at the time `now` of this machine.
///
/// A point in time is compared with the `Date` of the answer, because the clocks of two machines differ.
pub(super) fn quotas(headers: &HeaderMap, now: SystemTime) -> Lessons {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let now = sent_at(headers, now);
    let quota = |names: &[[&str; 3]]| {
        let [limit, remaining, reset] = names.iter().find(|[_, remaining, _]| headers.contains_key(*remaining))?;
        Some(Quota {
            limit: text(limit).and_then(count),
            remaining: text(remaining).and_then(count),
            reset: text(reset).and_then(|reset| time_left(reset, now)),
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

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
