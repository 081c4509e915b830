//! The events of a run, its observers, and the detail that each receives.

pub(crate) mod detail;
pub(crate) mod event;
mod event_text;
pub(crate) mod observers;
pub(crate) mod queue;
pub(crate) mod run_path;
