//! Why a text is no record and no snapshot of this format.

use super::FORMAT;

/// Why a text cannot be read as a record or as a snapshot.
///
/// ```
/// # use council_core::journal::{Envelope, FormatError};
/// assert!(matches!(Envelope::read("not JSON"), Err(FormatError::Malformed(_))));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FormatError {
    /// Another version of this program wrote it.
    #[error("it has format {found}, and this program reads format {FORMAT}")]
    OtherFormat {
        /// The number of its format.
        found: u32,
    },
    /// It is not JSON, or it lacks a part, or its kind is unknown.
    #[error("it is not a record of format {FORMAT}")]
    Malformed(#[source] serde_json::Error),
}
