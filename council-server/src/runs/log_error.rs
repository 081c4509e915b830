//! The error of records that cannot be shown.

use council_core::journal::ReplayError;

use crate::store::blueprints::BlueprintStoreError;

/// Why records of a run cannot be shown. Records before them have been applied.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LogError {
    /// Records are missing between those that have been applied and those at hand.
    #[error("record {expected} comes next, and the records at hand begin with record {found}")]
    Gap {
        /// The number of the record that comes next, from 0.
        expected: u64,
        /// The number of the first record at hand.
        found: u64,
    },
    /// The stored run is damaged.
    #[error("{found}")]
    Damaged {
        /// The damage, in words.
        found: String,
    },
    /// A record does not fit the records before it, or cannot be read.
    #[error("record {record} does not fit")]
    Misfit {
        /// The number of the record, from 0.
        record: u64,
        #[source]
        source: ReplayError,
    },
    /// The blueprint that a record names cannot be read.
    #[error("the blueprint of record {record} cannot be read")]
    Blueprint {
        /// The number of the record, from 0.
        record: u64,
        #[source]
        source: BlueprintStoreError,
    },
}

impl LogError {
    pub(super) fn misfit(record: u64) -> impl Fn(ReplayError) -> Self + Copy {
        move |source| Self::Misfit { record, source }
    }

    pub(super) fn no_blueprint(record: u64) -> impl Fn(BlueprintStoreError) -> Self {
        move |source| Self::Blueprint { record, source }
    }
}
