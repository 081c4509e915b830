//! A run as it is stored: records as lines of JSON, a position as an object, and the way back.

pub(crate) mod history;
pub(crate) mod load;
pub(crate) mod read;
#[cfg(feature = "tokio")]
pub(crate) mod recorder;
#[cfg(feature = "tokio")]
pub(crate) mod recording;
pub(crate) mod snapshot;
#[cfg(feature = "tokio")]
pub(crate) mod waiting;
pub(crate) mod write;

pub use history::{By, Change};
pub use load::{At, LoadError};
#[cfg(feature = "tokio")]
pub use recorder::{Durability, Saved};
