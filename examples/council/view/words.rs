//! Numbers and durations as text.

use std::time::{Duration, SystemTime};

use council_llm::{CallRecord, CallWait, Usage};

pub(super) fn drafts(count: u32) -> String {
    counted(count.into(), "draft")
}

pub(super) fn words(text: &str) -> String {
    counted(text.split_whitespace().count() as u64, "word")
}

/// How many calls an agent made for its text, and how many of them failed; empty for one successful call.
pub(super) fn calls(calls: &[CallRecord]) -> String {
    let failed = calls.iter().filter(|call| call.fault.is_some()).count();
    match (calls.len(), failed) {
        (0 | 1, 0) => String::new(),
        (all, 0) => format!(" in {all} calls"),
        (all, failed) => format!(" in {}, {failed} failed", counted(all as u64, "call")),
    }
}

/// The tokens of the run; empty if the models report none.
pub(super) fn usage(usage: &Usage) -> String {
    if *usage == Usage::default() {
        return String::new();
    }
    let input = counted(usage.input_tokens, "input token");
    let output = counted(usage.output_tokens, "output token");
    let cached = match usage.cached_tokens {
        0 => String::new(),
        tokens => format!(" ({} cached)", grouped(tokens)),
    };
    format!(", {input}{cached}, {output}")
}

/// What a call waits for, and for how long if that is known.
pub(super) fn wait(wait: &CallWait) -> String {
    let left = wait.until.map(|until| {
        let until = SystemTime::UNIX_EPOCH + Duration::from_millis(until);
        format!(", for {}", time(until.duration_since(SystemTime::now()).unwrap_or_default()))
    });
    format!("{wait}{}", left.unwrap_or_default())
}

pub(crate) fn time(duration: Duration) -> String {
    match duration.as_secs() {
        seconds @ 100.. => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ => format!("{:.1} s", duration.as_secs_f64()),
    }
}

fn counted(count: u64, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {what}{plural}", grouped(count))
}

/// A number with separators, as in `12,345`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
