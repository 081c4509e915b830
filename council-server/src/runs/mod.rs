//! The runs of the server: start, queue, drive, pause, resume and list them.

pub(crate) mod registry;
pub(crate) mod handle;
pub(crate) mod log_error;
pub(crate) mod start;
mod admission;
mod queue;
mod driver;
mod models;
pub(crate) mod resume;
mod recover;
pub(crate) mod chair;
pub(crate) mod retry;
mod evict;
pub(crate) mod event_log;
mod fleeting;
mod pending;
mod projection;
mod agents;
mod views;
mod texts;
mod work;
mod document;
mod summary;
mod history;
mod rounds;
mod messages;
pub(crate) mod counts;
