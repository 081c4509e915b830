//! The ids of the shapes in a drawing.

pub(crate) fn join_id(join: usize) -> String {
    format!("{JOIN_ID}{join}")
}

pub(crate) fn guard_id(guard: &str) -> String {
    format!("{GUARD_ID}{guard}")
}

/// The prefix of the id of a join.
pub(crate) const JOIN_ID: &str = "__join__:";

/// The prefix of the id of a guard. It is needed because a guard may have the name of a node.
pub(crate) const GUARD_ID: &str = "__guard__:";

pub(crate) const START_ID: &str = "__start__";

pub(crate) const END_ID: &str = "__end__";
