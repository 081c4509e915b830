//! The examples of runs that are kept, each run as a process, killed and started again.
#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes these strings")]
#![expect(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod chair;
mod fork;
mod killed;
mod own_journal;
#[path = "../support/mod.rs"]
mod support;
