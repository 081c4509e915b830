//! What is told of a run, to whom, and in which detail.

pub(crate) mod detail;
pub(crate) mod event;
pub(crate) mod observers;
pub(crate) mod queue;
pub(crate) mod run_path;
