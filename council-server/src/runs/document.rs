//! Which text of a run is its document.

use council_llm::Council;

/// The document, or at least the draft of a graph that polishes none.
pub(super) fn final_draft(council: &Council) -> Option<&str> {
    let document = council.document.as_deref().and_then(given);
    document.or_else(|| given(&council.draft))
}

/// A text that says something.
pub(super) fn given(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.trim().is_empty())
}

/// Why a run that has ended without one has failed.
pub(super) const NO_DOCUMENT: &str = "the run ended without a document";
