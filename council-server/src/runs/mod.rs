//! All runs of the server: started, found, answered, drained, and taken up again when the server starts.

pub(crate) mod chair;
mod crowd;
mod document;
mod drive;
pub(crate) mod entry;
pub(crate) mod gauge;
mod history;
pub(crate) mod load;
pub(crate) mod log;
mod queue;
mod recover;
pub(crate) mod registry;
mod rounds;
mod standing;
pub(crate) mod start;
mod summary;
mod superstep;
mod turns;
mod unreadable;
