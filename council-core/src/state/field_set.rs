//! A set of fields of one state.

/// A set of fields of one state. A field is its index in [`State::FIELDS`](crate::State::FIELDS).
///
/// ```
/// # use council_core::*;
/// let fields = FieldSet::EMPTY.with(0, true).with(2, true);
/// assert!(fields.contains(2) && !fields.contains(1));
/// assert_eq!(FieldSet::CAPACITY, 128);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FieldSet(u128);

impl FieldSet {
    /// The maximum number of fields of a state.
    pub const CAPACITY: usize = 128;

    /// The empty set.
    pub const EMPTY: Self = Self(0);

    /// Adds the field if `present` is true.
    ///
    /// ```
    /// # use council_core::*;
    /// assert!(FieldSet::EMPTY.with(3, true).contains(3));
    /// assert!(FieldSet::EMPTY.with(3, false).is_empty());
    /// ```
    #[must_use]
    pub const fn with(self, field: usize, present: bool) -> Self {
        Self(self.0 | ((present as u128) << field))
    }

    /// Whether the field is in the set.
    ///
    /// ```
    /// # use council_core::*;
    /// assert!(FieldSet::EMPTY.with(3, true).contains(3));
    /// ```
    #[must_use]
    pub const fn contains(self, field: usize) -> bool {
        self.0 & (1 << field) != 0
    }

    /// The fields that are in this set or in the other.
    ///
    /// ```
    /// # use council_core::*;
    /// let (draft, notes) = (FieldSet::EMPTY.with(0, true), FieldSet::EMPTY.with(1, true));
    /// assert!(draft.union(notes).contains(0) && draft.union(notes).contains(1));
    /// ```
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The fields of this set that are not in the other.
    ///
    /// ```
    /// # use council_core::*;
    /// let (draft, notes) = (FieldSet::EMPTY.with(0, true), FieldSet::EMPTY.with(1, true));
    /// assert_eq!(draft.union(notes).without(notes), draft);
    /// ```
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The first field that is in both sets.
    ///
    /// ```
    /// # use council_core::*;
    /// let (one, other) = (FieldSet::EMPTY.with(1, true).with(4, true), FieldSet::EMPTY.with(4, true));
    /// assert_eq!(one.first_common(other), Some(4));
    /// ```
    #[must_use]
    pub const fn first_common(self, other: Self) -> Option<usize> {
        match self.0 & other.0 {
            0 => None,
            common => Some(common.trailing_zeros() as usize),
        }
    }

    /// Whether the set has no field.
    ///
    /// ```
    /// # use council_core::*;
    /// assert!(FieldSet::EMPTY.is_empty());
    /// ```
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}
