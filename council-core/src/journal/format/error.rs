//! The error of a text that is not a record or a snapshot of this format.

use super::FORMAT;
use crate::types::json_error::JsonError;

/// Why a text cannot be read as a record or as a snapshot.
///
/// ```
/// # use council_core::journal::{Envelope, FormatError};
/// assert!(matches!(Envelope::read("not JSON"), Err(FormatError::Malformed(_))));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FormatError {
    /// Another version of this program wrote the text.
    #[error("the text has format {found}, but this program reads format {FORMAT}")]
    OtherFormat {
        /// The number of its format.
        found: u32,
    },
    /// The text is not JSON, a field is missing, or its kind is unknown.
    #[error("the text is not a record of format {FORMAT}")]
    Malformed(#[source] JsonError),
}
