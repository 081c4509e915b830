//! The examples of the engine's capabilities, each run as a process.
#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes them")]
#![expect(clippy::unwrap_used, reason = "the helpers of a test are a test, too")]

mod care;
mod flow;
mod state;
#[path = "../support/mod.rs"]
mod support;
mod watching;
