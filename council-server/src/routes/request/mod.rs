//! Bodies of requests, read with all their faults.

pub(crate) mod answer;
mod blueprint;
pub(crate) mod blueprint_check;
pub(crate) mod idempotency;
pub(crate) mod start;
