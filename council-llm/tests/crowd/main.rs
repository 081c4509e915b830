//! Many councils at once through the real clients, in front of a provider with limits and faults: each council completes.
#![cfg(all(feature = "anthropic", feature = "openai"))]
#![expect(clippy::unwrap_used, reason = "helpers of tests may panic")]

#[path = "../support/clock.rs"]
#[allow(dead_code, reason = "each test program uses a part of it")]
mod clock;
mod councils;
#[path = "../support/dialect.rs"]
#[allow(dead_code, reason = "each test program uses a part of it")]
mod dialect;
mod provider;
#[path = "../support/server.rs"]
#[allow(dead_code, reason = "each test program uses a part of it")]
mod server;

mod breaks;
mod outage;
mod quota;
mod real;
mod slot;
