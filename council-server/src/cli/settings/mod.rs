//! The settings of the program, from flags, environment variables and a TOML file.

mod calls;
mod file;
mod file_value;
pub(crate) mod flags;
pub(crate) mod raw;
mod table;
mod models;
mod providers;
mod reader;
pub(crate) mod setup;
mod variables;
