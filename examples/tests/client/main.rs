//! The client as a user meets it, at a real server and at one that breaks off.
#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes them")]
#![expect(clippy::unwrap_used, reason = "the helpers of a test are a test, too")]

mod blueprints;
mod breaks;
mod chair;
mod killed;
mod program;
mod runs;
#[path = "../support/mod.rs"]
mod support;
