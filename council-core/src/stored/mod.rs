//! A run as it is stored: records as lines of JSON, a position as an object, and the way back.

mod codec;
mod history;
mod line;
mod load;
mod misfit;
mod read;
mod recorder;
mod recording;
mod snapshot;
mod text;
mod waiting;
mod write;
mod writer;

pub(crate) use codec::{Codec, ItemCodec, Json};
pub use history::{By, Change};
pub use line::{FORMAT, GotoLine, Line, LineError, ValveLine};
pub use load::{At, LoadError};
pub use misfit::Misfit;
pub(crate) use read::{fold_line, state};
pub(crate) use recorder::Hook;
pub use recorder::{Durability, Saved};
pub(crate) use recording::{Recording, Storing, inside};
pub(crate) use snapshot::{read_position, write_position};
pub(crate) use writer::Writer;
