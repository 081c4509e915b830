//! The settings of the program, from flags, environment variables and a TOML file.

mod file;
pub(crate) mod flags;
mod raw;
mod table;
mod models;
pub(crate) mod providers;
mod reader;
pub(crate) mod setup;
