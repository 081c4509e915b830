//! Journal errors as text for clients.

use council_core::error_chain;
use council_core::journal::JournalError;

/// A journal error for clients: it does not say where the database is.
pub(crate) fn for_clients(error: &JournalError) -> String {
    let text = error_chain(error);
    let Some(place) = error.place() else { return text };
    let place = format!("`{place}`");
    text.replace(&format!("the journal {place}"), "the database").replace(&place, "the database")
}
