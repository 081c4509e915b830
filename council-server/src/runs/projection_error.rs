//! Records that this server cannot read.

use council_core::MergeError;
use council_core::journal::FormatError;

/// Why a record cannot be shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProjectionError {
    #[error(transparent)]
    Format(#[from] FormatError),
    #[error("what it holds is no part of a council: did the program change?")]
    Council(#[from] serde_json::Error),
    #[error("what its agents wrote does not go together: did the program change?")]
    Merge(#[from] MergeError),
}
