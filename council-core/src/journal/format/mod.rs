//! The format of stored runs: records and positions as JSON, each by one type for writing and for reading.
//!
//! The types know no graph and no state. Values of the user's types (states, updates, items, questions) are
//! [`RawJson`](crate::journal::RawJson).

pub(crate) mod envelope;
pub(crate) mod error;
pub(crate) mod position;
pub(crate) mod program;
pub(crate) mod record;
pub(crate) mod successors;
pub(crate) mod version;

/// The format number of the records that this program writes. It reads no other format.
///
/// ```
/// # use council_core::journal::FORMAT;
/// assert_eq!(FORMAT, 3);
/// ```
pub const FORMAT: u32 = 3;
