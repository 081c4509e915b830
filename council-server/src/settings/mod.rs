//! What the program is told: by flags, by variables, by a file; and what all of it amounts to.

mod file;
mod flags;
mod given;
mod known;
mod models;
mod reading;
mod setup;

pub(crate) use self::flags::Flags;
pub(crate) use self::setup::{LogFormat, Setup};
