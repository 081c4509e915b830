//! Errors as text, with all that led to them.

use council_core::journal::JournalError;

/// An error with all that led to it.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

/// The same for those who are not to know where the server keeps its runs.
pub(crate) fn without_place(error: &JournalError) -> String {
    let text = chain(error);
    let Some(place) = error.place() else { return text };
    let place = format!("`{place}`");
    text.replace(&format!("the journal {place}"), "the database").replace(&place, "the database")
}
