//! Stored runs: converts positions and records of the planner to those of a journal, and back.

pub(crate) mod fork;
pub(crate) mod history;
pub(crate) mod joins;
pub(crate) mod load;
pub(crate) mod load_error;
pub(crate) mod migrate;
#[cfg(feature = "tokio")]
pub(crate) mod outbox;
pub(crate) mod read;
pub(crate) mod reader;
#[cfg(feature = "tokio")]
pub(crate) mod recorder;
#[cfg(feature = "tokio")]
pub(crate) mod recording;
pub(crate) mod snapshot;
#[cfg(feature = "tokio")]
pub(crate) mod snapshot_schedule;
pub(crate) mod started;
pub(crate) mod write;

pub use history::{By, Change};
pub use load::At;
pub use load_error::LoadError;
pub use reader::RecordReader;
#[cfg(feature = "tokio")]
pub use recorder::{Durability, Saved};
