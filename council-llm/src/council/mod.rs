//! Councils as graphs: the built-in one, and those of blueprints.

mod blueprint;
pub(crate) mod builder;
mod choice;
mod settings;

pub use builder::{CRITIC, CouncilBuilder, CouncilError, MASTER, WRITER};
