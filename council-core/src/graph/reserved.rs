//! Names that no node may have.

use crate::drawing::ids::{END_ID, GUARD_ID, JOIN_ID, START_ID};

/// Whether a name is reserved: for the shapes of a drawing that are not nodes (the start, the end, joins and guards), or for the items of
/// workers (`pack[3]`). [`StateGraph::compile`](crate::StateGraph::compile) refuses a node with such a name. A program that takes names
/// from its users can check them with this function first.
///
/// ```
/// use council_core::is_reserved;
///
/// assert!(is_reserved("__start__") && is_reserved("__guard__:budget") && is_reserved("pack[3]"));
/// assert!(!is_reserved("start") && !is_reserved("pack[all]"));
/// ```
#[must_use]
pub fn is_reserved(name: &str) -> bool {
    [START_ID, END_ID].contains(&name) || name.starts_with(JOIN_ID) || name.starts_with(GUARD_ID) || is_item(name)
}

/// Whether a name ends with a number in brackets, as the item of a worker does in paths, events and errors.
pub(crate) fn is_item(name: &str) -> bool {
    let item = name.strip_suffix(']').and_then(|name| name.rsplit_once('['));
    item.is_some_and(|(_, item)| !item.is_empty() && item.bytes().all(|byte| byte.is_ascii_digit()))
}
