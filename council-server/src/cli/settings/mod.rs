//! What the program is told: by flags, by variables, by a file; and what all of it amounts to.

mod file;
pub(crate) mod flags;
mod raw;
mod table;
mod models;
mod reader;
pub(crate) mod setup;
