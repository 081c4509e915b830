//! The error of a value that cannot be written as JSON, or of JSON that does not parse.

/// Why a value cannot be written as JSON, or why JSON does not parse as a type. The text says what was found, and at which line and
/// column.
///
/// ```
/// use council_core::journal::{JsonError, RawJson};
///
/// let error: JsonError = RawJson::checked("8.").unwrap_err();
/// assert_eq!(error.to_string(), "invalid number at line 1 column 2");
/// ```
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct JsonError(serde_json::Error);

impl JsonError {
    pub(crate) fn new(error: serde_json::Error) -> Self {
        Self(error)
    }

    pub(crate) fn custom(message: &str) -> Self {
        Self(serde::ser::Error::custom(message))
    }
}
