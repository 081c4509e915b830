//! The council with scripted models: requests, results and faults.
#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes these strings")]
#![expect(clippy::unwrap_used, clippy::format_push_string, reason = "helpers of tests may panic")]

#[path = "../support/streams.rs"]
mod streams;

mod picture;

mod bill;
mod faults;
mod prompts;
mod reading;
mod retries;
mod room;
mod rounds;
mod settings;
mod spent;
mod unusable;
mod watching;
