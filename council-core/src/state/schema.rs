//! What a state stores, as the derive macro writes it down.

/// What a state stores.
#[derive(Debug)]
pub struct Schema {
    /// The fields with `#[state(untracked)]` that serde does not skip: their names, and their keys for serde.
    pub untracked: &'static [(&'static str, &'static str)],
}

impl Schema {
    /// The schema of a state that says nothing of it.
    pub const EMPTY: Self = Self { untracked: &[] };
}
