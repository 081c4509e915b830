//! A time that a provider reports: a span, a number, or a date.

use std::time::{Duration, SystemTime};

use jiff::{SignedDuration, Timestamp};
use reqwest::header::{DATE, HeaderMap};

/// The time at which an answer was sent, by the clock of the server. Without a `Date` it is `now`, the time of this machine.
pub(super) fn sent_at(headers: &HeaderMap, now: SystemTime) -> SystemTime {
    let date = headers.get(DATE).and_then(|date| date.to_str().ok());
    date.and_then(|date| httpdate::parse_http_date(date).ok()).unwrap_or(now)
}

/// The time that is left: `1m2.5s`, `20ms`, seconds, seconds or milliseconds since 1970, or a date.
pub(super) fn time_left(text: &str, now: SystemTime) -> Option<Duration> {
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

/// A number from which a time counts as seconds since 1970, and from which as milliseconds since 1970.
const DATES: f64 = 1e9;
const MILLISECONDS: f64 = 1e11;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_in_the_forms_of_all_providers() {
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
            assert_eq!(time_left(text, now).map(|time| time.as_secs_f64()), seconds, "{text}");
        }
    }
}
