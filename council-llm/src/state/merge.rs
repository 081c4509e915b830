//! The merge of the writes of parallel agents.

use super::decision::Decision;

/// Concatenates two texts, with a line between them.
pub(super) fn texts(text: &mut String, other: String) {
    if text.is_empty() {
        *text = other;
    } else if !other.is_empty() {
        text.push_str("\n\n---\n\n");
        text.push_str(&other);
    }
}

/// Concatenates the documents that are present.
pub(super) fn documents(document: &mut Option<String>, other: Option<String>) {
    match (document.as_mut(), other) {
        (Some(document), Some(other)) => texts(document, other),
        (None, other) => *document = other,
        (Some(_), None) => {}
    }
}

/// Keeps the first fault.
pub(super) fn faults(fault: &mut Option<String>, other: Option<String>) {
    if fault.is_none() {
        *fault = other;
    }
}

/// The lower score: a draft is as good as the strictest critic says. A critic without a score lets nothing pass, so there is none.
pub(super) fn scores(score: &mut Option<f64>, other: Option<f64>) {
    *score = score.zip(other).map(|(one, other)| one.min(other));
}

/// Keeps a rework, if either decision is a rework.
pub(super) fn decisions(decision: &mut Option<Decision>, other: Option<Decision>) {
    if *decision != Some(Decision::Rework) {
        *decision = other.or(*decision);
    }
}

/// Keeps an open valve.
pub(super) fn valves(opened: &mut bool, other: bool) {
    *opened |= other;
}
