//! Checksums of rows, which show bits that were changed by the disk or by another program.

use crc32fast::Hasher;

use crate::journal::entry::Head;

/// The checksum (CRC-32) of a record at its position. A copy of the record in another run has the same one.
pub(super) fn of_record(position: u64, at: u64, json: &str) -> i32 {
    let mut hasher = Hasher::new();
    hasher.update(&position.to_le_bytes());
    hasher.update(&at.to_le_bytes());
    hasher.update(json.as_bytes());
    hasher.finalize().cast_signed()
}

/// The checksum of a snapshot after this number of records.
pub(super) fn of_snapshot(records: u64, json: &str) -> i32 {
    let mut hasher = Hasher::new();
    hasher.update(&records.to_le_bytes());
    hasher.update(json.as_bytes());
    hasher.finalize().cast_signed()
}

/// The checksum of the id and the head of a run, without its parent.
pub(super) fn of_head(run: &str, head: &Head) -> i32 {
    let mut hasher = Hasher::new();
    for text in [run, &head.graph, &head.status.to_string(), head.summary.as_deref().unwrap_or_default()] {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    }
    hasher.finalize().cast_signed()
}
