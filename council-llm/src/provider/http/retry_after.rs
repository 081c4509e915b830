//! The time that a provider asks to wait: in its headers, in the fields of its error, or in its message.

use std::time::{Duration, SystemTime};

use jiff::SignedDuration;
use reqwest::header::HeaderMap;
use serde_json::Value;

use super::time::{sent_at, time_left};

/// The time in the headers, else in the body, else in the message of an error.
pub(super) fn retry_after(headers: &HeaderMap, body: Option<&Value>, message: &str) -> Option<Duration> {
    in_headers(headers, SystemTime::now()).or_else(|| in_details(body?)).or_else(|| in_message(message))
}

/// The time in the headers of the server, else in those of the provider behind it, which LiteLLM passes on.
fn in_headers(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    ["", "llm_provider-"].iter().find_map(|prefix| in_headers_with(prefix, headers, now))
}

/// `retry-after-ms`, else `retry-after` in seconds or as a point in time, which is compared with the `Date` of the answer.
fn in_headers_with(prefix: &str, headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name: &str| headers.get(format!("{prefix}{name}"))?.to_str().ok().map(str::trim);
    if let Some(milliseconds) = text("retry-after-ms").and_then(|number| number.parse::<f64>().ok()) {
        return Duration::try_from_secs_f64(milliseconds / 1000.0).ok();
    }
    time_left(text("retry-after")?, sent_at(headers, now))
}

/// `{"error": {"details": [{"retryDelay": "34s"}]}}`, alone or in a list (Gemini).
fn in_details(body: &Value) -> Option<Duration> {
    let details = body.get(0).unwrap_or(body)["error"]["details"].as_array()?;
    details.iter().find_map(|detail| time(detail["retryDelay"].as_str()?))
}

/// "Please try again in 1m2.5s" (OpenAI, Groq), "Please retry after 6 seconds" (Azure), "Please retry in 34.07s" (Gemini).
fn in_message(message: &str) -> Option<Duration> {
    let message = message.to_lowercase();
    BEFORE_TIME.iter().find_map(|words| {
        let rest = message.split_once(words)?.1;
        let mut words = rest.split_whitespace().map(|word| word.trim_end_matches(['.', ',', ';', ')']));
        let (first, second) = (words.next()?, words.next().unwrap_or_default());
        time(&format!("{first} {second}")).or_else(|| time(first))
    })
}

/// A span of time with its unit.
fn time(text: &str) -> Option<Duration> {
    Duration::try_from(text.parse::<SignedDuration>().ok()?).ok()
}

const BEFORE_TIME: [&str; 4] = ["try again in ", "retry in ", "retry after ", "try again after "];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_found_in_a_message() {
        for (message, seconds) in [
            ("Rate limit reached for gpt-4o: Limit 3, Used 3. Please try again in 20s. Visit https://x.", Some(20.0)),
            ("Please try again in 7m12s.", Some(432.0)),
            ("Please try again in 1m2.5s, or later", Some(62.5)),
            ("please try again in 6ms.", Some(0.006)),
            ("Please retry after 6 seconds.", Some(6.0)),
            ("Please try again after 1 minute", Some(60.0)),
            ("Please retry in 34.074824224s.", Some(34.074_824_224)),
            ("Please try again in a few minutes", None),
            ("Please retry after -6 seconds.", None),
            ("Too many requests", None),
            ("try again in ", None),
        ] {
            assert_eq!(in_message(message).map(|time| time.as_secs_f64()), seconds, "{message}");
        }
    }
}
