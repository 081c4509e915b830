//! A time as text: `90`, `90s`, `20m`, `1.5h`.

use std::fmt;
use std::time::Duration;

/// Parses a time: a number of seconds, or a number with `s`, `m` or `h`. It is at most 4294967295 seconds.
///
/// ```
/// use std::time::Duration;
/// use council_llm::parse_time;
///
/// assert_eq!(parse_time("90")?, Duration::from_secs(90));
/// assert_eq!(parse_time("20m")?, Duration::from_secs(1_200));
/// assert_eq!(parse_time("1.5h")?, Duration::from_secs(5_400));
/// assert_eq!(parse_time("0")?, Duration::ZERO);
/// assert!(parse_time("1h30m").is_err());
/// # Ok::<(), council_llm::InvalidTime>(())
/// ```
///
/// # Errors
///
/// The text has another form, or the time is negative or too long.
pub fn parse_time(text: &str) -> Result<Duration, InvalidTime> {
    read(text).ok_or_else(|| InvalidTime { text: text.to_owned(), range: "from 0 to" })
}

/// Parses a time above 0, in the form of [`parse_time`].
///
/// ```
/// let error = council_llm::parse_time_limit("0").unwrap_err();
/// assert!(error.to_string().starts_with("`0` is not a time above 0 and up to 4294967295 seconds"));
/// ```
///
/// # Errors
///
/// The text has another form, or the time is 0, negative or too long.
pub fn parse_time_limit(text: &str) -> Result<Duration, InvalidTime> {
    let time = read(text).filter(|time| !time.is_zero());
    time.ok_or_else(|| InvalidTime { text: text.to_owned(), range: "above 0 and up to" })
}

/// The error of a text that is not a time, or not a time above 0. It names the forms of a time.
///
/// ```
/// assert!(council_llm::parse_time("soon").unwrap_err().to_string().contains("such as `90`, `90s`, `20m` or `1.5h`"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a time {range} {MOST} seconds, such as `90`, `90s`, `20m` or `1.5h`")]
pub struct InvalidTime {
    text: String,
    range: &'static str,
}

fn read(text: &str) -> Option<Duration> {
    let text = text.trim();
    let with_unit = UNITS.iter().find_map(|(unit, seconds)| Some((text.strip_suffix(unit)?, *seconds)));
    let (number, unit) = with_unit.unwrap_or((text, 1));
    let time = Duration::try_from_secs_f64(number.parse::<f64>().ok()? * f64::from(unit)).ok()?;
    (time <= Duration::from_secs(MOST.into())).then_some(time)
}

/// Writes a whole number of the longest unit, or seconds with a fraction.
pub(crate) fn write_time(f: &mut fmt::Formatter<'_>, time: Duration) -> fmt::Result {
    let seconds = time.as_secs();
    let whole = UNITS.iter().find(|(_, unit)| time.subsec_nanos() == 0 && seconds.is_multiple_of((*unit).into()));
    match whole {
        Some((name, unit)) => write!(f, "{}{name}", seconds / u64::from(*unit)),
        None => write!(f, "{}s", time.as_secs_f64()),
    }
}

/// The units of a time, with their seconds, the longest first.
const UNITS: [(&str, u32); 3] = [("h", 3_600), ("m", 60), ("s", 1)];

/// The longest time, in seconds.
const MOST: u32 = u32::MAX;
