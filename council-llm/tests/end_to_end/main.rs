//! Whole councils through the real clients, against servers that speak as the providers do.
#![cfg(all(feature = "anthropic", feature = "openai"))]
#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes these strings")]
#![expect(clippy::unwrap_used, clippy::format_push_string, reason = "helpers of tests may panic")]

#[path = "../support/dialect.rs"]
#[allow(dead_code, reason = "each test program uses a part of it")]
mod dialect;
mod provider;
mod request;
#[path = "../support/server.rs"]
#[allow(dead_code, reason = "each test program uses a part of it")]
mod server;
mod watched;

mod breaks;
mod faults;
mod room;
mod runs;
mod stops;
