//! Blueprints through the public API: their faults, their graphs, and their runs.
#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes these strings")]
#![expect(clippy::unwrap_used, clippy::format_push_string, reason = "helpers of tests may panic")]

mod call_limit;
mod decisions;
mod faults;
mod json;
mod laws;
mod limits;
mod migration;
mod models;
mod picture;
mod prompts;
mod rehearsal;
mod rounds;
mod shapes;
mod side_by_side;
mod warnings;
