//! All runs of the server: started, found, answered, drained, and taken up again when the server starts.

pub(crate) mod chair;
mod evict;
mod document;
mod driver;
pub(crate) mod handle;
pub(crate) mod counts;
mod history;
pub(crate) mod resume;
pub(crate) mod event_log;
mod queue;
mod recover;
pub(crate) mod registry;
mod rounds;
mod messages;
mod projection;
pub(crate) mod start;
mod summary;
mod superstep;
mod admission;
mod projection_error;
