//! The chat clients of both dialects against a server that follows a script.
#![cfg(all(feature = "anthropic", feature = "openai"))]
#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes them")]
#![expect(clippy::unwrap_used, clippy::format_push_string, reason = "the helpers of a test are a test, too")]

#[path = "../support/clock.rs"]
#[allow(dead_code, reason = "each test program uses a part of it")]
mod clock;
mod learnt;
#[path = "../support/dialect.rs"]
mod dialect;
mod picture;
#[path = "../support/server.rs"]
#[allow(dead_code, reason = "each test program uses a part of it")]
mod server;

mod answers;
mod changes;
mod forms;
mod limits;
mod named;
mod quotas;
mod refusals;
mod repeats;
mod requests;
mod shapes;
