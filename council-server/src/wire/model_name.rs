//! The name of a model for clients.

use council_llm::ModelSpec;

/// The name of a model as it was given, without the time limits of its spec. Any other text stays as it is.
pub(crate) fn without_timeouts(model: &str) -> String {
    let is_limited = model.parse().is_ok_and(|spec: ModelSpec| !spec.timeouts().is_empty());
    match model.split_once('?') {
        Some((name, _)) if is_limited => name.trim().to_owned(),
        _ => model.to_owned(),
    }
}
