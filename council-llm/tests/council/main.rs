//! The council with scripted models: requests, results and faults.
#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes them")]
#![expect(clippy::unwrap_used, clippy::format_push_string, reason = "the helpers of a test are a test, too")]

mod picture;

mod faults;
mod prompts;
mod reading;
mod retries;
mod room;
mod rounds;
mod settings;
mod unusable;
mod watching;
