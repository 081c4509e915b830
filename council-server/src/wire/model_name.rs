//! The name of a model for clients.

use council_llm::ModelSpec;

/// The name of a model without the time limits of its spec. Any other text stays as it is.
pub(crate) fn without_timeouts(model: &str) -> String {
    let spec: Option<ModelSpec> = model.parse().ok();
    let limited = spec.filter(|spec| !spec.timeouts().is_empty());
    limited.map_or_else(|| model.to_owned(), |spec| spec.without_timeouts().to_string())
}
