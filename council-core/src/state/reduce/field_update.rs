//! `FieldUpdate`: the value of an update for a field with a reducer.

use super::Reducer;

/// The value of an update for a field with a reducer. There is no fourth possibility, so a `match` may list all three.
///
/// ```
/// use council_core::reduce::FieldUpdate;
///
/// let overwrite = FieldUpdate::<Vec<u32>, Vec<u32>>::Overwrite(vec![1]);
/// assert!(overwrite.is_overwrite() && !overwrite.is_keep());
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub enum FieldUpdate<W, T> {
    /// The field does not change.
    #[default]
    Keep,
    /// The reducer applies this write to the field.
    Reduce(W),
    /// This value replaces the value of the field.
    Overwrite(T),
}

impl<W, T> FieldUpdate<W, T> {
    /// Whether the field is overwritten.
    pub fn is_overwrite(&self) -> bool {
        matches!(self, Self::Overwrite(_))
    }

    /// Whether the field does not change.
    pub fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }

    /// Removes a write that goes through the reducer.
    ///
    /// ```
    /// # use council_core::reduce::FieldUpdate;
    /// let mut change = FieldUpdate::<u32, u32>::Reduce(1);
    /// change.drop_reducing();
    /// assert!(change.is_keep());
    /// ```
    pub fn drop_reducing(&mut self) {
        if matches!(self, Self::Reduce(_)) {
            *self = Self::Keep;
        }
    }

    /// Adds a write after the earlier writes of the update.
    ///
    /// ```
    /// # use council_core::reduce::{Add, FieldUpdate};
    /// let mut change = FieldUpdate::Reduce(2);
    /// change.write::<Add>(3);
    /// assert_eq!(change, FieldUpdate::Reduce(5));
    /// ```
    pub fn write<R: Reducer<T, Write = W>>(&mut self, write: W) {
        match self {
            Self::Keep => *self = Self::Reduce(write),
            Self::Reduce(earlier) => R::combine(earlier, write),
            Self::Overwrite(value) => R::reduce(value, write),
        }
    }

    /// Applies the change to the field.
    ///
    /// ```
    /// # use council_core::reduce::{Append, FieldUpdate};
    /// let mut notes = vec!["one"];
    /// FieldUpdate::Reduce(vec!["two"]).apply::<Append>(&mut notes);
    /// assert_eq!(notes, ["one", "two"]);
    /// ```
    pub fn apply<R: Reducer<T, Write = W>>(self, field: &mut T) {
        match self {
            Self::Keep => {}
            Self::Reduce(write) => R::reduce(field, write),
            Self::Overwrite(value) => *field = value,
        }
    }
}

impl<T> FieldUpdate<Vec<T>, T> {
    /// [`write`](Self::write) for a reducer that is a function.
    ///
    /// ```
    /// # use council_core::reduce::FieldUpdate;
    /// let mut change = FieldUpdate::Overwrite(2);
    /// change.write_with(|field, write| *field *= write, 3);
    /// assert_eq!(change, FieldUpdate::Overwrite(6));
    /// ```
    pub fn write_with(&mut self, reduce: impl FnOnce(&mut T, T), write: T) {
        match self {
            Self::Keep => *self = Self::Reduce(vec![write]),
            Self::Reduce(earlier) => earlier.push(write),
            Self::Overwrite(value) => reduce(value, write),
        }
    }

    /// [`apply`](Self::apply) for a reducer that is a function.
    ///
    /// ```
    /// # use council_core::reduce::FieldUpdate;
    /// let mut field = 2;
    /// FieldUpdate::Reduce(vec![3, 4]).apply_with(|field, write| *field *= write, &mut field);
    /// assert_eq!(field, 24);
    /// ```
    pub fn apply_with(self, reduce: impl Fn(&mut T, T), field: &mut T) {
        match self {
            Self::Keep => {}
            Self::Reduce(writes) => writes.into_iter().for_each(|write| reduce(field, write)),
            Self::Overwrite(value) => *field = value,
        }
    }
}
