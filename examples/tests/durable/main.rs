//! The examples of runs that are kept, each run as a process, killed and started again.
#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes them")]
#![expect(clippy::unwrap_used, reason = "the helpers of a test are a test, too")]

mod chair;
mod fork;
mod killed;
mod own_journal;
#[path = "../support/mod.rs"]
mod support;
