//! The error of records that this server cannot read.

use council_core::MergeError;
use council_core::journal::FormatError;

/// The error of a record that cannot be applied.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProjectionError {
    #[error(transparent)]
    Format(#[from] FormatError),
    #[error("the record is not of a council: did the program change?")]
    Council(#[from] serde_json::Error),
    #[error("the updates of the agents cannot be merged: did the program change?")]
    Merge(#[from] MergeError),
}
