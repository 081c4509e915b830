//! The JSON of the wire: answers, results, events and faults. Field names and their order are the protocol's.

pub(crate) mod chair;
pub(crate) mod contribution;
pub(crate) mod graph;
pub(crate) mod event;
pub(crate) mod health;
pub(crate) mod history;
pub(crate) mod fault;
pub(crate) mod error_body;
pub(crate) mod check;
pub(crate) mod result;
pub(crate) mod run_event;
pub(crate) mod started;
pub(crate) mod status;
pub(crate) mod text;
pub(crate) mod time;
