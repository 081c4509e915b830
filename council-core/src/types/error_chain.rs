//! An error and its sources in one line.

/// An error and its sources in one line, as logs and messages show it.
///
/// ```
/// use council_core::error_chain;
///
/// let error = "seven".parse::<u32>().unwrap_err();
/// assert_eq!(error_chain(&error), "invalid digit found in string");
/// ```
pub fn error_chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        line.push_str(": ");
        line.push_str(&cause.to_string());
        source = cause.source();
    }
    line
}
