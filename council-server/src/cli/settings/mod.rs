//! What the program is told: by flags, by variables, by a file; and what all of it amounts to.

mod file;
pub(crate) mod flags;
mod given;
mod known;
mod models;
mod reading;
pub(crate) mod setup;
