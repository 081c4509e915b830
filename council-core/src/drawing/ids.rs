//! The ids of the shapes in a drawing.

/// Whether a name is reserved for the shapes of a drawing that are not nodes: the start, the end, joins and guards.
/// [`StateGraph::compile`](crate::StateGraph::compile) refuses a node with such a name. A program that takes names from its users can
/// check them with this function first.
///
/// ```
/// use council_core::is_reserved;
///
/// assert!(is_reserved("__start__") && is_reserved("__guard__:budget"));
/// assert!(!is_reserved("start"));
/// ```
#[must_use]
pub fn is_reserved(name: &str) -> bool {
    [START_ID, END_ID].contains(&name) || name.starts_with(JOIN_ID) || name.starts_with(GUARD_ID)
}

pub(crate) fn join_id(join: usize) -> String {
    format!("{JOIN_ID}{join}")
}

pub(crate) fn guard_id(guard: &str) -> String {
    format!("{GUARD_ID}{guard}")
}

const JOIN_ID: &str = "__join__:";

/// The prefix of the id of a guard. It is needed because a guard may have the name of a node.
const GUARD_ID: &str = "__guard__:";

pub(crate) const START_ID: &str = "__start__";

pub(crate) const END_ID: &str = "__end__";
