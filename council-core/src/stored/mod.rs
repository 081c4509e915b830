//! A run as it is stored: records as lines of JSON, a position as an object, and the way back.

mod history;
mod load;
mod read;
mod recorder;
mod recording;
mod snapshot;
mod waiting;
mod write;

pub use history::{By, Change};
pub use load::{At, LoadError};
pub(crate) use read::{fold_line, state};
pub(crate) use recorder::Hook;
pub use recorder::{Durability, Saved};
pub(crate) use recording::{Recording, Storing, inside};
pub(crate) use snapshot::{read_position, write_position};
