//! A run as it is stored: records as lines of JSON, a position as an object, and the way back.

pub(crate) mod history;
pub(crate) mod load;
pub(crate) mod read;
pub(crate) mod recorder;
pub(crate) mod recording;
pub(crate) mod snapshot;
pub(crate) mod waiting;
pub(crate) mod write;

pub use history::{By, Change};
pub use load::{At, LoadError};
pub(crate) use read::{fold_line, state};
pub use recorder::{Durability, Saved};
pub(crate) use recording::inside;
pub(crate) use snapshot::{read_position, write_position};
