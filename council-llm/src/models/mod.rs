//! Models by name: reading a model's name, finding its key and address, and listing the available models.

pub(crate) mod catalog;
pub(crate) mod environment;
pub(crate) mod registry;
pub(crate) mod spec;

pub use catalog::{ModelCatalog, Provider};
pub use environment::Environment;
pub use registry::Models;
pub use spec::{ModelSpec, SpecError};
