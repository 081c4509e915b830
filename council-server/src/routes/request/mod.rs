//! What clients send, read with all its faults.

pub(crate) mod answer;
pub(crate) mod blueprint;
pub(crate) mod start;
