//! The document of a run.

use council_llm::{Council, Decision, is_blank};

use crate::wire::result::DocumentFrom;

/// The document of a council, or its draft if no agent has written a document.
pub(super) fn final_draft(council: &Council) -> Option<&str> {
    let document = council.document.as_deref().and_then(non_blank);
    document.or_else(|| non_blank(&council.draft))
}

/// Whose text the document is.
pub(super) fn document_from(council: &Council) -> DocumentFrom {
    if council.document_fault.is_none() { DocumentFrom::Writer } else { DocumentFrom::Draft }
}

/// A text that is not blank.
pub(super) fn non_blank(text: &str) -> Option<&str> {
    Some(text).filter(|text| !is_blank(text))
}

/// Whether the last decision on the draft is no rework. In a blueprint a rework, too, may lead to the document.
pub(super) fn is_approved(council: &Council) -> bool {
    !council.valve_opened && council.decision != Some(Decision::Rework)
}

/// The error of a run that has ended without a document.
pub(super) const NO_DOCUMENT: &str = "the run ended without a document";
