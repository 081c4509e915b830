//! The time limits in the text of a spec: `first-token-timeout=20m&total-timeout=1h`.

use std::fmt;
use std::time::Duration;

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
        let time = parse_time(value).ok_or_else(|| {
            format!(
                "{name}: `{value}` is not a time above 0 and up to {MOST} seconds, such as `90`, `90s`, `20m` or `1.5h`"
            )
        })?;
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

/// A number of seconds, or a number with one of the [`UNITS`].
fn parse_time(text: &str) -> Option<Duration> {
    let with_unit = UNITS.iter().find_map(|(unit, seconds)| Some((text.strip_suffix(unit)?, *seconds)));
    let (number, unit) = with_unit.unwrap_or((text, 1));
    let time = Duration::try_from_secs_f64(number.parse::<f64>().ok()? * f64::from(unit)).ok()?;
    (!time.is_zero() && time <= Duration::from_secs(MOST.into())).then_some(time)
}

/// Writes a whole number of the longest unit, or seconds with a fraction.
fn write_time(f: &mut fmt::Formatter<'_>, time: Duration) -> fmt::Result {
    let seconds = time.as_secs();
    let whole = UNITS.iter().find(|(_, unit)| time.subsec_nanos() == 0 && seconds.is_multiple_of((*unit).into()));
    match whole {
        Some((name, unit)) => write!(f, "{}{name}", seconds / u64::from(*unit)),
        None => write!(f, "{}s", time.as_secs_f64()),
    }
}

/// The fault of an unknown limit, with the most similar one.
fn unknown(name: &str) -> String {
    let slips = |known: &&str| strsim::osa_distance(known, name);
    let near = NAMES.into_iter().min_by_key(slips).filter(|known| slips(known) <= name.chars().count() / 3);
    match near {
        Some(near) => format!("unknown limit `{name}`: did you mean `{near}`?"),
        None => format!("unknown limit `{name}`: the limits after the `?` are {}", NAMES.join(", ")),
    }
}

const NAMES: [&str; 3] = [FIRST_TOKEN, BETWEEN_TOKENS, TOTAL];
const FIRST_TOKEN: &str = "first-token-timeout";
const BETWEEN_TOKENS: &str = "between-tokens-timeout";
const TOTAL: &str = "total-timeout";

/// The units of a time, with their seconds, the longest first.
const UNITS: [(&str, u32); 3] = [("h", 3_600), ("m", 60), ("s", 1)];

/// The longest time, in seconds.
const MOST: u32 = u32::MAX;
