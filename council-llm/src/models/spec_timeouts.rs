//! The time limits in the text of a spec: `first-token-timeout=20m&total-timeout=1h`.

use std::fmt;

use council_core::near_name;

use crate::chat::time_text::{parse_time_limit, write_time};
use crate::chat::timeouts::CallTimeouts;

/// Parses the text after the `?` of a spec. The error is the fault of the first limit that cannot be used.
pub(super) fn parse(text: &str) -> Result<CallTimeouts, String> {
    let mut timeouts = CallTimeouts::default();
    for limit in text.split('&').map(str::trim) {
        let (name, value) = limit.split_once('=').map_or((limit, ""), |(name, value)| (name.trim(), value.trim()));
        let given = match name {
            "" => return Err(format!("a limit is missing: write `?{TOTAL}=20m`, or leave out the `?`")),
            FIRST_TOKEN => &mut timeouts.first_token,
            BETWEEN_TOKENS => &mut timeouts.between_tokens,
            TOTAL => &mut timeouts.total,
            name => return Err(unknown(name)),
        };
        let time = parse_time_limit(value).map_err(|error| format!("{name}: {error}"))?;
        if given.replace(time).is_some() {
            return Err(format!("`{name}` is there twice"));
        }
    }
    Ok(timeouts)
}

/// Writes the limits in the form that [`parse`] reads.
pub(super) fn write(f: &mut fmt::Formatter<'_>, timeouts: &CallTimeouts) -> fmt::Result {
    let CallTimeouts { first_token, between_tokens, total } = timeouts;
    let limits = [(FIRST_TOKEN, first_token), (BETWEEN_TOKENS, between_tokens), (TOTAL, total)];
    let limits = limits.into_iter().filter_map(|(name, limit)| Some((name, (*limit)?)));
    for (place, (name, limit)) in limits.enumerate() {
        let separator = if place == 0 { "" } else { "&" };
        write!(f, "{separator}{name}=")?;
        write_time(f, limit)?;
    }
    Ok(())
}

/// The fault of an unknown limit, with the most similar one.
fn unknown(name: &str) -> String {
    match near_name(name, NAMES) {
        Some(near) => format!("unknown limit `{name}`: did you mean `{near}`?"),
        None => format!("unknown limit `{name}`: the limits after the `?` are {}", NAMES.join(", ")),
    }
}

const NAMES: [&str; 3] = [FIRST_TOKEN, BETWEEN_TOKENS, TOTAL];
const FIRST_TOKEN: &str = "first-token-timeout";
const BETWEEN_TOKENS: &str = "between-tokens-timeout";
const TOTAL: &str = "total-timeout";
