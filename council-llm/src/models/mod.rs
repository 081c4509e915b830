//! Models by name: reading a model's name, finding its provider's settings, and listing the available models.

pub(crate) mod api_dialect;
mod build;
pub(crate) mod catalog;
pub(crate) mod environment;
mod given;
mod lookup;
mod parse_spec;
mod preset;
mod provider_name;
pub(crate) mod registry;
pub(crate) mod settings;
mod settings_builder;
pub(crate) mod spec;
pub(crate) mod spec_error;
mod spec_timeouts;
mod with_timeouts;

pub use api_dialect::ApiDialect;
pub use catalog::{ModelCatalog, Provider};
pub use environment::Environment;
pub use registry::Models;
pub use settings::ProviderSettings;
pub use spec::ModelSpec;
pub use spec_error::SpecError;
