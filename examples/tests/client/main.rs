//! The client as a user meets it, at a real server and at one that breaks off.
#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes these strings")]
#![expect(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod blueprints;
mod breaks;
mod chair;
mod killed;
mod program;
mod runs;
#[path = "../support/mod.rs"]
mod support;
