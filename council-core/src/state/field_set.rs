//! A set of fields of one state.

/// A set of fields of one state, by their place in [`State::FIELDS`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FieldSet(u128);

impl FieldSet {
    /// How many fields a state can have.
    pub const CAPACITY: usize = 128;

    /// The set of no field.
    pub const EMPTY: Self = Self(0);

    /// This set and the field, where `present` says so.
    #[must_use]
    pub const fn with(self, field: usize, present: bool) -> Self {
        Self(self.0 | ((present as u128) << field))
    }

    /// Whether the field is in the set.
    #[must_use]
    pub const fn contains(self, field: usize) -> bool {
        self.0 & (1 << field) != 0
    }

    /// The fields of both sets.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The fields of this set that are not in the other.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The first field that is in both sets.
    #[must_use]
    pub const fn first_common(self, other: Self) -> Option<usize> {
        match self.0 & other.0 {
            0 => None,
            common => Some(common.trailing_zeros() as usize),
        }
    }

    /// Whether no field is in the set.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}
