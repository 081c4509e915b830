//! The examples of the engine's capabilities, each run as a process.
#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes these strings")]
#![expect(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod care;
mod flow;
mod state;
#[path = "../support/mod.rs"]
mod support;
mod watching;
