//! The format of stored runs: records and positions as JSON, each by one type for writing and for reading.
//!
//! The types know no graph and no state. What belongs to the user (states, updates, items, questions) is
//! [`RawJson`](raw_json::RawJson).

pub(crate) mod envelope;
pub(crate) mod error;
pub(crate) mod position;
pub(crate) mod raw_json;
pub(crate) mod record;
pub(crate) mod successors;
pub(crate) mod version;

/// The format of the records that this program writes, and the only one that it reads.
///
/// ```
/// # use council_core::journal::FORMAT;
/// assert_eq!(FORMAT, 2);
/// ```
pub const FORMAT: u32 = 2;
