//! An error and its sources in one line.

/// An error and its sources in one line, as logs and messages show it. The text of an error alone does not contain its causes.
///
/// ```
/// use council_core::error_chain;
///
/// let error = "seven".parse::<u32>().unwrap_err();
/// assert_eq!(error_chain(&error), "invalid digit found in string");
///
/// let error: council_core::NodeError = std::io::Error::other(error).into();
/// assert_eq!(error_chain(&*error), "invalid digit found in string");
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
