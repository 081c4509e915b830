//! What shapes are called in a drawing.

/// Whether a drawing could take a node of this name for something else. [`StateGraph::compile`](crate::StateGraph::compile) refuses
/// such a name; who takes names from elsewhere can ask before.
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

/// What stands before the name of a guard, which may be the name of a node, too.
const GUARD_ID: &str = "__guard__:";

pub(crate) const START_ID: &str = "__start__";

pub(crate) const END_ID: &str = "__end__";
