//! The council on models that say what they were told to say: who is asked what, what comes of it, and what goes wrong.
#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes them")]
#![expect(clippy::unwrap_used, clippy::format_push_string, reason = "the helpers of a test are a test, too")]

mod picture;

mod faults;
mod prompts;
mod reading;
mod rounds;
mod settings;
mod watching;
