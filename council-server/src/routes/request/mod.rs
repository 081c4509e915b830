//! Bodies of requests, read with all their faults.

pub(crate) mod answer;
pub(crate) mod blueprint;
pub(crate) mod idempotency;
pub(crate) mod start;
