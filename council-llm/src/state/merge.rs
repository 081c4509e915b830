//! How the writes of agents who worked side by side are put together.

use super::decision::Decision;

/// Both texts, one below the other.
pub(super) fn texts(text: &mut String, other: String) {
    if text.is_empty() {
        *text = other;
    } else if !other.is_empty() {
        text.push_str("\n\n---\n\n");
        text.push_str(&other);
    }
}

/// The documents that are present, one below the other.
pub(super) fn documents(document: &mut Option<String>, other: Option<String>) {
    match (document.as_mut(), other) {
        (Some(document), Some(other)) => texts(document, other),
        (None, other) => *document = other,
        (Some(_), None) => {}
    }
}

/// The lower score: a draft is as good as the strictest critic says.
pub(super) fn scores(score: &mut Option<f64>, other: Option<f64>) {
    *score = match (*score, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    };
}

/// A rework, if either says so.
pub(super) fn decisions(decision: &mut Option<Decision>, other: Option<Decision>) {
    if *decision != Some(Decision::Rework) {
        *decision = other.or(*decision);
    }
}

/// Whether either did.
pub(super) fn valves(opened: &mut bool, other: bool) {
    *opened |= other;
}
